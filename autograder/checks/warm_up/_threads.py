"""What the checks of threads share: calls that may never return, and which threads have ended."""

from __future__ import annotations

import concurrent.futures.thread
import multiprocessing.pool
import sys
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from time import monotonic, sleep
from typing import Any

from autograder.checking import where
from autograder.checks.warm_up import _waits
from course.leaks.frames import frame_of

HOLD = 0.100
"""Seconds, at least, for which a hurried call must wait that should not give up."""

LONG_WAIT = 20.0
"""Seconds of timeouts that it must ask for, if any, so that a slow machine gives it no less time than a fast one."""

callers: set[threading.Thread] = set()
"""The threads of all calls: they are the check's, whatever they are in."""

crashes: list[BaseException] = []
"""What has ended threads of the learner's, since `record_crashes`."""


class Call:
    """A call of learners' code in a thread of its own: the check goes on though the call may never return.

    A `hurried` call finds out in milliseconds what code does that waits *at most* so many seconds (see `_waits`).
    `began` and `ended_at` are the times at which it began and ended.
    """

    def __init__(self, function: Callable[..., Any], *arguments: Any, hurried: bool = False) -> None:
        self._function = function
        self._arguments = arguments
        self._hurried = hurried
        self.error: BaseException | None = None
        self.result: Any = None
        self.made = monotonic()
        self.began = self.ended_at = 0.0
        self.hurry = _waits.Hurry()
        self.thread = threading.Thread(target=self._run, name="caller", daemon=True)
        callers.add(self.thread)
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

    def is_held(self) -> bool:
        """Whether a hurried call waits for longer than anyone would who waits *at most* so long."""
        enough = self.made + HOLD
        while (now := monotonic()) < enough or (0 < self.hurry.total < LONG_WAIT and now < enough + 3 * HOLD):
            if self.ended(HOLD / 50):
                return False
        return True

    def _run(self) -> None:
        if self._hurried:
            self.hurry = _waits.hurry()
        self.began = monotonic()
        try:
            self.result = self._function(*self._arguments)
        except BaseException as error:
            self.error = error
        finally:
            self.ended_at = monotonic()
            _waits.calm()


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


def outliving(threads: Iterable[threading.Thread], grace: float) -> list[threading.Thread]:
    """Those of the threads that run on for longer than `grace` seconds from now."""
    limit = monotonic() + grace
    # On a busy machine the look may come so late that they have ended after all.
    return running(lambda: threads, grace) or [thread for thread in threads if _waits.has_waited_past(thread, limit)]


@dataclass
class Ending:
    """How long `threads` take to end when they are asked to.

    `known` are all the threads whose waits may matter, helpers included; `place` says where they are.
    """

    ask: Callable[[], Any]
    threads: Callable[[], Iterable[threading.Thread]]
    known: Callable[[], Iterable[threading.Thread]]
    place: Callable[[], str]
    asked_at: float = 0.0
    ended_at: float = 0.0
    took: float = 0.0
    seen_at: str = ""
    deaf: list[threading.Thread] = field(default_factory=list)

    @property
    def done(self) -> bool:
        return self.ended_at > 0


def time_endings(endings: Sequence[Ending], limit: float) -> None:
    """Asks all to end, and waits a little longer than the limit for each; `took` is then on an idle machine.

    Those who wait for longer than the limit at a time are asked just after they have begun to: no luck may save them.
    """
    give_up = monotonic() + 3 * limit
    left = list(endings)
    while left:
        for ending in left[:]:
            now = monotonic()
            if not ending.asked_at:
                if _waits.has_just_begun_to_wait(ending.known(), limit) or now > give_up:
                    ending.asked_at = monotonic()
                    ending.ask()
                    ending.deaf = _waits.in_a_long_wait([*ending.threads(), *ending.known()], limit)
                    ending.seen_at = place_of(ending.deaf)
            elif not running(ending.threads):
                ending.ended_at = monotonic()
                left.remove(ending)
            elif now > ending.asked_at + 1.6 * limit:
                left.remove(ending)
            elif now > ending.asked_at + limit / 20 and not ending.seen_at:
                ending.seen_at = ending.place()
        sleep(0.001)
    for ending in endings:
        end = ending.ended_at or monotonic()
        # It is the end of a long wait that the others wait for.
        late = _waits.lateness(ending.deaf or ending.known(), ending.asked_at, end)
        ending.took = end - ending.asked_at - late


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
    if not call.hurry.longest:
        return ""
    return f" after waiting, at most {call.hurry.longest:g} s at a time,"


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
