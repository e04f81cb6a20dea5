"""Task 1.1, a sender on a full queue: `first(urls, fetch)` and its test, `test_first`."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from math import inf
from typing import Any

from autograder.checking import Implementation, Task, where
from autograder.probes.stubs import AsyncStub
from autograder.probes.tasks import Call, Started, nothing_left, until, waits_in
from autograder.probes.words import count, duration, quoted, require

task = Task("1.1", needs=("first(urls, fetch)",))

LATENCIES = ((20,), (20, 50), (60, 20), (80, 40, 20, 60, 100), tuple(range(1010, 10, -10)), (50, 0, 30))
"""The milliseconds that each URL of a call takes: 1, 2, 5 and 100 URLs, the fastest in every position."""

TIES = ((20, 20), (20, 20, 20, 20, 20), (0, 0, 0, 0))
"""Any of the results may be returned; what stays behind must not depend on it."""

AT_ONCE = 0.010
EDGE = 0.001
SENDER_ENDS_WITHIN = 0.100
A_WHILE = 60.0


class Race:
    """One call of `first`: `urls`, each with a latency, and the `fetch` that is passed to it."""

    calls = 0

    def __init__(self, first: Callable[..., Any], latencies: tuple[int, ...]) -> None:
        Race.calls += 1  # no two calls have a URL in common: a result of an earlier one is seen to be
        urls = [f"https://call{Race.calls}.example/{place}/{ms}ms" for place, ms in enumerate(latencies, start=1)]
        self.latency = {url: ms / 1000 for url, ms in zip(urls, latencies, strict=True)}
        self.fastest = min(urls, key=self.latency.__getitem__)
        self.with_urls = f"with {count(len(urls), 'URL')}"
        self.fetch = AsyncStub("fetch(url)", latency=self.latency.__getitem__, returns="page of {}".format)
        self.call = Call(first, urls, self.fetch.function)

    def fetched_by(self, moment: float) -> set[str]:
        return {each.argument for each in self.fetch.calls if each.began <= moment}

    async def is_over(self) -> None:
        """`first` has returned, and every fetch has ended."""
        await self.call.returned(within=A_WHILE)
        await until(lambda: not self.fetch.in_flight)


@task.item("a")
async def every_sender_ends(solution: Any) -> None:
    """Every sender ends though only one result is read; `first` returns the first one to arrive."""
    for latencies in LATENCIES:
        started = Started()
        race = Race(solution.first, latencies)
        result = await race.call.returned(within=A_WHILE)
        late = {url for url in race.latency if url not in race.fetched_by(race.call.began + AT_ONCE)}
        # Where a result is there at once, the losers may be cancelled before they begin.
        at_once = not late or not race.latency[race.fastest]
        seen = f"{race.with_urls}, {count(len(late), 'URL')} had not been fetched {duration(AT_ONCE)} after the call."
        require(at_once, "every URL is fetched at once.", seen, race.call.place)
        expected = f"{race.with_urls}, `first` returns {quoted('page of ' + race.fastest)}, the first result to arrive"
        require(result == f"page of {race.fastest}", f"{expected}.", f"it returned {quoted(result)}.", race.call.place)
        latency = race.latency[race.fastest]
        seen = f"it returned it {duration(race.call.took)} after the call."
        expected += f", as soon as it arrives, {duration(latency)} after the call."
        require(race.call.took <= latency + AT_ONCE, expected, seen, race.call.place)
        await senders_end(race, started)


async def senders_end(race: Race, started: Started) -> None:
    await race.is_over()
    await asyncio.sleep(SENDER_ENDS_WITHIN + EDGE)
    late = [each.runner for each in race.fetch.calls if each.runner_ended > each.ended + SENDER_ENDS_WITHIN + EDGE]
    # One that has its fetch in a task of its own (`wait_for` makes one) shows by what it is stuck in.
    late += [task for task in started.alive() if task not in late and waits_in(task, asyncio.Queue.put)]
    seen = f"{race.with_urls}, {len(late)} of the senders lived on {duration(SENDER_ENDS_WITHIN)} after their fetch."
    require(not late, "every sender ends, though only one result is read.", seen, *map(where, late))


LEAKS_FROM_THREE = "which leaks senders where there are three URLs or more"


@task.learners_test("b", test="test_first")
def implementations() -> Iterator[Implementation]:
    """`test_first` asserts that the task count is back at its baseline 100 ms after `first` returns."""
    for passes, description, first in (
        (True, "all senders have ended when `first` returns, and unrelated tasks are alive", ending_after(0)),
        (True, "all senders end 50 ms after `first` returns", ending_after(0.050)),
        (False, "all senders end only 300 ms after `first` returns", ending_after(0.300)),
        (False, "no sender ever ends", ending_after(inf)),
        (False, "one sender never ends", ending_after(0, last=inf)),
        (False, f"`first` is the starting code, {LEAKS_FROM_THREE}", leaking_first()),
    ):
        yield Implementation(description, passes, {"first": first}, prepare=start_unrelated_tasks)


def ending_after(seconds: float, last: float | None = None) -> Callable[..., Awaitable[str]]:
    """A `first` whose senders end so many seconds after it returns, the last one `last` seconds after.

    It is so whatever the fetches do and however many URLs there are: fetches in flight are cancelled.
    """

    async def first(urls: list[str], fetch: Callable[[str], Awaitable[str]]) -> str:
        first.called = True
        arrived: asyncio.Queue[Any] = asyncio.Queue()

        async def deliver(url: str, lingers: float) -> None:
            try:
                arrived.put_nowait((await fetch(url), None))
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                await (asyncio.Event().wait() if lingers == inf else asyncio.sleep(lingers))
            except Exception as error:
                arrived.put_nowait((None, error))

        delays = [seconds] * (len(urls) - 1) + [seconds if last is None else last]
        senders = [asyncio.create_task(deliver(*pair)) for pair in zip(urls, delays, strict=True)]
        kept.extend(senders)
        result, error = await arrived.get()
        for sender in senders:
            sender.cancel()
        if prompt := [sender for sender, delay in zip(senders, delays, strict=True) if not delay]:
            await asyncio.wait(prompt)
        if error:
            raise error
        return result

    first.called = False
    return first


def leaking_first() -> Callable[..., Awaitable[str]]:
    """The starting code."""

    async def first(urls: list[str], fetch: Callable[[str], Awaitable[str]]) -> str:
        first.called = True
        results: asyncio.Queue[str] = asyncio.Queue(maxsize=1)

        async def send(url: str) -> None:
            await results.put(await fetch(url))

        kept.extend(asyncio.create_task(send(url)) for url in urls)
        return await results.get()

    first.called = False
    return first


async def start_unrelated_tasks() -> None:
    kept.extend(asyncio.create_task(asyncio.Event().wait()) for _ in range(3))


kept: list[asyncio.Task[Any]] = []
"""Tasks that would vanish if the collector ran: a verdict must not depend on whether it does."""


@task.item("c")
async def nothing_is_left(solution: Any) -> None:
    """Leak check: when `first` has returned and its fetches are over, nothing is left."""
    for latencies in LATENCIES + TIES:
        that_tie = " that take equally long" if latencies in TIES else ""
        when = f"with {count(len(latencies), 'URL')}{that_tie}, when `first` has returned and every fetch is over"
        async with nothing_left(when):
            await Race(solution.first, latencies).is_over()
