"""Virtual time for threads and loops: what probes see of it, and ask of it.

A check runs on the kernel where its task says `clock="virtual"`: threads are real, one runs at a time, and the clock
jumps when all of them wait. So a check is ordinary code: `time.sleep(0.25)`, `thread.join(30)`, `queue.get(timeout=5)`
cost next to nothing and are exact. The check's own thread is polite: when its wait is over, all that is due at that
moment has been done. It is not while learners' code is on its stack; and calls that are to race must be started
together, behind one `threading.Event` that is set after all of them wait for it, with `begin_race()` before the `set`.

The same names work on real time (`is_virtual()` is then false): they measure what the kernel counts.

>>> began = now()
>>> thread.join(0.25)
>>> now() - began <= 0.25
True
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from types import CodeType, FrameType
from typing import Any

from autograder.run.threads import real
from autograder.run.threads.kernel import Deadlock, OutOfTime, kernel
from autograder.run.threads.schedules import USUAL

__all__ = [
    "Deadlock",
    "OutOfTime",
    "Wait",
    "begin_race",
    "cpu",
    "frame_of",
    "is_searched",
    "is_virtual",
    "now",
    "stopped_loop",
    "until",
    "wait_of",
    "waiting_places",
    "wakeups",
]


@dataclass(frozen=True)
class Wait:
    """A wait that a thread is in: when it began, and its timeout in seconds; None if it waits without one."""

    began: float
    timeout: float | None


def is_virtual() -> bool:
    """Whether this process is on virtual time."""
    return kernel.installed


def now() -> float:
    """The clock, in seconds: the one that `time.monotonic` reads."""
    return kernel.now if kernel.installed else real.monotonic()


def until(question: Callable[[], Any], within: float | None = None) -> bool:
    """Waits until `question()` is true, at most so many seconds, and returns whether it is.

    It is asked whenever all that was due has been done, by the thread that waits, and costs no time. To wait for a
    thread's end, `join` is cheaper.

    >>> until(lambda: len(handled) == 3, within=0.1)
    True
    """
    if kernel.installed:
        return bool(kernel.until(question, within))
    end = None if within is None else real.monotonic() + within
    while not (answer := question()) and (end is None or real.monotonic() < end):
        real.sleep(0.001)
    return bool(answer)


def cpu(thread: threading.Thread) -> float:
    """Seconds of processor time that a thread has used: on virtual time 1 us a line of the learner's or lock taken.

    >>> before = cpu(thread); time.sleep(1.0); busy = cpu(thread) - before
    """
    if not kernel.installed:
        return _schedstat(thread)
    fiber = kernel.of(thread)
    if fiber is None:
        return 0.0
    return fiber.cpu + (kernel.now - kernel.resumed_at if fiber is kernel.current else 0.0)


def wakeups(thread: threading.Thread) -> int:
    """How often a thread has gone on after a wait. A poll every 5 ms shows as 200 a second.

    >>> before = wakeups(thread); time.sleep(1.0); polls = wakeups(thread) - before
    """
    if not kernel.installed:
        return _switches(thread)
    fiber = kernel.of(thread)
    return fiber.wakeups if fiber else 0


def wait_of(thread: threading.Thread) -> Wait | None:
    """The wait that a thread is in; None if it is in none, has ended, or that is not known (on real time).

    >>> until(lambda: (wait := wait_of(thread)) and wait.timeout and now() < wait.began + 0.001, within=5)
    True
    """
    fiber = kernel.of(thread)
    return Wait(fiber.began, fiber.timeout) if fiber and fiber.state == "blocked" else None


def frame_of(thread: threading.Thread) -> FrameType | None:
    """The innermost frame of a thread that is not the kernel's own; None if it has ended."""
    return kernel.frame(thread.ident or 0)


def waiting_places() -> str:
    """Where in the learner's code each thread waits: what to say of a deadlock. Empty on real time."""
    return kernel.places()


def stopped_loop() -> tuple[float, CodeType, int] | None:
    """The first `time.sleep` of the learner's in a coroutine: its seconds, function and line; None if there is none.

    All other tasks of the loop stand still meanwhile. Not known on real time.
    """
    return kernel.stopped_loop


def is_searched() -> bool:
    """Whether this run is on one of the schedules of a search, and not on the usual one: its scenes should be small."""
    return kernel.installed and str(kernel.schedule) != USUAL


def begin_race() -> None:
    """From here on threads race: a schedule that is searched begins to interrupt them."""
    kernel.begin_race()


def _schedstat(thread: threading.Thread) -> float:
    try:
        with open(f"/proc/self/task/{thread.native_id}/schedstat", encoding="ascii") as file:
            return int(file.read().split()[0]) / 1e9
    except OSError:
        return 0.0  # ended, or not Linux


def _switches(thread: threading.Thread) -> int:
    try:
        with open(f"/proc/self/task/{thread.native_id}/status", encoding="ascii") as file:
            return next(int(line.split()[1]) for line in file if line.startswith("voluntary_ctxt_switches"))
    except OSError:
        return 0
