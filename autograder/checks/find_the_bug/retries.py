"""Program 12.8: `fetch_with_retries(fetch, url, pause)`, which takes its cancellation for a failure."""

from __future__ import annotations

import asyncio
from typing import Any

from autograder.checking import Task
from autograder.checks.find_the_bug._choices import broken_principle, observation
from autograder.probes.stubs import AsyncStub
from autograder.probes.tasks import Call, ends_as_cancelled, nothing_left, until
from autograder.probes.words import count, duration, quoted, require

task = Task("12.8", needs=("fetch_with_retries(fetch, url, pause)",))

happens = observation(
    task,
    a="The `CancelledError` is raised inside the `try`. What becomes of it?",
    b="When the `except` is over, the error is forgotten: nothing ends the loop when the pause is over.",
    d="The task does not end. The line in the log is the one that every failed try writes.",
)

principle = broken_principle(
    task,
    "e",
    b="There is a signal: `cancel()` raises `CancelledError` in the task. What happens to it there?",
    d="Every wait here can be ended by a cancellation, and one of them was.",
    h="The errors that matter are written to the log. What was lost here is no error of the server's.",
)


@task.item("c")
async def cancellation_ends_it(solution: Any) -> None:
    """Mended: errors are tried again after the pause; cancelled, in a fetch or a pause, it ends at once."""
    fails = iter([ConnectionError("away"), TimeoutError("slow")] * 50 + [None])
    fetch = AsyncStub("fetch(url)", latency=0.2, raises=lambda url: next(fails), returns="page of {}".format)
    call = Call(solution.fetch_with_retries, fetch.function, "/prices", 1.0)
    page = await call.returned(within=200)
    seen = f"of 100 tries that fail, it returned {quoted(page)} after {count(len(fetch.calls), 'call')} of `fetch`."
    expected = (
        "it tries again after each `ConnectionError` and `TimeoutError`, until `fetch` returns, and returns that."
    )
    require(page == "page of /prices" and len(fetch.calls) == 101, expected, seen, call.place)
    pauses = [later.began - earlier.ended for earlier, later in zip(fetch.calls, fetch.calls[1:], strict=False)]
    seen = f"with a pause of 1 s it paused for {duration(min(pauses))} to {duration(max(pauses))}."
    require(all(0.9 < pause < 1.1 for pause in pauses), "it pauses after each error.", seen, call.place)
    for where_it_is, latency in (("fetch", 30.0), ("pause", 0.0)):
        async with nothing_left(f"when it was cancelled in a {where_it_is}"):
            fetch = AsyncStub("fetch(url)", latency=latency, raises=ConnectionError("away"))
            call = Call(solution.fetch_with_retries, fetch.function, "/prices", 10.0)
            await until(lambda fetch=fetch: fetch.calls)
            await asyncio.sleep(1)
            call.cancel()
            await ends_as_cancelled(call)
