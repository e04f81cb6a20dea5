"""Program 12.24, a signal handler that takes the place of another: `Worker(step, interval)` with `join()`."""

from __future__ import annotations

import signal
import time
from typing import Any

from autograder.checking import Task
from autograder.checks.find_the_bug._choices import broken_principle, observation
from autograder.probes.stubs import Stub
from autograder.probes.threads import Call, nothing_left
from autograder.probes.words import count, duration, require

task = Task("12.24", needs=("Worker(step, interval)",))

happens = observation(
    task,
    a="One signal calls one handler. How many handlers have been set, and how many does a process have?",
    b="It is one of the two. Which handler does the process have when both workers have been made?",
    d="That is where handlers run. What the handler does is to set an event, and a thread can see that.",
)
principle = broken_principle(
    task,
    "b",
    a="Whoever has made the workers knows both, and means to end both with one signal.",
    c="`join()` waits for the end of each: that is where one of the two is seen to be missing.",
    d="A worker waits on its event and on nothing else for long. Set, it would end that wait at once.",
    e="There is no task here, and nothing that is cancelled.",
    g="The worker that goes on is not on any way out: it does not know that there is one.",
    h="No error is raised here.",
)

HOUR = 3600.0


@task.item("c")
def the_signal_reaches_every_worker(solution: Any) -> None:
    """Mended: SIGTERM ends every worker; `join()` returns when its thread has ended."""
    if signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:  # which would end the check; the module may have set one
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    quick, slow = Stub("step()"), Stub("step()", latency=30.0)
    with nothing_left("when SIGTERM has come"):
        works = [(quick, 0.1), (quick, HOUR), (slow, 0.1), (quick, 0.1)]
        workers = [solution.Worker(step.function, interval) for step, interval in works]
        time.sleep(1.05)
        seen = f"two workers with an interval of 100 ms made {count(len(quick.calls), 'step')} in a second."
        require(18 <= len(quick.calls) <= 22, "a worker makes a step every `interval` seconds.", seen)
        calls = [Call(worker.join) for worker in workers]
        signal.raise_signal(signal.SIGTERM)
        for number, ((step, interval), call) in enumerate(zip(works, calls, strict=True), start=1):
            call.ended(31.0 if step is slow else 0.1)
            which = f"the `join()` of number {number} of {len(works)}, with an interval of {duration(interval)},"
            require(call.done, "SIGTERM ends every worker.", f"{which} did not return.", call.place)
            early = step.last_end - call.ended_at if step is slow else 0
            seen = f"{which} returned {duration(early)} before."
            require(early <= 0, "`join()` returns when the step in hand has ended.", seen, call.place)
        steps = len(quick.calls)
        time.sleep(10)
        require(len(quick.calls) == steps, "after SIGTERM no step is begun.", "one was.", quick.calls[-1].place)
