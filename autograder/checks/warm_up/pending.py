"""Task 1.4, a lock held across a put: `lock`, `pending`, `enqueue(job, dispatch)` and `complete(job)`."""

from __future__ import annotations

import queue
import time
from collections.abc import Hashable, Sequence
from typing import Any

from autograder.checking import Task, where
from autograder.probes.errors import comes_of, unforeseen
from autograder.probes.stubs import Stub
from autograder.probes.threads import Call, WatchedQueue, all_return, at_once, is_free, until
from autograder.probes.words import count, duration, error, quoted, require
from autograder.run.threads import begin_race, is_searched

task = Task("1.4", needs=("lock", "pending", "enqueue(job, dispatch)", "complete(job)"))

A_WHILE = 0.1
A_MOMENT = 0.03
PATIENCE = 10.0
LONG = 60.0


def full_queue() -> queue.Queue[Any]:
    dispatch: queue.Queue[Any] = queue.Queue(maxsize=1)
    dispatch.put("an earlier job")
    return dispatch


@task.item("a")
def the_lock_is_free(solution: Any) -> None:
    """`lock` is free while `dispatch.put` blocks."""
    dispatch = full_queue()
    call = Call(solution.enqueue, "job", dispatch)
    held = 0
    for _ in range(100):
        time.sleep(0.0073)
        held += not is_free(solution.lock)
    # Whoever tries again and again may take it for a moment each time.
    seen = f"while the queue was full, another thread could not get `lock` in {held} of 100 moments."
    require(held <= 25, "`lock` is free while `enqueue` waits to put its job.", seen, call.place)
    dispatch.get()
    if not until(dispatch.qsize, A_WHILE):  # to drop a job when the queue is full is the business of 1.4b
        other: queue.Queue[Any] = queue.Queue()
        call = Call(solution.enqueue, "another job", other)
        require(until(other.qsize, A_WHILE), "`enqueue` puts the job.", "the job did not arrive.", call.place)


class Consumer:
    """Receives all that comes through its queue, and looks whether it is in `pending` then."""

    def __init__(self, solution: Any, dispatch: queue.Queue[Any]) -> None:
        self.received: list[Any] = []
        self.strangers: list[Any] = []
        self.dispatch = dispatch
        Call(self._run, solution)

    def _run(self, solution: Any) -> None:
        while True:
            job = self.dispatch.get()
            self.strangers += [job] * (job not in solution.pending)
            self.received.append(job)

    def has_received(self, job: Hashable, call: Call) -> None:
        """Requires that it has received this job, which was in `pending` then, once and nothing else."""
        until(lambda: self.received, PATIENCE)
        seen = (
            f"when `enqueue({job!r})` had returned, what had been sent was: {quoted(self.received)[1:-1] or 'nothing'}."
        )
        require(self.received == [job], "each job is sent exactly once.", seen, call.place)
        seen = f"a consumer received {quoted(job)}, and it was not in `pending`."
        require(not self.strangers, "a job is in `pending` before anyone can receive it.", seen, call.place)


def are_pending(solution: Any, jobs: Sequence[Hashable], after: str, call: Call, gone: Hashable = None) -> None:
    """Requires that `pending` holds these jobs and no others: one that is `gone` was to be taken out."""
    missing, stays = [job for job in jobs if job not in solution.pending], gone in solution.pending
    own = f", and {quoted(gone)} still was: it took out another job than its own" * stays
    seen = f"after {after}, {quoted(missing[:1])[1:-1]} was not in `pending` any more{own}."
    require(not missing, "other jobs stay in `pending`.", seen, call.place)
    expected = "a job is taken out of `pending` when it is complete or its put has raised, a BaseException, too."
    require(not stays, expected, f"after {after}, {quoted(gone)} was still in it.", call.place)
    held, of = len(solution.pending), count(len(jobs), "job")
    seen = f"after {after}, `len(pending)` was {held} with {of} pending: {quoted(solution.pending)}"
    require(held == len(jobs), "`pending` holds each pending job once, and nothing else.", seen, call.place)


