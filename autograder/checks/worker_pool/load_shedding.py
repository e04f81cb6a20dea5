"""Task 6.1, load shedding: `submit(job, timeout=0.1)` of a `Pool` raises `PoolFull` when there is no room in time."""

from __future__ import annotations

import asyncio
from typing import Any

from autograder.checking import Task, where
from autograder.probes.stubs import AsyncStub
from autograder.probes.tasks import Call, all_ended, runs_if_accepted, until
from autograder.probes.words import count, duration, require

task = Task("6.1", needs=("Pool(size, handle)", "PoolFull"))

EDGE = 0.005


async def overloaded(solution: Any, handle: AsyncStub, size: int) -> Any:
    """A pool that has no room: its jobs are those that came first, and it has shed the others."""
    pool = solution.Pool(size, handle.function)
    calls = [Call(pool.submit, f"early {number}") for number in range(3 * size)]
    await asyncio.sleep(0.2)
    for call in calls:
        shed = isinstance(call.error, solution.PoolFull)
        expected = f"with a size of {size}, {len(calls)} submits either return or raise `PoolFull` after 100 ms."
        require(call.error is None or shed, expected, f"one {call.ending}.", call.place)
        require(call.done, expected, "200 ms after they were called, one had not ended.", call.place)
    return pool


@task.item("a")
async def full_after_the_timeout(solution: Any) -> None:
    """Above capacity, `PoolFull` comes `timeout` after the call, within 5 ms, whatever others do."""
    pool = await overloaded(solution, AsyncStub("handle(job)", held=True), 2)
    calls = {}
    for timeout in (0.1, 1.0, 0.25, 0.1, 0.02, 0.1, 30.0):
        # 100 ms is the default, which need not be passed.
        calls[Call(pool.submit, "late", **({} if timeout == 0.1 else {"timeout": timeout}))] = timeout
        await asyncio.sleep(0.03)
    await all_ended(calls, 40)
    for call, timeout in calls.items():
        shed_in_time(solution, call, timeout, "while no job ends")
    for latency in (0.023, 0.030, 0.041):
        await some_get_room(solution, latency)


async def some_get_room(solution: Any, latency: float) -> None:
    """Jobs end all the time, and others take the room: who gets none is told when its own time is over."""
    pool = solution.Pool(1, AsyncStub("handle(job)", latency=latency).function)
    calls = {}
    for number in range(40):
        timeout = (0.1, 0.25, 0.05)[number % 3]
        calls[Call(pool.submit, number, timeout=timeout)] = timeout
        if number % 4 == 0:
            await asyncio.sleep(0.007)
    await all_ended(calls, 5)
    for call, timeout in calls.items():
        if call.error or call.took > timeout + EDGE:
            shed_in_time(solution, call, timeout, "while others take the room of jobs that end")
    shed = [call for call in calls if call.error]
    seen = f"all of {count(len(calls), 'submit')} were accepted."
    require(shed, "who gets no room in time is refused.", seen, where(pool.submit))


def shed_in_time(solution: Any, call: Call, timeout: float, while_what: str) -> None:
    expected = f"{while_what}, `submit(job, timeout={timeout:g})` raises `PoolFull` after {duration(timeout)}."
    seen = f"it {call.ending}" + (f", {duration(call.took)} after the call." if call.done else ".")
    require(isinstance(call.error, solution.PoolFull), expected, seen, call.place)
    require(abs(call.took - timeout) <= EDGE, expected, seen, call.place)


@task.item("b")
async def a_burst_is_absorbed(solution: Any) -> None:
    """A burst of 4 times `size` jobs that can start in time is taken whole, after an overload as well."""
    for size, latency in ((5, 0.010), (1, 0.020), (3, 0.025)):
        handle = AsyncStub("handle(job)", latency=latency)
        await absorbs(solution.Pool(size, handle.function), handle, size, latency, "a new pool")
        held = AsyncStub("handle(job)", held=True, latency=latency)
        pool = await overloaded(solution, held, size)
        held.release_all()
        await until(lambda held=held: not held.in_flight)
        await asyncio.sleep(1.0)
        await absorbs(pool, held, size, latency, "a pool whose overload is over")
    for size in (1, 2, 5):
        handle = AsyncStub("handle(job)", latency=lambda job: 0.1 if job.startswith("early") else 0.01)
        pool = solution.Pool(size, handle.function)
        # As the first jobs end, after 100 ms, some of those that wait give up in that very turn.
        calls = [Call(pool.submit, f"early {number}", timeout=0.1 + number * 2e-6) for number in range(120)]
        await all_ended(calls)
        await asyncio.sleep(15.0)  # what a pool without a bound has taken is over, too
        await absorbs(pool, handle, size, 0.01, "after `PoolFull` in the turn in which room appeared, a pool")


async def absorbs(pool: Any, handle: AsyncStub, size: int, latency: float, which: str) -> None:
    submits = {f"burst {number}": Call(pool.submit, f"burst {number}") for number in range(4 * size)}
    await asyncio.sleep(1.0)
    expected = f"{which} of size {size} takes a burst of {len(submits)} jobs of {duration(latency)} each."
    for call in submits.values():
        require(call.done and call.error is None, expected, f"one `submit` {call.ending}.", call.place)
    runs_if_accepted(handle, submits)


@task.item("c")
async def accepted_and_shed_add_up(solution: Any) -> None:
    """Of 1000 submits each is accepted and runs once, or is shed; at twice the rate, half of each."""
    for interval in (0.010, 0.005):
        handle = AsyncStub("handle(job)", latency=0.050)
        pool = solution.Pool(5, handle.function)
        submits = {}
        for job in range(1000):
            submits[job] = Call(pool.submit, job)
            await asyncio.sleep(interval)
        calls = submits.values()
        await all_ended(calls, 60)
        await until(lambda handle=handle: not handle.in_flight, 60)
        expected = f"with a submit every {duration(interval)}, each returns or raises `PoolFull`."
        for call in calls:
            known = isinstance(call.error, solution.PoolFull) or (call.done and not call.error)
            require(known, expected, f"one {call.ending}.", call.place)
        runs_if_accepted(handle, submits)
        taken = sum(call.error is None for call in calls)
        expected = "at twice the rate that 5 workers can bear, 400 to 600 of 1000 jobs are accepted."
        in_range = interval == 0.010 or 400 <= taken <= 600
        require(in_range, expected, f"{taken} were.", where(pool.submit))
