"""Task 6, a worker pool with back-pressure: `Pool(size, handle)` with `submit(job)` and `close()`."""

from __future__ import annotations

import asyncio
from collections.abc import Hashable, Iterable
from math import inf
from typing import Any

from autograder.checking import Task, where
from autograder.probes.stubs import AsyncStub
from autograder.probes.tasks import (
    Call,
    all_ended,
    close_waits,
    ends_as_cancelled,
    nobody_spins,
    nothing_left,
    runs_if_accepted,
    until,
)
from autograder.probes.words import count, duration, quoted, require

task = Task("6", needs=("Pool(size, handle)", "PoolClosed"))

SIZES = (1, 3)
AT_ONCE, SETTLED = 0.010, 0.5


class Full:
    """A pool whose handlers are all held, and which has taken as many jobs as it takes; other submits wait for room."""

    def __init__(self, solution: Any, size: int) -> None:
        self.size = size
        self.handle = AsyncStub("handle(job)", held=True)
        self.pool = solution.Pool(size, self.handle.function)
        self.place = where(self.pool.submit)
        self.submits: dict[str, Call] = {}

    async def fill(self) -> int:
        """Submits so many jobs that some wait even when `size` have ended; returns how many were accepted."""
        before = len(self.accepted)
        for _ in range(4 * self.size + 3):
            job = f"job {len(self.submits)}"
            self.submits[job] = Call(self.pool.submit, job)
        await asyncio.sleep(SETTLED)
        for call in self.submits.values():
            if call.done and call.cancelled_at == inf:
                await call.returned()
        return len(self.accepted) - before

    @property
    def accepted(self) -> list[Call]:
        return [call for call in self.submits.values() if call.done and call.error is None]

    @property
    def waiting(self) -> list[Call]:
        return [call for call in self.submits.values() if not call.done]

    @property
    def held(self) -> int:
        """How many jobs it has: those that run, and those that were accepted and wait."""
        return len(self.accepted) - len(self.handle.calls) + len(self.handle.in_flight)

    def one_that_waits(self, which: int = 0) -> Call:
        """One of the submits that wait, in the order in which they were made."""
        seen = f"with a size of {self.size}, {len(self.accepted)} of {len(self.submits)} returned while no job ended."
        require(len(self.waiting) > 1, "a `submit` waits while there is no room.", seen, self.place)
        return self.waiting[which]

    def release(self, number: int) -> None:
        """Lets so many handlers end, those that have run longest."""
        self.handle.release(*(run.argument for run in self.handle.in_flight[:number]))

    async def empty(self) -> None:
        """Lets all handlers end; every submit that waits gets room."""
        self.handle.release_all()
        for call in self.waiting:
            await call.returned(expected="a `submit` that waits returns when jobs have ended, and no place is lost.")
        await until(lambda: not self.handle.in_flight)
        self.handle.held = True


@task.item("a")
async def back_pressure(solution: Any) -> None:
    """Back-pressure: `size` jobs run at once, and a `submit` waits while there is no room."""
    for size in SIZES:
        pool = Full(solution, size)
        await nobody_spins("while there is nothing to do, the pool waits.")
        taken = await pool.fill()
        seen = f"with a size of {size}, {count(len(pool.handle.in_flight), 'job')} ran at once."
        require(len(pool.handle.in_flight) == size, "`size` jobs run at once.", seen, pool.place)
        expected = "while `size` jobs run and none ends, between `size` and twice as many submits return."
        seen = f"with a size of {size}, {taken} of {len(pool.submits)} returned."
        require(size <= taken <= 2 * size, expected, seen, pool.place)
        await nobody_spins("while there is no room, a `submit` waits.")
        while waiting := pool.waiting:
            pool.release(1)
            returned = await until(lambda pool=pool, waiting=waiting: pool.waiting != waiting, AT_ONCE)
            seen = f"{duration(AT_ONCE)} after a job had ended, it had not returned."
            require(returned, "a `submit` that waits returns once there is room.", seen, waiting[0].place)
            await asyncio.sleep(SETTLED)
            seen = f"when others had ended, it held {count(pool.held, 'job')}, with a size of {size}."
            require(size <= pool.held <= 2 * size, expected, seen, pool.place)
        await pool.empty()
        seen = f"with a size of {size}, {count(pool.handle.most_at_once, 'job')} ran at once."
        require(pool.handle.most_at_once == size, "never more than `size` jobs run at once.", seen, pool.place)


@task.item("b")
async def waiting_submits_can_be_ended(solution: Any) -> None:
    """A waiting `submit` can be cancelled, and its job never runs; `close` ends it with `PoolClosed`."""
    for size in SIZES:
        pool = Full(solution, size)
        taken = await pool.fill()
        for which in (1, 0, -1):
            call = pool.one_that_waits(which)
            call.cancel()
            await ends_as_cancelled(call)
            await pool.empty()
            await takes_as_many(pool, taken)
        for turns in range(6):
            await cancelled_as_room_appears(pool, turns, taken)
            await takes_as_many(pool, taken)
        await closes_on_waiting(solution, pool)


async def takes_as_many(pool: Full, taken: int) -> None:
    """Fills it anew, and requires that it takes as many jobs as at first, and has run those before."""
    runs_if_accepted(pool.handle, pool.submits)
    anew = await pool.fill()
    seen = f"at first it took {count(taken, 'job')}, and then {anew}."
    require(anew == taken, "after a `submit` was cancelled, the pool takes as many jobs as before.", seen, pool.place)


