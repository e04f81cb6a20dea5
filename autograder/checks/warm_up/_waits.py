"""Waits with a timeout, by which a verdict can be had that does not hang on how busy the machine is.

A wait that has run out lasted as long as it was asked to; whatever it took longer is the machine's doing. And a
caller that is hurried has its timeouts run out a thousand times as fast: what waits *at most* 10 s shows at once.
"""

from __future__ import annotations

import queue
import select
import selectors
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import wraps
from threading import get_ident
from time import monotonic
from typing import Any

HURRY = 1000
"""How many times as fast timeouts run out for a hurried caller."""

LATEST = 0.050
"""Seconds by which a busy machine may wake a thread too late: what takes longer is not put down to it."""

FRESH = 0.008
"""Seconds for which a wait has only just begun."""

LONGEST = 1.0
"""Seconds from which a wait is so long that it does not matter how much of it has passed."""


@dataclass(frozen=True)
class _Wait:
    thread: int
    timeout: float
    began: float
    ended: float = 0.0

    @property
    def late(self) -> float:
        return min(LATEST, max(0.0, self.ended - self.began - self.timeout))


@dataclass
class Hurry:
    """What a hurried thread has asked for: the longest timeout, and all of them together, in seconds."""

    longest: float = 0.0
    total: float = 0.0


_ongoing: dict[int, _Wait] = {}
_run_out: list[_Wait] = []
_hurried: dict[int, Hurry] = {}


def watch(solution: Any) -> None:
    """From now on waits are watched, and threads may be hurried; to the end of this process, which is the check's own.

    Names that the learner's module has imported from `time` or `select` are put right as well.
    """
    _wrap(threading.Condition, "wait", 1, lambda result, _: not result)
    _wrap(threading.Thread, "join", 1, lambda _, thread: thread.is_alive())
    for selector in {value for value in vars(selectors).values() if isinstance(value, type)}:
        if "select" in vars(selector):
            _wrap(selector, "select", 1, lambda result, _: not result)
    for owner, name in ((threading.Condition, "wait_for"), (threading.Semaphore, "acquire"), (queue.Queue, "get")):
        _wrap(owner, name, 2)
    _wrap(queue.Queue, "put", 3)
    replaced = {
        time.sleep: _wrap(time, "sleep", 0, lambda *_: True),
        select.select: _wrap(select, "select", 3, lambda result, _: not any(result)),
        **{getattr(time, clock): _speed_up(clock) for clock in ("monotonic", "perf_counter", "time")},
    }
    for name, value in list(vars(solution).items()):
        if callable(value) and (other := next((new for old, new in replaced.items() if old is value), None)):
            setattr(solution, name, other)


def hurry() -> Hurry:
    """Hurries the calling thread, until it calls `calm`; returns what fills with what it asks for meanwhile.

    Code that is right whatever a timeout is stays right: it looks again when one has run out.
    """
    return _hurried.setdefault(get_ident(), Hurry())


def calm() -> None:
    """Ends the hurry of the calling thread."""
    _hurried.pop(get_ident(), None)


def _wrap(owner: Any, name: str, position: int, has_run_out: Callable[[Any, Any], bool] | None = None) -> Any:
    """Wraps a function that takes a timeout; one without `has_run_out` waits by way of others, which are watched."""
    original = getattr(owner, name)

    @wraps(original)
    def waits(*arguments: Any, **named: Any) -> Any:
        timeout = arguments[position] if len(arguments) > position else named.get("timeout")
        if not isinstance(timeout, int | float) or timeout <= 0:
            return original(*arguments, **named)
        thread = get_ident()
        if said := _hurried.get(thread):
            said.longest = max(said.longest, timeout)
            said.total += timeout
            if len(arguments) > position:
                arguments = (*arguments[:position], timeout / HURRY, *arguments[position + 1 :])
            else:
                named["timeout"] = timeout / HURRY
            return original(*arguments, **named)
        if has_run_out is None:
            return original(*arguments, **named)
        began = monotonic()
        _ongoing[thread] = _Wait(thread, timeout, began)
        try:
            result = original(*arguments, **named)
        finally:
            _ongoing.pop(thread, None)
        if has_run_out(result, arguments and arguments[0]):
            _run_out.append(_Wait(thread, timeout, began, monotonic()))
        return result

    setattr(owner, name, waits)
    return waits


def _speed_up(clock: str) -> Any:
    original = getattr(time, clock)
    start = original()

    @wraps(original)
    def faster() -> float:
        now = original()
        return start + (now - start) * HURRY if get_ident() in _hurried else now

    setattr(time, clock, faster)
    return faster


def lateness(threads: Iterable[threading.Thread], since: float, until: float) -> float:
    """Seconds that the machine has added between the two times, by waking one of the threads late from its waits."""
    late = {thread.ident: 0.0 for thread in threads}
    for wait in _run_out[:]:
        if wait.thread in late and since < wait.ended and wait.began < until:
            late[wait.thread] += wait.late
    return max(late.values(), default=0.0)


def worst_case(threads: Iterable[threading.Thread], since: float, until: float) -> float:
    """Seconds from `since`, when threads were asked for something, to `until`, when it was done, on an idle machine.

    A thread that was in a wait that ran out was deaf meanwhile: the seconds count from the wait's beginning, as if
    it had been asked just then. Were that left to chance, who looks too rarely would now and then be in time. (One
    that runs out in the same moment may have been ended by what it waited for.)
    """
    threads = set(threads)
    idents = {thread.ident for thread in threads}
    deaf = [
        wait
        for wait in _run_out[:]
        if wait.thread in idents and wait.began <= since < wait.began + wait.timeout - FRESH and wait.ended <= until
    ]
    if deaf:
        since = min(wait.began for wait in deaf)
        threads = {thread for thread in threads if thread.ident in {wait.thread for wait in deaf}}
    return until - since - lateness(threads, since, until)


def has_waited_past(thread: threading.Thread, time: float) -> bool:
    """Whether the thread has been in a wait that could not run out before that time."""
    return any(wait.thread == thread.ident and wait.began + wait.timeout > time for wait in _run_out[:])


def has_just_begun_to_wait(threads: Iterable[threading.Thread], longer_than: float) -> bool:
    """Whether one of those threads that wait for longer than that at a time has just begun to; true if none does."""
    idents = {thread.ident for thread in threads}
    long_ones = [
        wait for wait in [*_ongoing.values(), *_run_out] if wait.thread in idents and _is_long(wait, longer_than)
    ]
    now = monotonic()
    return not long_ones or any(not wait.ended and now - wait.began < FRESH for wait in long_ones)


def in_a_long_wait(threads: Iterable[threading.Thread], longer_than: float) -> list[threading.Thread]:
    """Those of the threads that are in a wait that lasts longer than that, in their order."""
    long_ones = {wait.thread for wait in list(_ongoing.values()) if _is_long(wait, longer_than)}
    return [thread for thread in threads if thread.ident in long_ones]


def _is_long(wait: _Wait, longer_than: float) -> bool:
    return longer_than < wait.timeout < LONGEST
