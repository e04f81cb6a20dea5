"""Task 1.1, a sender on a full queue: `first(urls, fetch)` and its test, `test_first`."""

from __future__ import annotations

import asyncio
import gc
import inspect
import reprlib
from collections.abc import Awaitable, Callable, Iterable, Iterator
from math import inf
from typing import Any

from autograder.checking import Failed, Implementation, Task, where
from course import leaks

task = Task("1.1", needs=("first",))

First = Callable[..., Awaitable[str]]

LATENCIES = (
    (20,),
    (20, 50),
    (60, 20),
    (80, 40, 20, 60, 100),
    tuple(range(1010, 10, -10)),
    (50, 0, 30),
)
"""The milliseconds that each URL of a call takes: 1, 2, 5 and 100 URLs, the fastest in every position."""

TIES = ((20, 20), (20, 20, 20, 20, 20), (0, 0, 0, 0))
"""Any of the results may be returned; what stays behind must not depend on it."""

AT_ONCE = 0.010
PATIENCE = 1.0
"""Seconds that what is about to end is given for it."""


class Race:
    """One call of `first`: its URLs, each with a latency, and what became of the fetches."""

    def __init__(self, number: int, latencies: tuple[int, ...]) -> None:
        urls = (f"https://call{number}.example/{place}/{ms}ms" for place, ms in enumerate(latencies, start=1))
        self.latencies = {url: ms / 1000 for url, ms in zip(urls, latencies, strict=True)}
        self.fastest = min(self.latencies, key=self.latencies.__getitem__)
        self.size = f"with {len(latencies)} URL{'s' * (len(latencies) > 1)}"
        self.begun: dict[str, float] = {}
        self.senders: dict[asyncio.Task[Any], str] = {}
        self.result: Any = None
        self.took = inf
        self._in_flight = 0

        async def fetch(url: str) -> str:
            return await self._fetch(url)

        fetch.__qualname__ = "fetch"  # as an error names it
        self._fetcher = fetch

    async def run(self, first: First) -> None:
        """Awaits `first`, and then the end of every fetch."""
        self._start = _now()
        call = asyncio.create_task(self._call(first))
        patience = sum(self.latencies.values()) + PATIENCE
        await asyncio.wait({call}, timeout=patience)
        if not call.done():
            raise Failed("`first` returns.", f"{self.size}, it has not returned after {patience:g} s.", where(call))
        call.result()
        while self._in_flight and _now() < self._start + patience:
            await asyncio.sleep(AT_ONCE)

    async def _call(self, first: First) -> None:
        returned = first(list(self.latencies), self._fetcher)
        if not inspect.isawaitable(returned):
            seen = f"calling it gave {_quoted(returned)}, which cannot be awaited."
            raise Failed("`first` is an `async def`.", seen, where(first))
        self.result = await returned
        self.took = _now() - self._start

    async def _fetch(self, url: str) -> str:
        self.begun.setdefault(url, _now() - self._start)
        task = asyncio.current_task()
        assert task is not None
        self.senders[task] = url
        self._in_flight += 1
        try:
            await asyncio.sleep(self.latencies[url])
        finally:
            self._in_flight -= 1
        return page(url)


@task.item("a", seconds=5)
async def every_sender_can_finish(solution: Any) -> None:
    """Every sender ends though only one result is read; `first` returns the first one to arrive."""
    for number, latencies in enumerate(LATENCIES, start=1):
        race = Race(number, latencies)
        await race.run(solution.first)
        _started_at_once(race, solution.first)
        _returned_the_first(race, solution.first)
        await _senders_ended(race, solution.first)


def _started_at_once(race: Race, first: First) -> None:
    if race.latencies[race.fastest] == 0:
        return  # the losers may be cancelled before they start
    for url in race.latencies:
        begun = race.begun.get(url, inf)
        if begun > AT_ONCE:
            seen = f"{race.size}, `fetch({url!r})` was " + (
                "not called." if begun == inf else f"called {_ms(begun)} after `first` was."
            )
            raise Failed("every URL is fetched at once.", seen, where(first))


def _returned_the_first(race: Race, first: First) -> None:
    expected = f"{race.size}, `first` returns {page(race.fastest)!r}, the first result to arrive"
    if race.result != page(race.fastest):
        known = race.result in map(page, race.latencies)
        is_page = isinstance(race.result, str) and race.result.startswith("page of")
        stale = ", a result of an earlier call" if is_page and not known else ""
        raise Failed(f"{expected}.", f"it returned {_quoted(race.result)}{stale}.", where(first))
    arrival = race.latencies[race.fastest]
    if race.took > arrival + AT_ONCE:
        seen = f"it returned it {_ms(race.took)} after the call."
        raise Failed(f"{expected}, as soon as it arrives, {_ms(arrival)} after the call.", seen, where(first))


