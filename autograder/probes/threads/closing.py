"""The property *close is idempotent and waits*: each call returns, without an error, and not before the threads ended.

    sink = Stub("sink(message)", latency=30)
    service = solution.Service(stop, sink=sink.function)
    service.submit("hello")
    until(lambda: sink.in_flight)
    close_waits(service.close, sink, at_once=2)

A later call is one more `close_waits`. Judge the first before you make it: it may hide what the first has lost.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from math import inf
from typing import Any

from autograder.probes.stubs import Stub
from autograder.probes.threads.calls import EDGE, Call
from autograder.probes.threads.calls import at_once as start_at_once
from autograder.probes.threads.moments import until
from autograder.probes.threads.started import runs
from autograder.probes.words import duration, require
from autograder.run.places import where

AN_HOUR = 3600.0

_LAST_MOMENTS = 0.050
"""Seconds that a thread may still be alive once it has said that it has ended."""


def close_waits(
    close: Callable[[], Any],
    *work: Stub,
    threads: Callable[[], Iterable[threading.Thread]] = tuple,
    at_once: int = 1,
    within: float = 0.1,
    when: str = "",
) -> list[Call]:
    """Calls `close`, so many times `at_once`, and requires that each call ends within so many seconds of the `work`.

    None may raise, nor end while a call of the `work` is in flight, or one of the `threads`, or of those that have done
    the work, runs. Returns the calls. `when` goes on "it returned": `when called for the second time`. What ends the
    work is the author's affair: its latency, or a `release` that is due.
    """
    made = start_at_once(*[(close,)] * at_once)
    name, which = f"{made[0].name}()", "it" if at_once == 1 else f"one of {at_once} calls at once"
    after = f" {when}" * bool(when)
    until(lambda: all(call.done for call in made) and not any(stub.in_flight for stub in work), AN_HOUR)
    for call in made:
        require(call.done, f"`{name}` returns.", f"{which} never returned{after}.", call.place)
        require(not call.error, f"`{name}` returns.", f"{which} {call.ending}{after}.", call.place)
        for stub in work:
            early = stub.last_end - call.ended_at
            seen = f"{which} returned {duration(call.took)} after it was called{after}, "
            if early > 0 and stub.calls[-1].began >= call.ended_at:
                seen += f"and then `{stub.name}` was called once more"
            else:
                seen += f"with `{stub.name}` still running"
                seen += f" for another {duration(early)}" if early < inf else ""
            expected = f"`{name}` returns only when the thread has ended, however long `{stub.name}` takes."
            require(early <= 0, expected, f"{seen}.", call.place)
        late = call.ended_at - max([call.began, *(stub.last_end for stub in work)])
        seen = f"{which} returned {duration(late)} after everything had ended{after}."
        require(late <= within + EDGE, f"`{name}` returns when everything has ended.", seen, call.place)
    mine: list[Any] = [*threads(), *(call.runner for stub in work for call in stub.calls)]
    left = [thread for thread in mine if runs(thread)]
    if left and not until(lambda: not any(map(runs, left)), _LAST_MOMENTS):
        seen = f"{which} returned{after}, and the thread still ran {duration(_LAST_MOMENTS)} later."
        require(False, f"`{name}` returns only when the thread has ended.", seen, where(*left), made[0].place)
    return made
