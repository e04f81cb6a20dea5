"""Program 12.12: `Reporter(send, interval)`, a chain of timers of which one can be cancelled, and the chain not."""

from __future__ import annotations

import threading
import time
from typing import Any

from autograder.checking import Task, where
from autograder.checks.find_the_bug._choices import broken_principle, observation
from autograder.probes.stubs import Stub
from autograder.probes.threads import Call, Started, nothing_left
from autograder.probes.words import count, duration, require
from autograder.run.threads import begin_race, is_searched

task = Task("12.12", needs=("Reporter(send, interval)",))

LIMIT = 0.1

happens = observation(
    task,
    a="`close()` does wait for the report that is being sent. What does `_tick` do after that?",
    b="`close()` waits for one timer, the one that it found. That one ends when its report is sent.",
    d="`cancel` stops a timer that has not fired yet. One of the two has not.",
)

principle = broken_principle(
    task,
    "b",
    a="The object knows the newest of its timers, and `close()` is there to end it. A newer one comes all the same.",
    c="There is a wait point, the `join`: `close()` returns only when the report that it found has been sent.",
    d="No wait is without an end: the timer waits for an interval, and `join` for half a second.",
    g="Nothing is lost on an error or a cancellation: it goes wrong where all goes well.",
)


@task.item("c", schedules=7)
def close_ends_the_chain(solution: Any) -> None:
    """Mended: whenever `close()` is called, it waits for the report in hand, and no other follows."""
    for after in (130.0,) if is_searched() else (0.0, 50.0, 101.0, 130.0, 150.0, 245.0):
        just = "closed just as `send` had ended, while the next timer was about to be set,"
        state = just if after == 130.0 else f"closed {duration(after)} after the start"
        with nothing_left(f"when it was {state}"):
            ending = threading.Event()  # with the first report, which ends 130 s after the start
            send, started = Stub("send()", latency=30.0, returns=lambda ending=ending: races_from(ending)), Started()
            reporter = solution.Reporter(send.function, 100.0)
            call = Call(reporter.close, after=ending) if after == 130.0 else None
            time.sleep(after)
            begun = len(send.calls)
            seen = f"with an interval of 100 s it was called {count(begun, 'time')} in {duration(after)}."
            expected = "`send` is called every `interval` seconds."
            require(begun == (after > 100.0) + (after > 230.0), expected, seen, where(reporter.close))
            call = call or Call(reporter.close)
            call.ended(within=60)
            seen = f"{state} it {call.ending if call.done else 'had not returned 60 s later'}."
            require(call.done and not call.error, "`close()` returns.", seen, call.place)
            late = call.ended_at - max(call.began, send.last_end)
            seen = (
                f"{state} it returned {duration(abs(late))} {'after' if late > 0 else 'before'} everything had ended."
            )
            right = 0 <= late <= (1.0 if is_searched() else LIMIT)
            require(right, "`close()` returns when the report in hand has been sent.", seen, call.place)
            time.sleep(250)
            seen = f"{state} there came {count(len(send.calls) - begun, 'report')} more."
            require(len(send.calls) == begun, "no report follows.", seen, where(*started.running()), call.place)


def races_from(ending: threading.Event) -> None:
    begin_race()
    ending.set()