@task.item("b", schedules=20)
def state_and_send_are_consistent(solution: Any) -> None:
    """`pending` and `dispatch` agree: noted before it is sent, sent once, taken back if the put raises."""
    jobs: list[Hashable] = [] if is_searched() else ["job 1", 0, ("job", 3), ""]
    for number, job in enumerate(jobs, start=1):
        dispatch = full_queue()
        call = Call(solution.enqueue, job, dispatch)
        call.ended(A_MOMENT)
        dispatch.get()
        consumer = Consumer(solution, dispatch)
        seen = f"{duration(PATIENCE)} after a consumer had emptied the queue, `enqueue` still waited."
        require(call.ended(PATIENCE), "`enqueue` sends its job as soon as the queue has room.", seen, call.place)
        call.returned()
        consumer.has_received(job, call)
        are_pending(solution, jobs[:number], "`enqueue`", call)
    # Two puts will raise; another job, noted in between, waits for room. Then all three go on at once.
    raises = dict(zip(("job X", "job Y"), unforeseen("no route to the queue"), strict=True))
    broken = Stub("accept(job)", raises=raises.get, held=True)
    dispatch = full_queue()
    x = Call(solution.enqueue, "job X", WatchedQueue(accept=broken.function))
    z = Call(solution.enqueue, "job Z", dispatch)
    y = Call(solution.enqueue, "job Y", WatchedQueue(accept=broken.function))
    z.ended(A_MOMENT)
    begin_race()
    dispatch.get()
    consumer = Consumer(solution, dispatch)
    broken.release_all()
    until(lambda: x.done and y.done, PATIENCE)
    for call, error_of_put in zip((x, y), raises.values(), strict=True):
        what = f"the put raised {error(error_of_put)}"
        seen = f"{what}, and `enqueue` {call.ending if call.done else 'had not ended 10 s later'}."
        expected = "an error of the put reaches the caller of `enqueue`."
        require(comes_of(call.error, error_of_put), expected, seen, call.place)
        seen = f"{what}, `enqueue` has ended, and `lock` is still held."
        require(is_free(solution.lock, PATIENCE), "`enqueue` leaves the lock free, whatever happens.", seen, call.place)
    z.returned()
    consumer.has_received("job Z", z)
    jobs.append("job Z")
    left = next((job for job in raises if job in solution.pending), "job X")
    are_pending(solution, jobs, f"a put of {quoted(left)} that raised {error(raises[left])}", x, left)
    for job in [*jobs[2:], *jobs[:2]]:
        call = Call(solution.complete, job)
        call.returned()
        jobs.remove(job)
        are_pending(solution, jobs, f"`complete({job!r})`", call, job)


CONSUMER_TAKES = 0.0005
"""Seconds: slow, as a hundred wait meanwhile."""

BUSY = 20.0
"""Real seconds in which a hundred threads that look for room again and again get on, on a busy machine too."""


@task.item("c", schedules=48, seconds=BUSY)
def a_hundred_enqueuers(solution: Any) -> None:
    """100 enqueuers and one slow consumer that calls `complete`: no deadlock, all 100 done."""
    jobs = [f"job {number}" for number in range(1, 4 if is_searched() else 101)]
    dispatch: queue.Queue[Any] = queue.Queue(maxsize=1)
    done: list[Any] = []

    def consume() -> None:
        for _ in jobs:
            job = dispatch.get()
            time.sleep(CONSUMER_TAKES)
            solution.complete(job)
            done.append(job)

    first = at_once(*[(solution.enqueue, job, dispatch) for job in jobs[:2]])
    time.sleep(1.0 if is_searched() else PATIENCE)  # the second has no room for so long; the others come meanwhile
    others = at_once((consume,), *[(solution.enqueue, job, dispatch) for job in jobs[2:]])
    expected = f"all {len(jobs)} jobs are sent and done"
    all_return([others[0], *first, *others[1:]], expected, LONG, lambda: f"{len(done)} were done, and ")
    left = [job for job in jobs if job in solution.pending]
    seen = f"`complete` was called for each, and {count(len(left), 'job')} of them stayed in `pending`: {quoted(left)}"
    require(not left, f"{expected}, and none stays in `pending`.", seen, where(solution.complete))
