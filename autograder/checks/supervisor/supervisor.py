"""Task 9, a supervisor: `Supervisor(backoff=1.0)` with `spawn(name, fn)` and `close()`."""

from __future__ import annotations

import asyncio
import gc
import logging
from collections.abc import Awaitable, Callable
from itertools import pairwise
from typing import Any

from autograder.checking import Task, where
from autograder.probes.logs import Logged
from autograder.probes.stubs import AsyncStub
from autograder.probes.tasks import Call, close_waits, nobody_spins, nothing_left, until
from autograder.probes.words import count, duration, quoted, require

task = Task("9", needs=("Supervisor(backoff)",))

AN_HOUR, FOR_EVER = 3600.0, 10_000_000.0
NAME, OTHER = "kestrel-7", "osprey-9"
"""Names of children that occur in no traceback."""

PROMPT = 0.005


class Crash(Exception):
    """What a child fails with."""


def failing(*latencies: float, cleanup: float = 0.0) -> AsyncStub:
    """A child whose runs fail after these latencies; the run after them goes on until it is cancelled."""
    runs = iter(latencies)
    upcoming = {"latency": 0.0}

    def latency() -> float:
        upcoming["latency"] = next(runs, FOR_EVER)
        return upcoming["latency"]

    return AsyncStub("fn()", latency=latency, raises=lambda: Crash("out of oats"), cleanup=cleanup)


def steady(cleanup: float = 0.0) -> AsyncStub:
    """A child that runs until it is cancelled."""
    return AsyncStub("fn()", latency=FOR_EVER, cleanup=cleanup)


async def supervised(solution: Any, backoff: float, *children: AsyncStub) -> Any:
    """A supervisor with these children, which have begun."""
    supervisor = solution.Supervisor(backoff)
    for number, child in enumerate(children):
        supervisor.spawn(f"{NAME}{number}", child.function)
    began = await until(lambda: all(child.calls for child in children))
    require(began, "`spawn` runs the child.", f"it had not begun {duration(2)} later.", where(supervisor.spawn))
    return supervisor


@task.item("a")
async def an_exception_is_caught_in_its_child(solution: Any) -> None:
    """An exception in a child is logged with its name and traceback; siblings and supervisor go on."""
    sibling, child = steady(), failing(0.1, 0.1)
    with Logged() as logged:
        supervisor = await supervised(solution, 1.0, sibling)
        supervisor.spawn(OTHER, child.function)
        await asyncio.sleep(3.0)
    kept = sibling.in_flight and sibling.calls[0].cancels == 0
    require(kept, "when a child fails, its siblings go on.", "a sibling was cancelled.", where(supervisor.spawn))
    later = steady()
    supervisor.spawn(NAME, later.function)
    goes_on = await until(lambda: later.in_flight)
    require(goes_on, "it goes on after a failure.", "a child spawned later did not run.", where(supervisor.spawn))
    own = [each for each in logged.about(OTHER) if "never retrieved" not in each.getMessage()]
    expected = "a failure is logged with `logging`, at WARNING or above, with the child's name and the traceback."
    require(own, expected, f"no record named the child {OTHER!r}.", where(supervisor.spawn))
    loud = [each for each in own if each.levelno >= logging.WARNING]
    require(loud, expected, f"it was logged at {own[0].levelname}.", where(supervisor.spawn))
    whole = [each for each in loud if each in logged.about(OTHER, "Traceback") and each in logged.about(OTHER, "oats")]
    require(whole, expected, f"the record {quoted(loud[0].getMessage())} has no traceback.", where(supervisor.spawn))
    failures = sum(run.ending == "raised" for run in child.calls)
    seen = f"it failed {failures} times, and the log tells of {len(whole)}."
    require(len(whole) >= failures, "each failure of a child is logged.", seen, where(supervisor.spawn))


