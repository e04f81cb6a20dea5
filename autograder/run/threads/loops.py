"""asyncio's loop on the kernel's time: a loop is a thread that waits in a selector.

Close to looptime, which was looked at first. It does not serve here: it leaves `time.monotonic` and
`time.perf_counter` alone, which correct solutions read; its clock stands still while a loop spins, so that a spinner
never reaches its deadline; when nothing is left that could wake the loop it throws errors into the learner's tasks,
where a check wants to be told; and it knows nothing of the threads of executors.
"""

from __future__ import annotations

import asyncio
import itertools
import selectors
from typing import Any

from autograder.run.threads import real
from autograder.run.threads.kernel import kernel

TURN = 10e-6
"""Seconds of virtual time that one turn of the loop costs, about what it costs in truth."""


class Loop(asyncio.SelectorEventLoop):
    """An event loop whose timers are exact, to the turn, and cost no real time."""

    def __init__(self) -> None:
        super().__init__(_Selector())

    def time(self) -> float:
        return kernel.now


class _Selector(selectors.DefaultSelector):
    if real.epoll:
        _selector_cls = real.epoll

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ask = super().select
        if (events := ask(0)) or (timeout is not None and timeout <= 0):
            kernel.now += TURN
            kernel.step()
            return events
        kernel.block(timeout, lambda: ask(0))
        return kernel.current.found or []


class _Task(asyncio.Task):
    """A task whose hash is its number, and not its address: sets of tasks, as groups have them, keep their order."""

    _number: int
    _numbers = itertools.count()

    def __new__(cls, *arguments: Any, **options: Any) -> _Task:
        task = super().__new__(cls)
        task._number = next(cls._numbers)  # before `__init__`, which puts it into a set
        return task

    def __hash__(self) -> int:
        return self._number


_Task.__name__ = _Task.__qualname__ = "Task"


def install() -> None:
    """Makes it the loop that `asyncio.run` and others make."""
    asyncio.tasks.Task = _Task  # type: ignore[misc]
    asyncio.events.new_event_loop = asyncio.new_event_loop = Loop