async def cancelled_as_room_appears(pool: Full, turns: int, taken: int) -> None:
    """A `submit` that is cancelled in or near the turn in which room appears is accepted, or cancelled.

    If it is cancelled, another that waits takes the place, when all that run now have ended at the latest.
    """
    call = pool.one_that_waits()
    pool.release(1)
    for _ in range(turns):
        await asyncio.sleep(0)
    call.cancel()
    if not await call.ended() or call.error:
        await ends_as_cancelled(call)
    pool.release(pool.size)
    await asyncio.sleep(SETTLED)
    held, place = pool.held, pool.one_that_waits().place
    await pool.empty()
    seen = f"it held {held} of the {count(taken, 'job')} that it takes, while others waited."
    require(held == taken, "when a `submit` is cancelled as room appears, another takes its place.", seen, place)


async def closes_on_waiting(solution: Any, pool: Full) -> None:
    """Closes it: each `submit` that waits ends, as do those that come while it closes and later; no handler does."""
    waiting, runs = pool.waiting, pool.handle.in_flight
    closing = Call(pool.pool.close)
    await all_ended(waiting, AT_ONCE)
    during = Call(pool.pool.submit, "during")
    await during.ended(AT_ONCE)
    for call in (*waiting, during):
        when = "while the pool closes" if call is during else "that waits as the pool closes"
        seen = f"{duration(AT_ONCE)} later, with jobs still running, it had {call.ending}."
        closed = isinstance(call.error, solution.PoolClosed)
        require(closed, f"a `submit` {when} ends with `PoolClosed`, at once.", seen, call.place)
    cut = [run.place for run in runs if run.ending != "in flight"]
    require(not cut, "closing finishes the jobs that were accepted.", "a handler was cancelled.", *cut, closing.place)
    await pool.empty()
    await closing.returned()
    after = Call(pool.pool.submit, "after")
    await after.ended()
    refused = isinstance(after.error, solution.PoolClosed)
    require(refused, "a `submit` after `close` raises `PoolClosed`.", f"it {after.ending}.", after.place)


@task.item("c")
async def close_waits_and_tells(solution: Any) -> None:
    """`close` is idempotent, waits for the handlers, and raises the error that a handler raised first."""
    for at_once in (1, 2):
        handle = AsyncStub("handle(job)", latency=5.0)
        pool = solution.Pool(2, handle.function)
        submits = await submitted(pool, range(3))
        await close_waits(pool.close, handle, at_once=at_once)
        await close_waits(pool.close, handle)
        runs_if_accepted(handle, submits)
    for size, before, pause in ((3, 0.0, 0.3), (4, 0.0, 0.0), (4, 10.0, 0.0)):
        await the_first_error_is_raised(solution, size, before, pause)


async def submitted(pool: Any, jobs: Iterable[Hashable]) -> dict[Hashable, Call]:
    """Submits jobs one after the other; returns the calls."""
    submits = {}
    for job in jobs:
        submits[job] = Call(pool.submit, job)
        await submits[job].returned(60, "an error in a job does not stop the others, nor a `submit`.")
    return submits


async def the_first_error_is_raised(solution: Any, size: int, before: float, pause: float) -> None:
    """The job that was submitted second fails first, of three that fail; one more is handled all the same.

    With a size of 4 all errors come while the pool closes, or, with some seconds `before` it, all have come before.
    """
    errors = {"slow": LookupError("slow"), "quick": ValueError("quick"), "last": RuntimeError("last")}
    latency = {"slow": 2.0, "quick": 1.0, "last": 4.0, "fine": 0.5}
    handle = AsyncStub("handle(job)", latency=latency.__getitem__, raises=errors.get)
    pool = solution.Pool(size, handle.function)
    submits = await submitted(pool, latency)
    await asyncio.sleep(before)
    first = Call(pool.close)
    await asyncio.sleep(pause)
    calls = [first, *await close_waits(pool.close, handle, may_raise=True)]
    await first.ended()
    runs_if_accepted(handle, submits)
    early = handle.last_end - first.ended_at
    seen = f"one of two calls returned {duration(early)} before the last handler had ended."
    require(early <= 0, "each call of `close` returns only when no handler runs.", seen, first.place)
    expected = f"`close` raises what a handler raised first, here {quoted(errors['quick'])}, in one call at least."
    said = ", the other ".join(call.ending for call in calls)
    raised = [call.error for call in calls if call.error]
    require({*map(id, raised)} == {id(errors["quick"])}, expected, f"one {said}.", first.place)


@task.item("d")
async def closed_mid_flight(solution: Any) -> None:
    """1000 submits, closed mid-flight: what was accepted runs once, the rest never; nothing is left."""
    for latency in (0.010, 0.0):
        async with nothing_left("when `close` has returned"):
            handle = AsyncStub("handle(job)", latency=latency)
            pool = solution.Pool(5, handle.function)
            submits = {job: Call(pool.submit, job) for job in range(1000)}
            await until(lambda handle=handle: len(handle.calls) >= 300)
            await close_waits(pool.close, handle)
            await all_ended(submits.values(), 60)
        stuck = [call.place for call in submits.values() if not call.done]
        require(not stuck, "when the pool has closed, no `submit` waits.", f"{len(stuck)} still did.", *stuck)
        runs_if_accepted(handle, submits)
