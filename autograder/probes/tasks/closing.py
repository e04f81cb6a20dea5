"""The property *close is idempotent and waits*: each call returns, without an error, and not before the work has ended.

    fn = AsyncStub("fn()", latency=3600, cleanup=30)
    runner = solution.LoopRunner(parent, 0.1, fn.function)
    await until(lambda: fn.in_flight)
    await close_waits(runner.close, fn, at_once=2)

A later call is one more `close_waits`. Judge the first before you make it: it may hide what the first has lost.
"""

from __future__ import annotations

from collections.abc import Callable
from math import inf
from typing import Any

from autograder.probes.stubs import AsyncStub
from autograder.probes.tasks.calls import EDGE, Call, all_ended
from autograder.probes.tasks.moments import until
from autograder.probes.words import duration, require

AN_HOUR = 3600.0


async def close_waits(
    close: Callable[[], Any], *work: AsyncStub, at_once: int = 1, within: float = 0.1, may_raise: bool = False
) -> list[Call]:
    """Calls `close`, so many times `at_once`, and requires that each call ends within so many seconds of the `work`.

    None may end while a call of the `work` is in flight, nor raise, unless it `may_raise`. Returns the calls. What
    ends the work is the author's affair: being cancelled, its latency, or a `release` that is due.
    """
    calls = [Call(close) for _ in range(at_once)]
    name, which = calls[0].name, "it" if at_once == 1 else f"one of {at_once} calls at once"
    await all_ended(calls, AN_HOUR)
    await until(lambda: not any(stub.in_flight for stub in work), AN_HOUR)
    for call in calls:
        require(call.done, f"`{name}` returns.", f"{which} never returned.", call.place)
        require(may_raise or not call.error, f"`{name}` returns.", f"{which} {call.ending}.", call.place)
        for stub in work:
            expected = f"`{name}` returns only when `{stub.name}` has ended, its clean-up included, however long."
            early = stub.last_end - call.ended_at
            seen = f"{which} returned {duration(call.took)} after it was called, with `{stub.name}` still running"
            seen += f" for another {duration(early)}" if early < inf else ""
            require(early <= 0, expected, f"{seen}.", call.place)
        late = call.ended_at - max([call.began, *(stub.last_end for stub in work)])
        seen = f"{which} returned {duration(late)} after everything had ended."
        require(late <= within + EDGE, f"`{name}` returns when everything has ended.", seen, call.place)
    return calls