async def _senders_ended(race: Race, first: First) -> None:
    if alive := [task for task in race.senders if not task.done()]:
        await asyncio.wait(alive, timeout=PATIENCE)
    # A sender that waits for its fetch in another task (`wait_for` makes one) shows by what it is stuck in.
    tasks = {*race.senders, *filter(_is_putting, asyncio.all_tasks())}
    stuck = [task for task in tasks if not task.done()]
    if stuck:
        stuck.sort(key=lambda task: race.latencies.get(race.senders.get(task, ""), inf))
        raise Failed(
            "every sender ends, though only one result is read.",
            f"{race.size}, {len(stuck)} of the senders still live{'s' * (len(stuck) == 1)} "
            f"{PATIENCE:g} s after the last fetch.",
            where(stuck[0]) or where(first),
        )


def _is_putting(task: asyncio.Task[Any]) -> bool:
    step: Any = task.get_coro()
    while step is not None:
        if getattr(step, "cr_code", None) is asyncio.Queue.put.__code__:
            return True
        step = getattr(step, "cr_await", None)
    return False


@task.learners_test("b", test="test_first")
def implementations() -> Iterator[Implementation]:
    """`test_first` asserts that the task count is back at its baseline 100 ms after `first` returns."""
    for passes, description, first in (
        (True, "all senders have ended when `first` returns, and unrelated tasks are alive", ending_after(0)),
        (True, "all senders end 50 ms after `first` returns", ending_after(0.050)),
        (False, "all senders end only 300 ms after `first` returns", ending_after(0.300)),
        (False, "no sender ever ends", ending_after(inf)),
        (False, "one sender never ends", ending_after(0, last=inf)),
    ):
        yield Implementation(description, passes, {"first": first}, prepare=_start_unrelated_tasks)


def ending_after(seconds: float, last: float | None = None) -> First:
    """A `first` whose senders end so many seconds after it returns, the last one `last` seconds after.

    It is so whatever the fetches do and however many URLs there are: fetches in flight are cancelled.
    """

    async def first(urls: Iterable[str], fetch: Callable[[str], Awaitable[str]]) -> str:
        first.called = True
        arrived = asyncio.get_running_loop().create_future()

        async def deliver(url: str, lingers: float) -> None:
            try:
                result = await fetch(url)
                if not arrived.done():
                    arrived.set_result(result)
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                await (asyncio.Event().wait() if lingers == inf else asyncio.sleep(lingers))
            except Exception as error:
                if not arrived.done():
                    arrived.set_exception(error)

        urls = list(urls)
        delays = [seconds] * len(urls)
        if last is not None:
            delays[-1] = last
        senders = [asyncio.create_task(deliver(*pair)) for pair in zip(urls, delays, strict=True)]
        _kept.extend(senders)
        try:
            return await arrived
        finally:
            for sender in senders:
                sender.cancel()
            if prompt := [sender for sender, delay in zip(senders, delays, strict=True) if not delay]:
                await asyncio.wait(prompt)

    first.called = False
    return first


async def _start_unrelated_tasks() -> None:
    _kept.extend(asyncio.create_task(asyncio.Event().wait()) for _ in range(3))


_kept: list[asyncio.Task[Any]] = []
"""Tasks that would vanish if the collector ran: a verdict must not depend on whether it does."""


@task.item("c", seconds=5)
async def nothing_is_left(solution: Any) -> None:
    """Leak check: when `first` has returned and its fetches are over, nothing is left."""
    for number, latencies in enumerate(LATENCIES + TIES, start=1):
        race = Race(number, latencies)
        before = leaks.ignore_current()
        await race.run(solution.first)
        if number % 2:
            gc.collect()
        if found := await leaks.find_async(before):
            first, *others = found
            more = f" and {len(others)} more" if others else ""
            size = f"{race.size} that take equally long" if latencies in TIES else race.size
            raise Failed(
                f"{size}, nothing is left when `first` has returned and every fetch is over.",
                f"left behind: {first.kind} {first.name!r}{more}.",
                where(first),
            )


_quoting = reprlib.Repr()
_quoting.maxstring = _quoting.maxother = 100
_quoted = _quoting.repr


def page(url: str) -> str:
    """What the fetch of `url` results in."""
    return f"page of {url}"


def _now() -> float:
    return asyncio.get_running_loop().time()


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms"
