"""Task 3.1, parallel fetch: `fetch_all(urls, fetch)`."""

from __future__ import annotations

import ast
import asyncio
import linecache
import queue
from collections import Counter
from collections.abc import Iterator
from types import ModuleType
from typing import Any

from autograder.checking import Task, where
from autograder.checks.task_groups._fetches import (
    AT_ONCE,
    FetchError,
    page,
    require_pages_in_order,
    some_urls,
    some_were_fetched,
    told,
)
from autograder.probes.stubs import AsyncStub
from autograder.probes.tasks import (
    Call,
    cancelling_reaches,
    group_membership,
    nothing_left,
    sees_cancellation,
)
from autograder.probes.words import count, duration, quoted, require
from course.leaks import Frame

task = Task("3.1", needs=("fetch_all(urls, fetch)",))

HAND_MADE = {
    asyncio: "gather wait as_completed Queue LifoQueue PriorityQueue Event Condition Barrier",
    queue: "Queue LifoQueue PriorityQueue SimpleQueue",
}
"""What a task group takes the place of."""


@task.item("a")
async def uses_a_task_group(solution: Any) -> None:
    """It uses `asyncio.TaskGroup`: no `gather`, `wait` or `as_completed`, no counters or error queue."""
    expected = "an `asyncio.TaskGroup` starts the fetches, waits for them and keeps their errors"
    for name, place in _mentioned(solution):
        require(not name, f"{expected}, without help.", f"`{name}` is used.", place)
    in_group = group_membership()
    inside: list[bool] = []
    fetch = AsyncStub("fetch(url)", returns=lambda url: inside.append(in_group()))
    call = Call(solution.fetch_all, some_urls(4), fetch.function)
    await call.ended()
    some_were_fetched(fetch, call)
    seen = f"of {count(len(inside), 'call')} of `fetch`, {inside.count(False)} ran outside of one."
    require(all(inside or [False]), f"{expected}.", seen, where(solution.fetch_all))


@task.item("b")
async def each_its_own_url(solution: Any) -> None:
    """Each task fetches its own URL, all start at once, and the results are in the order of `urls`."""
    for urls in (some_urls(5), some_urls(1), some_urls(3) * 2, some_urls(100)):
        latencies = {url: 1 - place / 200 for place, url in enumerate(urls)}
        fetch = AsyncStub("fetch(url)", latency=latencies.get, returns=page)
        call = Call(solution.fetch_all, list(urls), fetch.function)
        await call.ended(200)
        some_were_fetched(fetch, call)
        fetched = Counter(fetch.arguments)
        seen = f"of {count(len(urls), 'URL')} `fetch` was called with {quoted(sorted(fetched.elements()))}."
        require(
            fetched == Counter(urls), "each URL is fetched, once for each time that it is listed.", seen, call.place
        )
        last = fetch.calls[-1].began - call.began
        seen = f"of {len(urls)}, the last was started after {duration(last)}."
        require(last <= AT_ONCE, "all fetches start at once.", seen, call.place)
        require_pages_in_order(await call.returned(), urls, call.place)


@task.item("c")
async def cancellation_reaches_every_fetch(solution: Any) -> None:
    """Cancelling `fetch_all` reaches every `fetch` in flight, and `fetch_all` ends as cancelled."""
    for number, cleanup in ((1, 0.0), (5, 0.0), (5, 0.5)):
        fetch = AsyncStub("fetch(url)", latency=10.0, cleanup=cleanup)
        call = Call(solution.fetch_all, some_urls(number), fetch.function)
        await asyncio.sleep(1)
        # Nested groups, or a block that awaits its tasks, cancel some when others have cleaned up.
        await cancelling_reaches(call, fetch, within=0.1 + cleanup)


@task.item("d")
async def the_first_error_reaches_the_caller(solution: Any) -> None:
    """The first error ends it early and reaches the caller: bare, in an `ExceptionGroup`, or as a cause."""
    for cleanup_fails in (False, True):
        first, second = FetchError("the first"), FetchError("the second")
        a, b, c, d = urls = some_urls(4)
        fetch = AsyncStub(
            "fetch(url)",
            latency={a: 10.0, b: 0.2, c: 0.1, d: 10.0}.get,
            raises={b: second, c: first}.get,
            cleanup=lambda url, fails=cleanup_fails: 1 / 0 if fails else 0.05,
        )
        call = Call(solution.fetch_all, urls, fetch.function)
        await call.ended(5)
        expected = "the error of the first fetch that fails reaches the caller of `fetch_all`"
        require(call.done, f"{expected}, at once.", "5 s later it had not ended.", call.place)
        seen = f"it {call.ending}."
        require(first in told(call.error), f"{expected}.", seen, call.place)


@task.item("e")
async def one_fails(solution: Any) -> None:
    """One URL fails: the other fetches are cancelled at once, and nothing is left (leak check)."""
    urls = some_urls(3)
    for fails in urls:
        for latency in (0.05, 0.0):
            fetch = AsyncStub(
                "fetch(url)",
                latency={**dict.fromkeys(urls, 10.0), fails: latency}.get,
                raises={fails: FetchError(fails)}.get,
                cleanup=0.05,
            )
            async with nothing_left("when one of three fetches has failed"):
                call = Call(solution.fetch_all, urls, fetch.function)
                await asyncio.sleep(latency + AT_ONCE)
                some_were_fetched(fetch, call)
                await sees_cancellation(fetch, "when one fetch fails, the others are cancelled", 0.2)
                await call.ended()
                seen = f"{count(len(fetch.in_flight), 'call')} of `fetch` still cleaned up."
                require(not fetch.in_flight, "every fetch has ended when `fetch_all` ends.", seen, call.place)


def _mentioned(solution: Any) -> Iterator[tuple[str, str]]:
    """What the source mentions of `HAND_MADE`, under whatever name, and where."""
    hand_made = [(module, name) for module, names in HAND_MADE.items() for name in names.split()]
    known = {id(getattr(module, name)): f"{module.__name__}.{name}" for module, name in hand_made}
    tree = ast.parse("".join(linecache.getlines(solution.__file__)))
    names = dict(vars(solution))
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):  # those in functions, too
            exec(compile(ast.Module([node], []), solution.__file__, "exec"), names)

    def meant(node: ast.AST) -> Any:
        if isinstance(node, ast.Name):
            return names.get(node.id)
        of = meant(node.value) if isinstance(node, ast.Attribute) else None
        return getattr(of, node.attr, None) if isinstance(of, ModuleType) else None

    for node in ast.walk(tree):
        if name := known.get(id(meant(node))):
            yield name, where(Frame(solution.__file__, node.lineno, "<module>"))
