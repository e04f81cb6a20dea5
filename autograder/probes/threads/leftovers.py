"""The property *nothing is left*: what a scenario started has ended when it is over.

    with nothing_left("after `stop()`"):
        worker = solution.start_worker(jobs, process.function, stop)
        worker.stop()

What counts is what `course.leaks` finds: threads, timers, executors, processes, tasks.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

from autograder.probes.threads.calls import own_threads
from autograder.probes.words import names, require
from autograder.run.places import where
from course import leaks


@contextmanager
def nothing_left(when: str, grace: float = 1.0) -> Iterator[None]:
    """Raises `Failed` if the block leaves anything behind that has not ended `grace` seconds after it.

    It looks before and after the collector has run: a verdict never hangs on when it does. The check's own calls do
    not count. If the block raises, nothing is looked for.
    """
    before = leaks.ignore_current()
    yield
    mine = leaks.Rule(matches=lambda leak: leak.object in own_threads())
    found = leaks.find(before, mine, seconds=grace)
    if not found:
        gc.collect()
        found = leaks.find(before, mine, seconds=0)
    if found:
        require(False, f"{when} nothing is left running.", f"left behind: {names(found)}.", where(*found))
