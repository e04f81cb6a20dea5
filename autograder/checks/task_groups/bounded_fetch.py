"""Task 3.2, bounded parallelism: `fetch_all(urls, fetch, limit=8)`."""

from __future__ import annotations

import asyncio
from typing import Any

from autograder.checking import Task
from autograder.checks.task_groups._fetches import AT_ONCE, FetchError, page, require_pages_in_order, some_urls, told
from autograder.probes.stubs import AsyncStub
from autograder.probes.tasks import Call, cancelling_reaches, nothing_left
from autograder.probes.words import count, duration, require

task = Task("3.2", needs=("fetch_all(urls, fetch, limit=8)",))


@task.item("a")
async def never_more_than_the_limit(solution: Any) -> None:
    """Never more than 8 fetches are in flight, and 8 are reached; other limits hold too, for each call."""
    urls = some_urls(20)
    for limits in (None, 1, 3, 100), (8, None):
        fetches = [AsyncStub("fetch(url)", latency=0.1, returns=page) for _ in limits]
        calls = [
            Call(solution.fetch_all, urls, fetch.function, **({} if limit is None else {"limit": limit}))
            for limit, fetch in zip(limits, fetches, strict=True)
        ]
        await asyncio.sleep(0.05)
        reached = [len(fetch.in_flight) for fetch in fetches]
        for limit, fetch, call, first in zip(limits, fetches, calls, reached, strict=True):
            await call.returned(10)
            most = min(limit or 8, len(urls))
            what = f"with 20 URLs and {'no limit given' if limit is None else f'limit={limit}'}"
            seen = f"there were {fetch.most_at_once}."
            require(fetch.most_at_once <= most, f"{what}, never more than {most} are in flight.", seen, call.place)
            seen = f"there were {first}, while other calls were under way."
            require(first == most, f"{what}, the fetches in flight reach {most}.", seen, call.place)


@task.item("b")
async def no_slot_idles(solution: Any) -> None:
    """100 URLs at 100 ms take about 1.3 s, results in order; no slot idles while URLs wait."""
    for latency in (0.1, None):
        urls = some_urls(50) * 2
        latencies = {url: latency or 0.05 + place * 37 % 100 / 200 for place, url in enumerate(urls)}
        fetch = AsyncStub("fetch(url)", latency=latencies.get, returns=page)
        call = Call(solution.fetch_all, urls, fetch.function)
        pages = await call.returned(100)
        require_pages_in_order(pages, urls, call.place)
        if latency:
            expected = "100 URLs of 100 ms, 8 at once, take about 1.3 s."
            require(1.25 <= call.took <= 1.4, expected, f"they took {duration(call.took)}.", call.place)
        ends = sorted(each.ended for each in fetch.calls)
        idle = [each.began - end for each, end in zip(fetch.calls[8:], ends, strict=False)]
        expected = "a slot that is free is taken at once."
        require(
            max(idle) <= AT_ONCE, expected, f"one was free for {duration(max(idle))} while URLs waited.", call.place
        )


@task.item("c")
async def failures_leave_nothing(solution: Any) -> None:
    """Half the URLs fail, or it is cancelled: nothing is left, and the next call is as fast as the first."""
    urls = some_urls(40)
    for cancelled in (False, True):
        bad = {url: FetchError(url) for url in urls[::2]}
        fetch = AsyncStub("fetch(url)", latency=0.1, raises=None if cancelled else bad.get, cleanup=0.05)
        async with nothing_left("when a call was cancelled" if cancelled else "when half of the URLs have failed"):
            call = Call(solution.fetch_all, urls, fetch.function)
            await asyncio.sleep(0.05)
            if cancelled:
                await cancelling_reaches(call, fetch, within=0.2)
            await call.ended()
            in_flight = count(len(fetch.in_flight), "call")
            expected = "every fetch has ended when `fetch_all` ends."
            require(not fetch.in_flight, expected, f"{in_flight} of `fetch` still cleaned up.", call.place)
        ended = min((each.ended for each in fetch.calls), default=0.0)
        late = sum(each.began > ended + AT_ONCE for each in fetch.calls)
        seen = f"{count(late, 'URL')} of 40 were."
        require(not late, "after the first error or a cancel no further URL is fetched.", seen, call.place)
        if not cancelled:
            seen = f"it {call.ending}."
            expected = "an error of a fetch reaches the caller."
            require(any(each in told(call.error) for each in bad.values()), expected, seen, call.place)
        again = AsyncStub("fetch(url)", latency=0.1, returns=page)
        call = Call(solution.fetch_all, urls, again.function)
        await call.returned(20)
        seen = f"{again.most_at_once} were in flight at most, and it took {duration(call.took)}."
        expected = "the next call has 8 in flight again, and takes 500 ms for 40 URLs of 100 ms."
        require(again.most_at_once == 8 and call.took <= 0.55, expected, seen, call.place)
