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
    `longest_timeout` is then the longest that it has asked for, in seconds; `took` is how long the call took.
    """

    def __init__(self, function: Callable[..., Any], *arguments: Any, hurried: bool = False) -> None:
        self._function = function
        self._arguments = arguments
        self._hurried = hurried
        self.error: BaseException | None = None
        self.result: Any = None
        self.took = 0.0
        self.longest_timeout = 0.0
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
            _hurried[threading.get_ident()] = self
        started = monotonic()
        try:
            self.result = self._function(*self._arguments)
        except BaseException as error:
            self.error = error
        finally:
            self.took = monotonic() - started
            _hurried.pop(threading.get_ident(), None)


_join = threading.Thread.join
"""As it is, whoever is hurried."""


def running(threads: Callable[[], Iterable[threading.Thread]], within: float = 0.0) -> list[threading.Thread]:
    """Those of the threads that still run so many seconds from now; returns as soon as none does.

    A thread of an executor or pool that waits for work does not count: what it was there for has ended.
    """
    deadline = monotonic() + within
    while True:
        left = [thread for thread in threads() if thread.is_alive() and not _is_spare(thread)]
        if not left or monotonic() >= deadline:
            return left
        _join(left[0], 0.002)


_SPARE = {concurrent.futures.thread._worker.__code__, multiprocessing.pool.worker.__code__}


def _is_spare(thread: threading.Thread) -> bool:
    frame = sys._current_frames().get(thread.ident or 0)
    return frame is not None and frame.f_code in _SPARE


class Started:
    """The threads that start in a `with` block of it, and live on."""

    def __init__(self) -> None:
        self.threads: set[threading.Thread] = set()

    def __enter__(self) -> Started:
        self._before = set(threading.enumerate())
        return self

    def __exit__(self, *error: object) -> None:
        self.threads = set(threading.enumerate()) - self._before


def place_of(*groups: Iterable[threading.Thread]) -> str:
    """Where in the learner's code the first of the threads is that is in it; the first groups come first."""
    places = (where(thread) for threads in groups for thread in threads if thread.is_alive())
    return next(filter(None, places), "")


def gave_up(call: Call) -> str:
    """What to say of a hurried call that has returned too early, if it is because a timeout ran out."""
    if not call.longest_timeout:
        return ""
    return f" after waiting, at most {call.longest_timeout:g} s at a time,"


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


_hurried: dict[int, Call] = {}
"""The hurried calls under way, by the ident of their thread."""


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
        call = _hurried.get(threading.get_ident())
        timeout = arguments[position] if len(arguments) > position else named.get("timeout")
        if call is not None and timeout is not None:
            call.longest_timeout = max(call.longest_timeout, timeout)
            named.pop("timeout", None)
            arguments = (*arguments[:position], timeout / HURRY, *arguments[position + 1 :])
        return original(*arguments, **named)

    setattr(owner, name, shortened)


def _speed_up(clock: str) -> None:
    original = getattr(time, clock)
    start = original()

    def faster() -> float:
        now = original()
        return start + (now - start) * HURRY if threading.get_ident() in _hurried else now

    setattr(time, clock, faster)
