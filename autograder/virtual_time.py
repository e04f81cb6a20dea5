"""Virtual time for asyncio: a 30 s deadline costs milliseconds and is exact.

Close to looptime, which was looked at first. It does not serve here: it leaves `time.monotonic` and
`time.perf_counter` alone, which correct solutions read; its clock stands still while a loop spins, so that a spinner
never reaches its deadline; and when nothing is left that could wake the loop it throws errors into the learner's
tasks, where a check wants to be told.
"""

from __future__ import annotations

import asyncio
import selectors
import time
from collections.abc import Callable
from typing import Any

TURN = 10e-6
"""Seconds of virtual time that one turn of the loop costs, about what it costs in truth."""

_REAL_WAIT = 0.005

_real_monotonic = time.monotonic
_real_time = time.time


class Deadlock(Exception):
    """Nothing is left that could ever wake the loop: no timer, no input, no thread."""


class VirtualClock:
    """Seconds that pass only when a `VirtualTimeLoop` says so."""

    def __init__(self) -> None:
        self.now = 1000.0
        self._epoch = _real_time() - self.now

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
        asyncio.events.new_event_loop = asyncio.new_event_loop = lambda: VirtualTimeLoop(self)


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """An event loop that jumps to its next timer as soon as it has nothing else to do."""

    def __init__(self, clock: VirtualClock) -> None:
        self._clock = clock
        self._in_executor = 0
        super().__init__(_JumpingSelector(clock, self._threads_at_work))

    def time(self) -> float:
        return self._clock.now

    def run_in_executor(self, executor: Any, func: Callable[..., Any], *args: Any) -> asyncio.Future[Any]:
        future = super().run_in_executor(executor, func, *args)
        self._in_executor += 1
        future.add_done_callback(self._left_executor)
        return future

    def _left_executor(self, _: asyncio.Future[Any]) -> None:
        self._in_executor -= 1

    def _threads_at_work(self) -> bool:
        return self._in_executor > 0


class _JumpingSelector(selectors.DefaultSelector):
    def __init__(self, clock: VirtualClock, threads_at_work: Callable[[], bool]) -> None:
        super().__init__()
        self._clock = clock
        self._threads_at_work = threads_at_work

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        events = super().select(0)
        if events or (timeout is not None and timeout <= 0):
            self._clock.now += TURN
        elif self._threads_at_work():
            # A thread works in real time: let the clock run with it.
            started = _real_monotonic()
            events = super().select(_REAL_WAIT if timeout is None else min(timeout, _REAL_WAIT))
            self._clock.now += _real_monotonic() - started
        elif timeout is None:
            raise Deadlock
        else:
            self._clock.now += timeout
        return events
