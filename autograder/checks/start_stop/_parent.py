"""What both tasks of this section need: a parent group that is open, and a runner in it, in a known state."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import cache
from math import inf
from typing import Any

from autograder.checking import where
from autograder.probes.stubs import AsyncStub
from autograder.probes.tasks import Call, until
from autograder.probes.tasks.calls import EDGE
from autograder.probes.words import duration, require

HOUR = 3600.0


class Parent:
    """A task group, held open by a task of its own as a program's `main` would hold it, with another task in it."""

    def __init__(self) -> None:
        self._opened = asyncio.Event()
        self._leave = asyncio.Event()
        self.call = Call(self._hold)

    @classmethod
    async def open(cls) -> Parent:
        """Opens one. It stays open until it is left, cancelled, or a task of it fails."""
        parent = cls()
        await parent._opened.wait()
        return parent

    def leave(self) -> None:
        """Lets the block end: the group then waits for its tasks."""
        self._leave.set()

    def cancel(self) -> None:
        """Cancels the task that holds the group."""
        self.call.cancel()

    def fail(self) -> None:
        """Lets another task of the group fail."""
        self.group.create_task(self._raise(), name="a sibling that fails")

    def require_untouched(self, place: str) -> None:
        """Requires that the group is open, and that its other task goes on."""
        seen = "the group ended." if self.call.done else "another task of the group was cancelled."
        untouched = not self.call.done and not self._other.done()
        require(untouched, "`close` leaves the group's other tasks alone.", seen, place)

    async def _hold(self) -> None:
        try:
            async with asyncio.TaskGroup() as self.group:
                self._other = self.group.create_task(self._leave.wait(), name="another task of the group")
                self._opened.set()
                await self._leave.wait()
        except* _SiblingError:
            pass

    async def _raise(self) -> None:
        raise _SiblingError


class _SiblingError(Exception):
    pass


ENDS = {"the group is cancelled": Parent.cancel, "a sibling fails": Parent.fail}
"""How a parent ends, in words."""

NEW, WAITS, INSIDE = STATES = ("has not begun", "waits for its next tick", "is inside `fn`")


async def runner_that(
    state: str, solution: Any, parent: Parent, *cleanups: float, latency: float = HOUR
) -> tuple[Any, list[AsyncStub]]:
    """A `LoopRunner` in one of the `STATES`, and its functions: one for each clean-up, which may take its time.

    The next tick of one that waits for it is 59 s away.
    """
    fns = [AsyncStub("fn()", latency=0 if state == WAITS else latency, cleanup=cleanup) for cleanup in cleanups]
    interval = 60.0 if state == WAITS else 0.1
    start = cache(lambda: solution.LoopRunner(parent.group, interval, *(fn.function for fn in fns)))
    if state == NEW:
        return _Unstarted(start), fns
    runner = start()
    if state == WAITS:
        # A second after the start, the next tick is 59 s away, whether the first came at once or comes then.
        await asyncio.sleep(1)
    elif not await until(lambda: all(fn.in_flight for fn in fns)):
        if parent.call.done:
            await parent.call.returned()  # what the loop raised
        called = any(fn.calls for fn in fns)
        expected = "`fn` is called, and what it returns is awaited, every 100 ms."
        require(called, expected, "in 2 s it was not.", where(solution.LoopRunner))
    return runner, fns


class _Unstarted:
    """A runner that starts in the turn in which it is closed first: none of its tasks has run then."""

    def __init__(self, start: Callable[[], Any]) -> None:
        self._start = start

    async def close(self) -> None:
        await self._start().close()


async def later_closes_do_no_harm(runner: Any, parent: Parent, fns: list[AsyncStub], state: str) -> None:
    """Closes it, twice more while its functions clean up, again when it has ended, again when the parent has.

    Requires that none of the later calls raises, cancels again, or returns before the first one or long after it.
    """
    first = Call(runner.close)
    await asyncio.sleep(0.1)
    later = [Call(runner.close), Call(runner.close)]
    await first.ended(HOUR)
    later.append(Call(runner.close))
    await later[-1].ended()
    parent.leave()
    await parent.call.ended()
    later.append(Call(runner.close))
    await later[-1].ended()
    again = [call for fn in fns for call in fn.calls if call.cancels > 1]
    seen = "`fn` was cancelled again while it cleaned up."
    require(not again, "later calls of `close` do not cancel again.", seen, *(call.place for call in later))
    exited = min(first.ended_at, max((fn.last_end for fn in fns if fn.calls), default=inf))
    for call in later if first.done else ():
        what = f"of a runner that {state}, a further call of `close` returns when the loop has ended, without an error."
        require(call.error is None, what, f"it {call.ending}.", call.place)
        require(call.done, what, "it never returned.", call.place)
        seen = f"it returned {duration(exited - call.ended_at)} before that."
        require(call.ended_at >= exited - EDGE, what, seen, call.place)
        late = call.ended_at - max(first.ended_at, call.began)
        require(late <= 0.1, what, f"it returned {duration(late)} later.", call.place)
