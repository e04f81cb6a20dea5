"""A call of learners' code under way, in a task of its own: the check goes on though the call may never end.

    call = Call(pool.submit, "job")
    if await call.ended(within=1.0): ...
    page = await Call(solution.first, urls, fetch.function).returned()

There is no `wait_for` in it, which does not return where learners' code swallows its cancellation.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Iterable
from math import inf
from typing import Any

from autograder.probes.equality import believed
from autograder.probes.words import duration, error, quoted, require
from autograder.run.places import line_of, where
from autograder.verdict import Failed

PATIENCE = 2.0
"""Seconds after which what has not happened is taken never to happen, unless the check says otherwise."""

EDGE = 0.001
"""Seconds that a limit may be passed by: each turn of the loop takes some microseconds."""


class Call:
    """A call of a coroutine function of the learner's. Those made in one turn of the loop begin in the same turn.

    `began` and `ended_at` are loop times, `ended_at` is `inf` until it has ended; `result` is what it returned, `error`
    what it raised, a `CancelledError` where it ended as cancelled. `cancelled_at` is when the check cancelled it first,
    `inf` if it has not. `name` is how messages call it.
    """

    def __init__(self, function: Callable[..., Any], *arguments: Any, **named: Any) -> None:
        self.name = getattr(function, "__name__", type(function).__name__)
        self.began = asyncio.get_running_loop().time()
        self.ended_at = self.cancelled_at = inf
        self.result: Any = None
        self._function = function
        self._last_line = ""
        self.task = asyncio.create_task(self._run(arguments, named), name=f"the call of {self.name}")
        _calls.append(self)

    @property
    def done(self) -> bool:
        """Whether it has ended."""
        return self.ended_at < inf

    @property
    def took(self) -> float:
        """Seconds from its beginning to its end; `inf` if it has not ended."""
        return self.ended_at - self.began

    @property
    def error(self) -> BaseException | None:
        if not self.task.done():
            return None
        return asyncio.CancelledError() if self.task.cancelled() else self.task.exception()

    @property
    def ending(self) -> str:
        """How it ended, in words that go on a sentence: `returned`, `raised KeyError('url')`; or `not ended`."""
        if not self.task.done():
            return "not ended"
        if self.task.cancelled():
            return "ended with a `CancelledError`"
        return f"raised {error(self.error)}" if self.error else "returned"

    @property
    def place(self) -> str:
        """The learner's line that it waits at, raised at or returned from, in words."""
        if self.error is not None and (place := where(self.error)):
            return place
        return where(self.task) or self._last_line or where(self._function)

    async def ended(self, within: float = PATIENCE) -> bool:
        """Whether it has ended, at the latest so many seconds from now: what has stopped the loop may be later."""
        deadline = asyncio.get_running_loop().time() + within
        await asyncio.wait({self.task}, timeout=within)
        return self.ended_at <= deadline + EDGE

    async def returned(self, within: float = PATIENCE, expected: str = "") -> Any:
        """Its result. Raises what it raised, and `Failed` where it does not return or was not cancelled by us.

        `expected` is the sentence for a call that does not return, where "it returns" says too little.
        """
        has_ended = await self.ended(within)
        waited = asyncio.get_running_loop().time() - self.began
        seen = f"it {self.ending if self.done else 'had not returned'} {duration(waited)} after it was called."
        require(has_ended, expected or f"`{self.name}` returns.", seen, self.place)
        if self.task.cancelled() and self.cancelled_at == inf:
            seen = "it ended with a `CancelledError`, and nobody had cancelled it."
            raise Failed(f"`{self.name}` ends as cancelled only if it is cancelled.", seen, self.place)
        return believed(self.task.result())

    def cancel(self) -> None:
        """Cancels it, as its caller would."""
        self.cancelled_at = min(self.cancelled_at, asyncio.get_running_loop().time())
        self.task.cancel()

    async def _run(self, arguments: tuple[Any, ...], named: dict[str, Any]) -> Any:
        try:
            running = self._function(*arguments, **named)
            if not inspect.isawaitable(running):
                seen = f"calling it gave {quoted(running)}, which cannot be awaited."
                raise Failed(f"`{self.name}` is an `async def`.", seen, where(self._function))
            frame = getattr(running, "cr_frame", None)
            try:
                self.result = await running
                return self.result
            finally:
                # Of a coroutine that has ended, nothing else knows the line.
                self._last_line = line_of(frame) if frame else ""
                del frame
        finally:
            self.ended_at = asyncio.get_running_loop().time()


async def all_ended(calls: Iterable[Call], within: float = PATIENCE) -> bool:
    """Whether all of them have ended, at the latest so many seconds from now."""
    if tasks := {call.task for call in calls}:
        await asyncio.wait(tasks, timeout=within)
    return all(task.done() for task in tasks)


_calls: list[Call] = []


def own_tasks() -> set[asyncio.Task[Any]]:
    """The tasks of all calls: they are the check's, whatever they are in."""
    return {call.task for call in _calls}
