"""Recording, while it is on, where things are created; and keeping pending tasks from the collector."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from course.leaks.kinds import ALL

_lock = threading.Lock()
_active = {"strong": 0, "weak": 0}


@contextmanager
def tracking(*, strong: bool = True) -> Iterator[None]:
    """While the block runs, record who creates what is started, and which tasks are destroyed while pending.

    With `strong`, pending tasks are kept alive too, so that a task which nothing refers to is found where
    it waits, whether or not the collector runs. Blocks may be nested and may overlap in several threads. At
    the end of the last one every patch is taken back and what was recorded is forgotten.
    """
    mode = "strong" if strong else "weak"
    try:
        _change(mode, 1)
        yield
    finally:
        _change(mode, -1)


def _change(mode: str, by: int) -> None:
    with _lock:
        _active[mode] += by
        on = any(_active.values())
        for kind in ALL.values():
            if on:
                kind.install(strong=_active["strong"] > 0)
            else:
                kind.uninstall()
