"""The threads that learners' code has started since a moment, and whether they still run.

    started = Started()
    heartbeat = solution.Heartbeat(ping.function, 60)
    heartbeat.close()
    started.running()

They are those of them that have not ended; idle workers of a pool do not count.
"""

from __future__ import annotations

import concurrent.futures.thread
import multiprocessing.pool
import threading
from collections.abc import Callable, Iterable
from math import inf
from typing import Any, cast

from autograder.probes.threads.calls import own_threads
from autograder.probes.threads.moments import until
from autograder.run.places import line_of
from autograder.run.threads import frame_of, now

_SPARE = {concurrent.futures.thread._worker.__code__, multiprocessing.pool.worker.__code__}  # type: ignore[attr-defined]


def runs(thread: threading.Thread) -> bool:
    """Whether a thread runs, and is not one of a pool that waits for work: what that was there for has ended."""
    if not thread.is_alive():
        return False
    frame = frame_of(thread)
    return frame is None or frame.f_code not in _SPARE


def entry(thread: threading.Thread) -> Any:
    """The function of the learner's in which a thread began, or will begin if it is a timer; None if there is none.

    Threads that begin in the same function do the same work. Ask while the thread runs.

    >>> entry(threading.main_thread()) is None
    True
    """
    frame, found = frame_of(thread), cast(Any, None)
    while frame is not None:
        found = frame.f_code if line_of(frame) else found
        frame = frame.f_back
    if found is None and isinstance(thread, threading.Timer):
        function = getattr(thread.function, "func", thread.function)
        found = getattr(function, "__code__", function)
    return found


class Started:
    """The threads that have come since it was made; the check's own, those of its calls included, do not count."""

    def __init__(self) -> None:
        self._before = threading.enumerate()

    def running(self) -> list[threading.Thread]:
        """Those that run, in the order in which they were started."""
        known = {*self._before, *own_threads()}
        return [thread for thread in threading.enumerate() if thread not in known and runs(thread)]


def seconds_to_end(threads: Callable[[], Iterable[threading.Thread]], within: float) -> float:
    """Seconds until none of the threads runs, `inf` if that is later than `within` so many."""
    began = now()
    return now() - began if until(lambda: not any(map(runs, threads())), within) else inf