@task.item("b")
async def each_restart_comes_one_backoff_later(solution: Any) -> None:
    """Each restart comes one `backoff` after the failure; the loop is free; `close` does not wait it out."""
    for backoff, supervisor in ((1.0, solution.Supervisor()), (0.3, solution.Supervisor(0.3))):
        child, twin = (failing(0, 0.3, 0, 0.05, 2.0) for _ in range(2))  # they fail in the same turns
        other = failing(0.11, 0.11)
        done = AsyncStub("fn()", latency=0.2)
        for number, each in enumerate((child, twin, other, done)):
            supervisor.spawn(f"{NAME}{number}", each.function)
        await require_free_loop(10 * backoff + 5, where(supervisor.spawn))
        for before, after in (*pairwise(child.calls), *pairwise(twin.calls), *pairwise(other.calls)):
            late = after.began - before.ended - backoff
            seen = f"with a backoff of {duration(backoff)}, it came {duration(after.began - before.ended)} later."
            expected = "each restart comes one `backoff` after the failure, within 5 ms."
            require(abs(late) <= PROMPT, expected, seen, where(supervisor.spawn))
        for each in (child, twin):
            seen = f"after {count(len(each.calls) - 1, 'restart')} it was not run again."
            expected = "a child that fails is restarted, also when another fails in the same turn."
            require(len(each.calls) == 6, expected, seen, where(supervisor.spawn))
        seen = f"it was run {len(done.calls)} times."
        require(len(done.calls) == 1, "a child that returned is not run again.", seen, where(supervisor.spawn))
    waiting = await supervised(solution, 60.0, child := failing(0))
    await asyncio.sleep(0.5)
    await nobody_spins("until a restart is due, the supervisor waits.")
    call, *_ = await close_waits(waiting.close, child, may_raise=True)
    seen = f"with a backoff of 60 s it took {duration(call.took)}."
    require(call.took <= 0.1, "`close` does not wait the backoff out.", seen, call.place)


async def require_free_loop(seconds: float, place: str) -> None:
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    while (before := loop.time()) < end:
        await asyncio.sleep(0.02)
        held = loop.time() - before - 0.02
        seen = f"nothing else could run for {duration(held)}."
        require(held <= PROMPT, "the loop is free while a restart is due.", seen, place)


@task.item("c")
async def close_cancels_and_waits(solution: Any) -> None:
    """`close` cancels the children and waits for them, however long they clean up, without raising."""
    for cleanups in ((30.0, 0.0, 5.0), (0.0, 30.0, 0.0)):
        first, restarted, last = steady(cleanups[0]), failing(0, 0, cleanup=cleanups[1]), steady(cleanups[2])
        supervisor = await supervised(solution, 0.2, first, restarted, last)
        await until(lambda restarted=restarted: len(restarted.calls) == 3)
        await asyncio.sleep(0.1)
        await close_waits(supervisor.close, first, restarted, last)
    await a_child_may_raise_when_it_is_closed(solution)
    waiting = await supervised(solution, 0.2, failed := failing(0, 0, 0))
    await asyncio.sleep(0.1)
    call, *_ = await close_waits(waiting.close)
    await asyncio.sleep(600)
    require(len(failed.calls) == 1, "after `close` no child is run again.", "one was restarted.", call.place)


async def a_child_may_raise_when_it_is_closed(solution: Any) -> None:
    runs = []
    with Logged() as logged:
        supervisor = await supervised(solution, 0.2, sibling := steady(1.0))
        supervisor.spawn(OTHER, raising_when_cancelled(runs))
        await asyncio.sleep(0.1)
        await close_waits(supervisor.close, sibling, within=0.3)
        place = where(supervisor.close)
        await asyncio.sleep(60)
        require(len(runs) == 1, "a child that raises while it is closed is not restarted.", "it was run again.", place)
        del supervisor
        gc.collect()  # asyncio tells of a task's exception that nobody has seen when the task goes
    said = logged.about("", "no way to go")
    require(said, "a child's exception is logged while it is closed, too.", "no record told of it.", place)


def raising_when_cancelled(runs: list[object]) -> Callable[[], Awaitable[None]]:
    async def fn() -> None:
        runs.append(asyncio.current_task())
        try:
            await asyncio.sleep(FOR_EVER)
        except asyncio.CancelledError:
            raise Crash("no way to go") from None

    return fn


@task.item("d")
async def a_crash_loop_goes_on_until_close(solution: Any) -> None:
    """A child that always fails is restarted again and again; `close` ends it, and nothing is left."""
    for pause in (0.0, 0.05, 0.1, 0.151):
        async with nothing_left("when `close` has returned"):
            children = [failing(*[latency] * 100) for latency in (0.0, 0.01, 0.06)]
            supervisor = await supervised(solution, 0.1, *children)
            await asyncio.sleep(2.0 + pause)
            often = await until(lambda children=children: len(children[0].calls) > 10, within=AN_HOUR)
            seen = f"it was run {count(len(children[0].calls), 'time')}, with a backoff of 100 ms."
            require(often, "a child that always fails is restarted again and again.", seen, where(supervisor.spawn))
            call = Call(supervisor.close)
            ended = await call.ended()
            require(ended, "`close` ends a child that always fails.", "it had not returned 2 s later.", call.place)
            runs = [len(child.calls) for child in children]
        await asyncio.sleep(600)
        again = runs != [len(child.calls) for child in children]
        require(not again, "after `close` no child is run again.", "one was restarted.", call.place)
