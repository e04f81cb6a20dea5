"""Program 12.2: `TokenRefresher(refresh, every)`, whose pause nothing can end."""

from __future__ import annotations

import time
from typing import Any

from autograder.checking import Task, where
from autograder.checks.find_the_bug._choices import broken_principle, observation
from autograder.probes.stubs import Stub
from autograder.probes.threads import Call, Started, close_waits, nothing_left, until, worst_moment
from autograder.probes.words import count, duration, require

task = Task("12.2", needs=("TokenRefresher(refresh, every)",))

LIMIT, EDGE = 0.250, 0.005

happens = observation(
    task,
    b="`stop()` does not return at once: its second line waits for the thread.",
    c="An event wakes those who wait on it. Does the thread wait on it?",
    d="The thread does look at the event, and does not refresh again once it is set. Only when does it look?",
)

principle = broken_principle(
    task,
    "d",
    a="There is an owner: the thread is kept, and `stop()` ends it. Eventually.",
    b="There is a stop signal, the event, and the loop looks at it. But when?",
    c="There is a wait point, the `join`: that `stop()` returns so late is because it does wait.",
)


@task.item("c")
def stop_is_prompt(solution: Any) -> None:
    """Mended: `stop()` returns within 250 ms between two refreshes, and the thread has ended."""
    with nothing_left("after `stop()`"):
        refresh, started = Stub("refresh()"), Started()
        often = solution.TokenRefresher(refresh.function, 20)
        time.sleep(50)
        expected = "`refresh` is called at once, and then every `every` seconds."
        seen = f"with `every` at 20 it was called {count(len(refresh.calls), 'time')} in 50 s."
        require(len(refresh.calls) == 3, expected, seen, where(often.stop))
        seldom = solution.TokenRefresher(Stub("refresh()").function, 7200)
        for refresher in (often, seldom):
            worst_moment(longer_than=LIMIT, within=1.0)
            place = where(*started.running())
            call = Call(refresher.stop)
            call.ended(within=8000)
            seen = f"it {call.ending} {duration(call.took)} after it was called, with the next refresh far away."
            prompt = call.took <= LIMIT + EDGE and not call.error
            require(prompt, "`stop()` returns within 250 ms.", seen, place, call.place)
        slow = Stub("refresh()", latency=30.0)
        busy = solution.TokenRefresher(slow.function, 7200)
        until(lambda: slow.in_flight)
        close_waits(busy.stop, slow, within=LIMIT)
