"""Virtual time for asyncio: a 30 s deadline costs milliseconds and is exact.

Close to looptime, which was looked at first. It does not serve here: it leaves `time.monotonic` and
`time.perf_counter` alone, which correct solutions read; its clock stands still while a loop spins, so that a spinner
never reaches its deadline; and when nothing is left that could wake the loop it throws errors into the learner's
tasks, where a check wants to be told.
"""

from __future__ import annotations

import asyncio
import contextlib
import selectors
import threading
import time
from pathlib import Path
from typing import Any

from autograder.run.threads import Deadlock

TURN = 10e-6
"""Seconds of virtual time that one turn of the loop costs, about what it costs in truth."""

_REAL_WAIT = 0.005
_SHORT_WAIT = 0.0005

QUIET = 0.1
"""Real seconds after which threads that wait count as waiting for the loop, and those that run as spinning."""

LAST_WAIT = 0.5
"""Real seconds that threads, where there are any, have to wake a loop that nothing else can wake."""

_real_monotonic = time.monotonic
_real_sleep = time.sleep
_real_time = time.time


class VirtualClock:
    """Seconds that pass only when a `VirtualTimeLoop` says so."""

    def __init__(self) -> None:
        self.now = 1000.0
        self._epoch = _real_time() - self.now
        self._thread = threading.get_ident()
        self.threads_in_sleep = 0

    def install(self) -> None:
        """Puts this clock in the place of the `time` module's, and its loop in the place of new event loops.

        To be called before the learner's module is imported, in a process that ends with the check: nothing is put
        back.
        """
        time.monotonic = lambda: self.now
        time.perf_counter = lambda: self.now
        time.monotonic_ns = lambda: round(self.now * 1e9)
        time.perf_counter_ns = lambda: round(self.now * 1e9)
        time.time = lambda: self._epoch + self.now
        time.sleep = self._sleep  # type: ignore[assignment]
        asyncio.events.new_event_loop = asyncio.new_event_loop = lambda: VirtualTimeLoop(self)

    def _sleep(self, seconds: float) -> None:
        """In the loop's thread all tasks have to wait for it, and are to notice: it costs virtual time as well."""
        if threading.get_ident() == self._thread:
            _real_sleep(seconds)
            self.now += seconds
            return
        self.threads_in_sleep += 1
        try:
            _real_sleep(seconds)
        finally:
            self.threads_in_sleep -= 1


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """An event loop that jumps to its next timer as soon as neither it nor a thread has anything else to do."""

    def __init__(self, clock: VirtualClock) -> None:
        self._clock = clock
        self._jumping = _JumpingSelector(clock)
        super().__init__(self._jumping)

    def time(self) -> float:
        return self._clock.now

    def run_in_executor(self, executor: Any, func: Any, *args: Any) -> asyncio.Future[Any]:  # type: ignore[override]
        future = super().run_in_executor(executor, func, *args)
        self._jumping.count_in_executor(+1)
        future.add_done_callback(lambda _: self._jumping.count_in_executor(-1))
        return future


class _JumpingSelector(selectors.DefaultSelector):
    def __init__(self, clock: VirtualClock) -> None:
        super().__init__()
        self._clock = clock
        self._in_executor = 0
        self._quiet = 0.0
        self._restless = False

    def count_in_executor(self, change: int) -> None:
        self._in_executor += change
        self._quiet = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        events = super().select(0)
        if events or (timeout is not None and timeout <= 0):
            self._clock.now += TURN
            return events
        if self._in_executor and (timeout is None or self._quiet < QUIET):
            return self._select_in_real_time(_REAL_WAIT if timeout is None else min(timeout, _REAL_WAIT))
        if threading.active_count() > 1 and (events := self._let_threads_run(timeout)):
            self._clock.now += TURN
            return events
        if timeout is None:
            raise Deadlock
        self._clock.now += timeout
        return []

    def _select_in_real_time(self, timeout: float) -> list[tuple[selectors.SelectorKey, int]]:
        """While a thread works for the loop, the clock runs with the real one."""
        started = _real_monotonic()
        events = super().select(timeout)
        elapsed = _real_monotonic() - started
        self._clock.now += elapsed
        at_work = events or self._clock.threads_in_sleep or threads_run()
        self._quiet = 0.0 if at_work else self._quiet + elapsed
        return events

    def _let_threads_run(self, timeout: float | None) -> list[tuple[selectors.SelectorKey, int]]:
        """Waits until the other threads wait: one that has just been given something to do needs real time for it."""
        if timeout is None:
            return super().select(LAST_WAIT)
        started = _real_monotonic()
        looks = 0
        # One look is not enough: a thread that waits for the interpreter's lock seems to do nothing as well.
        while looks < 2 and not self._restless:
            if events := super().select(_SHORT_WAIT):
                return events
            looks = 0 if threads_run() else looks + 1
            # One that spins would hold up the clock for ever.
            self._restless = _real_monotonic() > started + QUIET
        return []


def threads_run() -> bool:
    """Whether any other thread than this one runs or would if it could. Known on Linux only."""
    own = str(threading.get_native_id())
    return any(_is_running(thread) for thread in Path("/proc/self/task").glob("*") if thread.name != own)


def _is_running(thread: Path) -> bool:
    with contextlib.suppress(OSError):
        return (thread / "stat").read_bytes().rpartition(b")")[2].split()[0] == b"R"
    return False
