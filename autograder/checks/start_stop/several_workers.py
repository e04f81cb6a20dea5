"""Task 2.1, several workers: `LoopRunner(parent, interval, *fns)` and its `close()`."""

from __future__ import annotations

import asyncio
from typing import Any

from autograder.checking import Task, where
from autograder.checks.start_stop._parent import (
    ENDS,
    HOUR,
    INSIDE,
    STATES,
    Parent,
    later_closes_do_no_harm,
    runner_that,
)
from autograder.probes.stubs import AsyncStub
from autograder.probes.tasks import Call, close_waits, nothing_left, sees_cancellation
from autograder.probes.words import count, duration, require

task = Task("2.1", needs=("LoopRunner(parent, interval, *fns)",))


@task.item("a")
async def close_waits_for_all(solution: Any) -> None:
    """`close` waits for all workers, the slowest to clean up included, wherever it stands in the list."""
    for cleanups in ((30.0, 0.1, 0.1), (0.1, 30.0, 0.1), (0.1, 0.1, 30.0)):
        parent = await Parent.open()
        runner, fns = await runner_that(INSIDE, solution, parent, *cleanups, latency=1.0)
        [call] = await close_waits(runner.close, *fns, within=HOUR)
        await asyncio.sleep(1)
        parent.require_untouched(call.place)


@task.item("b")
async def one_lifetime(solution: Any) -> None:
    """Each worker ticks on its own, and all share one lifetime: ending the parent ends every one."""
    place = where(solution.LoopRunner)
    for how, end in ENDS.items():
        parent = await Parent.open()
        fns = [AsyncStub("fn()", latency=latency, cleanup=0.05) for latency in (0.01, HOUR, 0.25)]
        solution.LoopRunner(parent.group, 0.1, *(fn.function for fn in fns))
        await asyncio.sleep(2.05)
        quick = len(fns[0].calls)
        seen = f"beside a worker inside a long `fn`, one with a `fn` of 10 ms had {count(quick, 'tick')} in 2 s."
        require(quick > 15, "each worker ticks on its own, every 100 ms.", seen, place)
        expected = f"when {how}, every worker ends"
        end(parent)
        for fn in fns:
            await sees_cancellation(fn, f"{expected}, and its `fn` sees it")
        await parent.call.ended(0.2)
        ticks = sum(len(fn.calls) for fn in fns)
        await asyncio.sleep(10)
        more = sum(len(fn.calls) for fn in fns) - ticks
        require(not more, f"{expected}.", f"{count(more, 'tick')} came after that.", place)
        require(parent.call.done, f"{expected}.", "10 s later the group still waited for one.", place)


@task.item("c")
async def each_is_cancelled_once(solution: Any) -> None:
    """`close` cancels each worker once, then waits for all; concurrent closes do not cancel again."""
    for state in STATES:
        parent = await Parent.open()
        runner, fns = await runner_that(state, solution, parent, 0.3, 0.6, 0.1, latency=HOUR)
        await later_closes_do_no_harm(runner, parent, fns, state)
        if state == INSIDE:
            cancels = [call.cancels for fn in fns for call in fn.calls]
            seen = f"the calls of `fn` were cancelled {cancels} times."
            require(cancels == [1, 1, 1], "`close` cancels each worker once.", seen, where(solution.LoopRunner))


@task.item("d")
async def ten_close_like_one(solution: Any) -> None:
    """10 workers, each with a clean-up of 50 ms, take 50 ms to close, not 500. Leak check."""
    for state in STATES:
        async with nothing_left(f"when a runner that {state} has been closed"):
            parent = await Parent.open()
            runner, _ = await runner_that(state, solution, parent, *[0.05] * 10, latency=10.0)
            call = Call(runner.close)
            await call.ended(HOUR)
            place = where(solution.LoopRunner)
            seen = f"it took {duration(call.took)}." if call.done else "it never returned."
            require(call.took < 0.1, "`close` takes as long as the slowest of 10 clean-ups, 50 ms.", seen, place)
            parent.leave()
            await parent.call.ended()
