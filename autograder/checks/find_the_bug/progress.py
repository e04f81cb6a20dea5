"""Program 12.17, a join under the lock that the thread needs: `Progress(show, interval)`, `add` and `close`."""

from __future__ import annotations

import time
from typing import Any

from autograder.checking import Task
from autograder.checks.find_the_bug._choices import broken_principle, observation
from autograder.probes.stubs import Stub
from autograder.probes.threads import Call, at_once, close_waits, nothing_left, until
from autograder.probes.words import duration, quoted, require

task = Task("12.17", needs=("Progress(show, interval)",))

happens = observation(
    task,
    a="`close()` waits for the thread. What does the thread still have to do before it ends?",
    c="To add, a thread needs the lock. Look who has it by then.",
    d="The thread does look at the stop event, every 100 ms, and `close()` does set it.",
)
principle = broken_principle(
    task,
    "f",
    a="`Progress` knows its thread, and it is its `close` that ends it.",
    b="The thread is told: `close` sets the event, and the loop is left at once.",
    c="`close` waits for the thread's end, with `join`.",
    d="A `join` with a timeout would return. The thread would go on, and so would what keeps it from its end.",
    g="`with` gives the lock back on every way out.",
    h="No error is raised here.",
)

HOUR = 3600.0


@task.item("c")
def close_and_add_never_get_stuck(solution: Any) -> None:
    """Mended: `close` ends the thread, and the last line is complete; `add` never waits."""
    for interval in (0.1, HOUR):
        show = Stub("show(line)")
        with nothing_left("after `close()`"):
            progress = solution.Progress(show.function, interval)
            for adder in at_once(*[(add_now_and_then, progress)] * 3):
                adder.returned(within=60)
            [call] = close_waits(progress.close, show)
        seen = f"with an interval of {duration(interval)} it took {duration(call.took)}."
        require(call.took <= 0.105, "`close` returns within 100 ms.", seen, call.place)
        time.sleep(1)
        seen = f"after 30 additions of 1, the last line shown was {quoted(show.arguments[-1:])}."
        whole = show.arguments[-1:] == ["30 done"]
        require(whole, "the last line has all in it.", seen, *(each.place for each in show.calls))
    show = Stub("show(line)", latency=lambda line: 60.0 if len(show.calls) == 1 else 0.0)
    progress = solution.Progress(show.function, 0.1)
    until(lambda: show.in_flight)
    add_at_once(progress, "while `show` was busy")
    closing = Call(progress.close)
    time.sleep(0.1)
    add_at_once(progress, "while `close` waited for `show`")
    closing.returned(within=600)
    early = show.last_end - closing.ended_at
    seen = f"`close` returned, and `show` was busy for another {duration(early)}."
    require(early <= 0, "when `close` returns, no line is being shown.", seen, closing.place)
    lines = len(show.calls)
    time.sleep(600)
    require(len(show.calls) == lines, "no line comes after `close`.", "one came.", show.calls[-1].place)


def add_now_and_then(progress: Any) -> None:
    for _ in range(10):
        time.sleep(0.01)
        progress.add(1)


def add_at_once(progress: Any, when: str) -> None:
    add = Call(progress.add, 1)
    require(add.ended(0.05), "`add` returns at once.", f"{when}, it had not returned 50 ms later.", add.place)
