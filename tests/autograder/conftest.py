"""The toy course: small tasks that only tests know, for what must not depend on a section of the course."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder import catalogue, checks

TOYS = Path(__file__).parent.parent / "toy_course"


@pytest.fixture
def toy_course(monkeypatch):
    """The sections 90-toy and 91-toy-code are part of the course, in this process and in those that it judges in."""
    caches = [catalogue.all_items, catalogue.tasks_with_files]
    with monkeypatch.context() as patch:
        patch.setattr(checks, "__path__", [*checks.__path__, str(TOYS / "checks")])
        for cache in caches:
            cache.cache_clear()
        yield
    for cache in caches:
        cache.cache_clear()
