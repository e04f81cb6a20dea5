"""The property *cancelling reaches it*: whoever is cancelled ends, counts as cancelled, and so does what it waits for.

    call = Call(solution.fetch_all, urls, fetch.function)
    await until(lambda: len(fetch.in_flight) == len(urls))
    await cancelling_reaches(call, fetch)

`ends_as_cancelled` judges a call that the check has cancelled itself, `sees_cancellation` work that something else,
such as a `close()`, is to cancel.
"""

from __future__ import annotations

import asyncio

from autograder.probes.stubs import AsyncStub
from autograder.probes.tasks.calls import EDGE, Call
from autograder.probes.tasks.moments import until
from autograder.probes.words import duration, require

_LONG = 3600.0


async def cancelling_reaches(call: Call, *work: AsyncStub, within: float = 0.1) -> None:
    """Cancels `call`, and requires that every call of `work` in flight sees it, and that `call` ends as cancelled.

    Each has `within` seconds for it; the clean-up of the `work` comes on top.
    """
    call.cancel()
    for stub in work:
        await sees_cancellation(stub, f"cancelling `{call.name}` reaches every `{stub.name}` in flight", within)
    await until(lambda: call.done or not any(stub.in_flight for stub in work), _LONG)
    await ends_as_cancelled(call, within, since=max([call.cancelled_at, *(stub.last_end for stub in work)]))


async def ends_as_cancelled(call: Call, within: float = 0.1, *, since: float | None = None) -> None:
    """Requires that `call`, which has been cancelled, ends within so many seconds, and that it counts as cancelled.

    The seconds count from its cancellation, or from `since`.
    """
    since = call.cancelled_at if since is None else since
    await call.ended(since + within - asyncio.get_running_loop().time())
    await call.ended()
    expected = f"cancelling `{call.name}` ends it within {duration(within)}, and it counts as cancelled."
    late = call.ended_at - since
    took = f"ended {duration(late)} after that" if call.done else "was still running long after that"
    require(late <= within + EDGE, expected, f"it was cancelled, and {took}.", call.place)
    swallowed = "" if call.error else ": it swallowed the `CancelledError`"
    require(call.task.cancelled(), expected, f"it {call.ending}{swallowed}.", call.place)


async def sees_cancellation(work: AsyncStub, expected: str, within: float = 0.1) -> None:
    """Requires that each call of `work` that is in flight now is cancelled within so many seconds."""
    calls = work.in_flight
    latest = asyncio.get_running_loop().time() + within
    await until(lambda: all(each.cancelled_at <= latest for each in calls), within)
    deaf = [each for each in calls if each.cancelled_at > latest]
    seen = f"{len(deaf)} of {len(calls)} calls of `{work.name}` had not been cancelled {duration(within)} later."
    require(not deaf, f"{expected}.", seen, *(each.place for each in deaf))
