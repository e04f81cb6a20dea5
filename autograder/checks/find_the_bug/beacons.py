"""Program 12.1: `Beacons(receive, callback)`, whose thread is never told to end."""

from __future__ import annotations

import time
from typing import Any

from autograder.checking import Task, where
from autograder.checks.find_the_bug._choices import broken_principle, observation
from autograder.probes.stubs import Stub
from autograder.probes.threads import Call, Started, nothing_left, until
from autograder.probes.words import count, duration, require

task = Task("12.1", needs=("Beacons(receive, callback)",))

LIMIT = 1.1
"""Seconds: `receive` takes one, at most."""

happens = observation(
    task,
    a="`join` with a timeout raises nothing when the time is over: it returns, as it does when the thread has ended.",
    b="The thread does not end after a second: look at its loop, and ask what could end it.",
    d="It does return: its `join` has a timeout.",
)

principle = broken_principle(
    task,
    "b",
    a="There is an owner: the thread is kept, and `disconnect()` is there to end it. But how is the thread to know?",
    c="There is a wait point, the `join`. It gives up because what it waits for does not come: mend that first.",
    d="`receive` waits for a second at most, and the `join` for two. The waits are bounded.",
)


@task.item("c")
def disconnect_ends_the_thread(solution: Any) -> None:
    """Mended: when `disconnect()` returns, the thread has ended, and no further beacon is handed on."""
    for beacons, seconds in ((["F-1234"], 0.0), ([], 0.0), (["F-1234"], 30.0)):
        with nothing_left("after `disconnect()`"):
            receive, callback = (
                Stub("receive()", latency=1.0, returns=beacons),
                Stub("callback(beacon)", latency=seconds),
            )
            started = Started()
            client = solution.Beacons(receive.function, callback.function)
            until(lambda receive=receive, callback=callback: len(receive.calls) > 3 or callback.in_flight, within=10)
            handed = len(callback.calls) if beacons else len(receive.calls)
            require(handed, "each beacon is handed to `callback`.", "in 10 s none was.", where(client.disconnect))
            call = Call(client.disconnect)
            call.ended(within=60)
            seen = f"it {call.ending} {duration(call.took)} after it was called."
            prompt = call.took <= seconds + LIMIT and not call.error
            require(prompt, "`disconnect()` returns when the `receive` or `callback` in hand has.", seen, call.place)
            running, before = started.running(), len(callback.calls)
            seen = f"it returned after {duration(call.took)}, with the thread still running."
            require(
                not running, "when `disconnect()` returns, the thread has ended.", seen, where(*running), call.place
            )
            time.sleep(10)
            late = len(callback.calls) - before
            require(not late, "after `disconnect()` no beacon is handed on.", f"{count(late, 'beacon')} came later.")
