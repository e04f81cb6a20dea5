"""For all tests: the toy course, and a file of the tests' own for what is kept of a learner's progress."""

import os
import shutil
import tempfile
from pathlib import Path

import pytest

from autograder import catalogue, checks

# In the environment, and before any test: kernels and other processes of the tests have it, too.
os.environ["COURSE_PROGRESS"] = str(Path(tempfile.mkdtemp(prefix="course-progress-")) / "progress.json")

from tests.toys import CHECKS, ROOT, SECTION, TOYS, nbgrader


@pytest.fixture
def toy_course(monkeypatch):
    """The course is the toy course, in this process and in those that it judges in."""
    caches = [catalogue.all_items, catalogue.tasks_with_files]
    with monkeypatch.context() as patch:
        patch.setattr(checks, "__path__", [str(CHECKS)])
        for cache in caches:
            cache.cache_clear()
        yield
    for cache in caches:
        cache.cache_clear()


@pytest.fixture(scope="session")
def toy_class(tmp_path_factory):
    """A folder in which the section 91-toy-code was released, and nothing handed in yet. To be copied."""
    folder = tmp_path_factory.mktemp("toy-class") / "course"
    shutil.copytree(TOYS / "source" / SECTION, folder / "source" / SECTION)
    shutil.copy(ROOT / "nbgrader_config.py", folder)
    nbgrader(folder, f"nbgrader generate_assignment {SECTION}")
    return folder
