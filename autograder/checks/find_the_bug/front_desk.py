"""Program 12.20, a time limit round a shield: `FrontDesk(work, patience)` with `handle(request)`."""

from __future__ import annotations

from typing import Any

from autograder.checking import Task
from autograder.checks.find_the_bug._choices import broken_principle, observation
from autograder.probes.stubs import AsyncStub
from autograder.probes.tasks import Call, cancelling_reaches, nothing_left, until
from autograder.probes.words import duration, quoted, require

task = Task("12.20", needs=("FrontDesk(work, patience)",))

happens = observation(
    task,
    a="After 200 ms the task count is not back at 0: what runs on is a task of its own.",
    b="The answers come as fast as the time limit says: ten of them in three seconds.",
    d="`wait_for` turns what it has cancelled into a `TimeoutError`, and that is caught: the requests get an answer.",
)
principle = broken_principle(
    task,
    "ae",
    b="When the time is up, `wait_for` tells the job to end. The signal is sent.",
    c="`handle` does wait: `wait_for` returns when what it has cancelled has ended.",
    d="Every wait has a bound: `handle` waits for 200 ms, `work` for three seconds.",
    g="Nothing is taken here that would have to be given back.",
    h="The `TimeoutError` is caught on purpose, and becomes an answer. `work` raises none.",
)

PATIENCE, CLEANUP = 0.2, 30.0
LATENCY = {"quick": 0.1, "broken": 0.1, "slow": 3600.0}


class Refused(Exception):
    """What the stub raises."""


@task.item("c")
async def work_ends_with_its_request(solution: Any) -> None:
    """Mended: when `handle` has ended, its `work` has ended too: with an answer, with 503, or cancelled."""
    async with nothing_left("when every `handle` has ended"):
        work = AsyncStub(
            "work(request)",
            latency=lambda request: LATENCY[request],
            returns="answer to {}".format,
            raises=lambda request: Refused() if request == "broken" else None,
            cleanup=CLEANUP,
        )
        desk = solution.FrontDesk(work.function, PATIENCE)
        quick = Call(desk.handle, "quick")
        answer = await quick.returned()
        expected = "`handle` returns 200 and the answer."
        require(answer == (200, "answer to quick"), expected, f"it returned {quoted(answer)}.", quick.place)
        broken = Call(desk.handle, "broken")
        await broken.ended()
        seen = f"it {broken.ending}."
        require(isinstance(broken.error, Refused), "what `work` raises, `handle` raises.", seen, broken.place)
        slow = Call(desk.handle, "slow")
        status, *_ = answer = await slow.returned(7200)
        require(status == 503, "where `work` takes too long, `handle` returns 503.", f"{quoted(answer)}.", slow.place)
        in_time = PATIENCE - 0.001 <= slow.took <= PATIENCE + CLEANUP + 0.01
        expected = "it says so after `patience` seconds and the clean-up of `work`."
        require(in_time, expected, f"with 200 ms and 30 s, it took {duration(slow.took)}.", slow.place)
        running = work.calls[-1].ended > slow.ended_at
        seen = "it had answered 503, and `work` was still running."
        require(not running, "when `handle` has ended, the `work` of its request has.", seen, slow.place)
        cancelled = Call(desk.handle, "slow")
        await until(lambda: work.in_flight)
        await cancelling_reaches(cancelled, work)
