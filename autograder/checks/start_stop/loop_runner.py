"""Task 2, an owned loop: `LoopRunner(parent, interval, fn)` and its `close()`."""

from __future__ import annotations

import asyncio
from itertools import pairwise
from typing import Any

from autograder.checking import Task, where
from autograder.checks.start_stop._parent import (
    ENDS,
    HOUR,
    INSIDE,
    STATES,
    WAITS,
    Parent,
    later_closes_do_no_harm,
    runner_that,
)
from autograder.probes.stubs import AsyncStub
from autograder.probes.tasks import (
    Call,
    Started,
    close_waits,
    nobody_spins,
    nothing_left,
    sees_cancellation,
    timers_left,
    worst_moment,
)
from autograder.probes.words import count, duration, require
from course import leaks

task = Task("2", needs=("LoopRunner(parent, interval, fn)",))

STEADY = 0.005
"""Seconds by which a tick may be early or late."""


@task.item("a")
async def the_parent_ends_it(solution: Any) -> None:
    """It takes its parent: cancelling the group, or a sibling that fails, ends the loop, busy or idle."""
    for how, end in ENDS.items():
        for state in (WAITS, INSIDE):
            started, parent = Started(), await Parent.open()
            _, [fn] = await runner_that(state, solution, parent, 0.05)
            place = where(*started.alive(), solution.LoopRunner)
            expected = f"when {how} while the runner {state}, the loop ends"
            end(parent)
            await sees_cancellation(fn, f"{expected}, and `fn` sees it")
            ended = await parent.call.ended(0.2)
            require(ended, f"{expected}.", "200 ms later it still ran, and kept the group from ending.", place)
            ticks = len(fn.calls)
            await asyncio.sleep(60)
            more = count(len(fn.calls) - ticks, "tick")
            require(len(fn.calls) == ticks, f"{expected}.", f"{more} came after the group had ended.", place)


@task.item("b")
async def steady_ticker(solution: Any) -> None:
    """A steady ticker: every 100 ms, though `fn` takes 30 ms; never two at once; missed ticks are dropped."""
    idle = solution.LoopRunner((await Parent.open()).group, HOUR, AsyncStub("fn()").function)
    await asyncio.sleep(0.01)
    await nobody_spins("between two ticks it waits.")
    await Call(idle.close).ended(HOUR)
    for latency in (0.0, 0.03):
        expected = f"with an interval of 100 ms and a `fn` of {duration(latency)}, ticks come every 100 ms"
        first, *gaps = await _gaps(solution, lambda number, latency=latency: latency)
        require(first <= 0.1 + STEADY, f"{expected}.", f"the first came {duration(first)} after the start.")
        _require_steady(gaps, expected, solution)
    expected = "after a `fn` of 430 ms the missed ticks are dropped: at most one comes at once, then every 100 ms"
    _, _, slow, late, *gaps = await _gaps(solution, lambda number: 0.43 if number == 2 else 0.01)
    require(slow <= 0.53 + STEADY, f"{expected}.", f"the next one came {duration(slow - 0.43)} after `fn` had ended.")
    require(late > 0.02, f"{expected}.", "two came at once.", where(solution.LoopRunner))
    _require_steady([max(late, 0.1), *gaps], expected, solution)


@task.item("c")
async def close_is_idempotent(solution: Any) -> None:
    """`close` is idempotent: further calls neither raise, nor cancel again, nor return too early."""
    for state in STATES:
        parent = await Parent.open()
        runner, fns = await runner_that(state, solution, parent, 0.3, latency=1.0)
        await later_closes_do_no_harm(runner, parent, fns, state)


@task.item("d")
async def close_waits_for_the_loop(solution: Any) -> None:
    """`close` waits until the loop has exited, the clean-up of `fn` included, and ends nothing else."""
    for state in STATES:
        parent = await Parent.open()
        runner, fns = await runner_that(state, solution, parent, 30.0, latency=1.0)
        [call] = await close_waits(runner.close, *fns, within=HOUR)
        await asyncio.sleep(1)
        parent.require_untouched(call.place)


@task.item("e")
async def cancellation_reaches_fn(solution: Any) -> None:
    """Closing during a 10 s `fn` returns at once, and `fn` saw it; so does closing a minute before a tick."""
    for state in (INSIDE, WAITS):
        parent = await Parent.open()
        runner, [fn] = await runner_that(state, solution, parent, 0.0, latency=10.0)
        await worst_moment(longer_than=0.1)
        call = Call(runner.close)
        await sees_cancellation(fn, "closing during a `fn` of 10 s cancels it: it sees a `CancelledError`")
        ended = await call.ended(0.1)
        expected = f"closing while the runner {state} returns at once."
        require(ended, expected, "it had not returned 100 ms later.", call.place)


@task.item("f")
async def nothing_is_left(solution: Any) -> None:
    """Leak check: after `close` nothing is left, and the group can end."""
    for state in STATES:
        # A timer that is left is told of in 2b.
        async with nothing_left(f"when a runner that {state} has been closed", kinds={*leaks.KINDS} - {"timer"}):
            parent = await Parent.open()
            runner, _ = await runner_that(state, solution, parent, 0.05, latency=1.0)
            await Call(runner.close).ended(HOUR)
            parent.leave()
            await parent.call.ended()


async def _gaps(solution: Any, latency: Any) -> list[float]:
    """Seconds from the start to the first tick and from each to the next, for 2 s; `latency` is of a tick's number.

    Also requires what holds whatever the latency: no two ticks overlap, and no timer is left after `close`.
    """
    parent = await Parent.open()
    fn = AsyncStub("fn()", latency=lambda: latency(len(fn.calls)))
    began = asyncio.get_running_loop().time()
    runner = solution.LoopRunner(parent.group, 0.1, fn.function)
    await asyncio.sleep(2.05)
    if parent.call.done:
        await parent.call.returned()  # what the loop raised
    ticks = [call.began for call in fn.calls]
    place = where(solution.LoopRunner)
    require(len(ticks) > 5, "ticks come every 100 ms.", f"in 2 s there came {count(len(ticks), 'tick')}.", place)
    require(fn.most_at_once == 1, "`fn` never overlaps itself.", "it was called while it still ran.", place)
    cut = [call.place for call in fn.calls if call.cancels]
    require(not cut, "nobody cancels a slow `fn` but who closes the runner.", "it was cancelled.", *cut, place)
    await Call(runner.close).ended(HOUR)
    left = timers_left()
    require(
        not left, "`close` leaves no timer that is not cancelled.", f"{count(len(left), 'timer')} left.", *left, place
    )
    return [after - before for before, after in pairwise([began, *ticks])]


def _require_steady(gaps: list[float], expected: str, solution: Any) -> None:
    uneven = [gap for gap in gaps if abs(gap - 0.1) > STEADY]
    require(
        not uneven,
        f"{expected}.",
        f"two ticks were {duration(max(uneven, default=0.0))} apart.",
        where(solution.LoopRunner),
    )
