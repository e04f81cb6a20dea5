"""What the checks of threads share: calls that may never return, and which threads have ended."""

from __future__ import annotations

import concurrent.futures.thread
import multiprocessing.pool
import sys
import threading
import time
from collections.abc import Callable, Iterable
from functools import wraps
from time import monotonic
from typing import Any

from autograder.checking import where
from course.leaks.frames import frame_of

HURRY = 1000
"""How many times as fast timeouts run out for a hurried caller."""

crashes: list[BaseException] = []
"""What has ended threads of the learner's, since `record_crashes`."""


class Call:
    """A call of learners' code in a thread of its own: the check goes on though the call may never return.

    A `hurried` call finds out in milliseconds what code does that waits *at most* so many seconds: in its thread
    every timeout and sleep is `HURRY` times as short, and clocks are as much faster (see `make_hurry_possible`).
    """

    def __init__(self, function: Callable[..., Any], *arguments: Any, hurried: bool = False) -> None:
        self._function = function
        self._arguments = arguments
        self._hurried = hurried
        self.error: BaseException | None = None
        self.result: Any = None
        self.took = 0.0
        self.thread = threading.Thread(target=self._run, name="caller", daemon=True)
        self.thread.start()

    def ended(self, within: float) -> bool:
        """Whether it has returned or raised, at the latest so many seconds from now."""
        self.thread.join(within)
        return not self.thread.is_alive()

    def returned(self, within: float) -> bool:
        """Like `ended`, but raises what the call has raised."""
        if not self.ended(within):
            return False
        if self.error is not None:
            raise self.error
        return True

    def _run(self) -> None:
        if self._hurried:
            _hurried.add(threading.get_ident())
        started = monotonic()
        try:
            self.result = self._function(*self._arguments)
        except BaseException as error:
            self.error = error
        finally:
            self.took = monotonic() - started
            _hurried.discard(threading.get_ident())


def running(threads: Callable[[], Iterable[threading.Thread]], within: float = 0.0) -> list[threading.Thread]:
    """Those of the threads that still run so many seconds from now; returns as soon as none does.

    A thread of an executor or pool that waits for work does not count: what it was there for has ended.
    """
    deadline = monotonic() + within
    while True:
        left = [thread for thread in threads() if thread.is_alive() and not _is_spare(thread)]
        if not left or monotonic() >= deadline:
            return left
        left[0].join(0.002)


_SPARE = {concurrent.futures.thread._worker.__code__, multiprocessing.pool.worker.__code__}


def _is_spare(thread: threading.Thread) -> bool:
    frame = sys._current_frames().get(thread.ident or 0)
    return frame is not None and frame.f_code in _SPARE


def caller_place() -> str:
    """The learner's line that has led to the code that asks."""
    frame = sys._getframe(1)
    while frame is not None:
        if place := where(frame_of(frame)):
            return place
        frame = frame.f_back
    return ""


def record_crashes() -> None:
    """Keeps in `crashes` the exceptions that end threads, instead of printing them."""

    def record(arguments: Any) -> None:
        if arguments.exc_value is not None:
            crashes.append(arguments.exc_value)

    threading.excepthook = record


_hurried: set[int] = set()


def make_hurry_possible() -> None:
    """Prepares `hurried` calls; for the rest of this process, which is the check's own.

    Code that is right whatever a timeout is stays right: it looks again when one has run out.
    """
    _shorten(threading.Thread, "join", 1)
    _shorten(threading.Condition, "wait", 1)
    _shorten(threading.Condition, "wait_for", 2)
    _shorten(time, "sleep", 0)
    for clock in ("monotonic", "perf_counter", "time"):
        _speed_up(clock)


def _shorten(owner: Any, name: str, position: int) -> None:
    original = getattr(owner, name)

    @wraps(original)
    def shortened(*arguments: Any, **named: Any) -> Any:
        if threading.get_ident() in _hurried:
            if len(arguments) > position and arguments[position] is not None:
                shorter = arguments[position] / HURRY
                arguments = (*arguments[:position], shorter, *arguments[position + 1 :])
            if named.get("timeout") is not None:
                named["timeout"] /= HURRY
        return original(*arguments, **named)

    setattr(owner, name, shortened)


def _speed_up(clock: str) -> None:
    original = getattr(time, clock)
    start = original()

    def faster() -> float:
        now = original()
        return start + (now - start) * HURRY if threading.get_ident() in _hurried else now

    setattr(time, clock, faster)
