"""Task 6, a worker pool with back-pressure: `Pool(size, handle)` with `submit(job)` and `close()`."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable
from typing import Any

from autograder.checking import Task, where
from autograder.probes.stubs import AsyncStub
from autograder.probes.tasks import Call, close_waits, ends_as_cancelled, nothing_left, until
from autograder.probes.words import count, duration, quoted, require

task = Task("6", needs=("Pool(size, handle)", "PoolClosed"))

SIZES = (1, 3)
AT_ONCE = 0.010
SETTLED = 0.5


class Full:
    """A pool whose handlers are all held, with some submits that wait for room.

    `accepted` are the submits that have returned, `waiting` the others, in the order in which they were made.
    """

    def __init__(self, solution: Any, size: int) -> None:
        self.handle = AsyncStub("handle(job)", held=True)
        self.pool = solution.Pool(size, self.handle.function)
        self.size = size
        self.calls: list[Call] = []

    async def fill(self) -> None:
        """Submits more jobs than any such pool may take, so many that some still wait when `size` have ended."""
        made = len(self.calls)
        self.calls += [Call(self.pool.submit, f"job {made + number}") for number in range(4 * self.size + 3)]
        await asyncio.sleep(SETTLED)
        for call in self.accepted:
            await call.returned()

    @property
    def accepted(self) -> list[Call]:
        return [call for call in self.calls if call.done and call.error is None]

    @property
    def waiting(self) -> list[Call]:
        return [call for call in self.calls if not call.done]

    @property
    def held(self) -> int:
        """How many jobs it has: those that run, and those that were accepted and wait."""
        return len(self.accepted) - len(self.handle.calls) + len(self.handle.in_flight)

    def jobs(self, calls: Iterable[Call]) -> list[str]:
        """The jobs that these calls submit."""
        return [f"job {self.calls.index(call)}" for call in calls]

    def release_one(self) -> None:
        """Lets the handler end that has run longest."""
        self.handle.release(self.handle.in_flight[0].argument)

    async def empty(self) -> None:
        """Lets all handlers end; every submit that waits gets room."""
        self.handle.release_all()
        for call in self.waiting:
            await call.returned(expected="a `submit` that waits returns when jobs have ended, and no place is lost.")
        await until(lambda: not self.handle.in_flight)
        self.handle.held = True

    def place(self) -> str:
        return where(self.pool.submit)


async def full(solution: Any, size: int) -> Full:
    """A pool that has taken what it takes."""
    pool = Full(solution, size)
    await pool.fill()
    return pool


@task.item("a")
async def back_pressure(solution: Any) -> None:
    """Back-pressure: `size` jobs run at once, and a `submit` waits while there is no room."""
    for size in SIZES:
        pool = await full(solution, size)
        seen = f"with a size of {size}, {count(len(pool.handle.in_flight), 'job')} ran at once."
        require(len(pool.handle.in_flight) == size, "`size` jobs run at once.", seen, pool.place())
        taken = len(pool.accepted)
        expected = "while `size` jobs run and none ends, between `size` and twice as many submits return."
        seen = f"with a size of {size}, {taken} of {len(pool.calls)} returned."
        require(size <= taken <= 2 * size, expected, seen, pool.place())
        while waiting := pool.waiting:
            pool.release_one()
            returned = await until(lambda pool=pool, waiting=waiting: pool.waiting != waiting, AT_ONCE)
            seen = f"{duration(AT_ONCE)} after a job had ended, it had not returned."
            require(returned, "a `submit` that waits returns once there is room.", seen, waiting[0].place)
            await asyncio.sleep(SETTLED)
            seen = f"when others had ended, it held {count(pool.held, 'job')}, with a size of {size}."
            require(size <= pool.held <= 2 * size, expected, seen, pool.place())
        await pool.empty()
        seen = f"with a size of {size}, {count(pool.handle.most_at_once, 'job')} ran at once."
        require(pool.handle.most_at_once == size, "never more than `size` jobs run at once.", seen, pool.place())


@task.item("b")
async def waiting_submits_can_be_ended(solution: Any) -> None:
    """A waiting `submit` can be cancelled, and its job never runs; `close` ends it with `PoolClosed`."""
    for size in SIZES:
        pool = await full(solution, size)
        taken = len(pool.accepted)
        for which in (1, 0, -1):
            cancelled = pool.waiting[which]
            cancelled.cancel()
            await ends_as_cancelled(cancelled)
            await never_runs(pool, cancelled)
            await takes_as_many(pool, taken)
        for turns in range(6):
            await cancelled_as_room_appears(pool, turns, taken)
            await takes_as_many(pool, taken)
        await closes_on_waiting(solution, pool)


async def never_runs(pool: Full, cancelled: Call) -> None:
    await pool.empty()
    ran = pool.handle.arguments.count(*pool.jobs([cancelled]))
    seen = "its job was handled all the same."
    require(not ran, "the job of a `submit` that was cancelled never runs.", seen, cancelled.place)


async def takes_as_many(pool: Full, taken: int) -> None:
    """Fills it anew, and requires that it takes as many jobs as at first."""
    before = len(pool.accepted)
    await pool.fill()
    seen = f"at first it took {count(taken, 'job')}, and then {len(pool.accepted) - before}."
    expected = "after a `submit` was cancelled, the pool takes as many jobs as before."
    require(len(pool.accepted) - before == taken, expected, seen, pool.place())


async def cancelled_as_room_appears(pool: Full, turns: int, taken: int) -> None:
    """A `submit` that is cancelled in or near the turn in which room appears is accepted, and run, or neither.

    If neither, another that waits takes the place, when all that run now have ended at the latest.
    """
    call = pool.waiting[0]
    pool.release_one()
    for _ in range(turns):
        await asyncio.sleep(0)
    call.cancel()
    await call.ended()
    pool.handle.release(*(run.argument for run in pool.handle.in_flight))
    await asyncio.sleep(SETTLED)
    held, waiting = pool.held, pool.waiting[0].place
    await pool.empty()
    (job,) = pool.jobs([call])
    ran, accepted = pool.handle.arguments.count(job), call.done and call.error is None
    expected = (
        "a `submit` cancelled as room appears returns and its job runs once, or is cancelled and its job never runs."
    )
    seen = f"it {call.ending}, and its job ran {count(ran, 'time')}."
    require(call.done and ran == accepted and (accepted or call.task.cancelled()), expected, seen, call.place)
    seen = f"it held {held} of the {count(taken, 'job')} that it takes, while others waited."
    require(held == taken, "when a `submit` is cancelled as room appears, another takes its place.", seen, waiting)


async def closes_on_waiting(solution: Any, pool: Full) -> None:
    waiting, runs = pool.waiting, list(pool.handle.in_flight)
    closing = Call(pool.pool.close)
    await until(lambda: all(call.done for call in waiting), AT_ONCE)
    during = Call(pool.pool.submit, "during")
    await during.ended(AT_ONCE)
    for when, call in (*(("as the pool closes", call) for call in waiting), ("while the pool closes", during)):
        what = f"a `submit` that waits {when}" if call is not during else f"a `submit` {when}"
        seen = f"{duration(AT_ONCE)} later it had {call.ending}, with jobs still running."
        ended = isinstance(call.error, solution.PoolClosed)
        require(ended, f"{what} ends with `PoolClosed`, at once.", seen, call.place)
    unfinished = all(run in pool.handle.in_flight for run in runs)
    require(unfinished, "closing finishes the jobs that were accepted.", "a handler was cancelled.", closing.place)
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
        for job in range(3):
            await Call(pool.submit, job).returned(within=60)
        await close_waits(pool.close, handle, at_once=at_once)
        await close_waits(pool.close, handle)
        handled_once(handle, range(3), where(pool.close))
    for size, before, pause in ((3, 0.0, 0.3), (4, 0.0, 0.0), (4, 10.0, 0.0)):
        await the_first_error_is_raised(solution, size, before, pause)


async def the_first_error_is_raised(solution: Any, size: int, before: float, pause: float) -> None:
    """The job that was submitted second fails first, of three that fail; one more is handled all the same.

    With a size of 4 all errors come while the pool closes, or, with some seconds `before` it, all have come before.
    """
    errors = {"slow": LookupError("slow"), "quick": ValueError("quick"), "last": RuntimeError("last")}
    latency = {"slow": 2.0, "quick": 1.0, "last": 4.0, "fine": 0.5}
    handle = AsyncStub("handle(job)", latency=latency.__getitem__, raises=errors.get)
    pool = solution.Pool(size, handle.function)
    for job in latency:
        await Call(pool.submit, job).returned(60, "an error in a job does not stop the others, nor a `submit`.")
    await asyncio.sleep(before)
    first = Call(pool.close)
    await asyncio.sleep(pause)
    calls = [first, *await close_waits(pool.close, handle, may_raise=True)]
    await first.ended()
    handled_once(handle, latency, first.place)
    early = handle.last_end - first.ended_at
    seen = f"one of two calls returned {duration(early)} before the last handler had ended."
    require(early <= 0, "each call of `close` returns only when no handler runs.", seen, first.place)
    raised = [call.error for call in calls if call.error]
    expected = (
        f"`close` raises what a handler raised first, here {quoted(errors['quick'])}, in one of its calls at least."
    )
    said = ", the other ".join(call.ending for call in calls)
    require(raised and set(map(id, raised)) == {id(errors["quick"])}, expected, f"one {said}.", first.place)


def handled_once(handle: AsyncStub, jobs: Iterable[object], place: str) -> None:
    times = Counter(call.argument for call in handle.calls if call.ending != "cancelled")
    wrong = [job for job in jobs if times[job] != 1]
    if wrong:
        seen = f"the job {quoted(wrong[0])} was handled to its end {count(times[wrong[0]], 'time')}."
        require(False, "every accepted job is handled exactly once, whatever became of others.", seen, place)


@task.item("d")
async def closed_mid_flight(solution: Any) -> None:
    """1000 submits, closed mid-flight: what was accepted runs once, the rest never; nothing is left."""
    for latency in (0.010, 0.0):
        async with nothing_left("when `close` has returned"):
            handle = AsyncStub("handle(job)", latency=latency)
            pool = solution.Pool(5, handle.function)
            calls = [Call(pool.submit, job) for job in range(1000)]
            await until(lambda handle=handle: len(handle.calls) >= 300)
            await close_waits(pool.close, handle)
            await until(lambda calls=calls: all(call.done for call in calls), 60)
        stuck = [call for call in calls if not call.done]
        seen = f"{count(len(stuck), 'call')} of `submit` had not ended."
        require(not stuck, "when the pool has closed, no `submit` waits.", seen, *(call.place for call in stuck[:1]))
        accepted = [job for job, call in enumerate(calls) if call.error is None]
        handled_once(handle, accepted, where(pool.submit))
        extra = [job for job in handle.arguments if calls[job].error]
        seen = f"{count(len(extra), 'job')} ran whose `submit` had raised."
        require(not extra, "a job whose `submit` raised never runs.", seen, where(pool.submit))
