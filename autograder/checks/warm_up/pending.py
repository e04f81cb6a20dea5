"""Task 1.4, a lock held across a put: `lock`, `pending`, `enqueue(job, dispatch)` and `complete(job)`."""

from __future__ import annotations

import contextlib
import queue
import threading
import time
from collections.abc import Hashable, Sequence
from typing import Any

from autograder.checking import Task, where
from autograder.probes.errors import comes_of, unforeseen
from autograder.probes.threads import Call, WatchedQueue, all_return, at_once, is_free, until
from autograder.probes.words import count, duration, error, quoted, require
from autograder.run.threads import is_searched

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


@task.item("b")
def state_and_send_are_consistent(solution: Any) -> None:
    """`pending` and `dispatch` agree: noted before it is sent, sent once, taken back if the put raises."""
    jobs: list[Hashable] = ["job 1", 0, ("job", 3), ""]
    # Its consumer is quicker than any put: it has looked at a job before the put returns.
    dispatch = WatchedQueue(after_put=lambda _: consumer.looked.acquire(timeout=1.0))
    consumer = Consumer(solution, dispatch)
    for number, job in enumerate(jobs, start=1):
        call = Call(solution.enqueue, job, dispatch)
        call.returned()
        until(lambda number=number: len(consumer.received) >= number, A_WHILE)
        sent_once(consumer, jobs[:number], call)
        seen = f"a consumer received {quoted(job)}, and it was not in `pending`."
        require(not consumer.strangers, "a job is in `pending` before anyone can receive it.", seen, call.place)
    are_pending(solution, jobs, call)
    jobs.append("job 5")
    call, patient = waits_for_room(solution, jobs[-1], after=A_MOMENT)
    seen = f"{duration(PATIENCE)} after a consumer had emptied the queue, `enqueue` still waited."
    require(call.done, "`enqueue` sends its job as soon as the queue has room.", seen, call.place)
    call.returned()
    until(lambda: jobs[-1] in patient.received, A_WHILE)
    sent_once(patient, jobs[-1:], call)
    for job in [jobs[2], jobs[0], *jobs[3:], jobs[1]]:
        call = Call(solution.complete, job)
        call.returned()
        jobs.remove(job)
        are_pending(solution, jobs, call, gone=job)
    for raised in unforeseen("no route to the queue"):
        survives(solution, raised)


class Consumer:
    """Receives all that comes, and has looked at each: those that are not in `pending` then are `strangers`."""

    def __init__(self, solution: Any, dispatch: queue.Queue[Any]) -> None:
        self.received: list[Any] = []
        self.strangers: list[Any] = []
        self.looked = threading.Semaphore(0)
        Call(self._run, solution, dispatch)

    def _run(self, solution: Any, dispatch: queue.Queue[Any]) -> None:
        while True:
            job = dispatch.get()
            self.strangers += [job] * (job not in solution.pending)
            self.received.append(job)
            self.looked.release()


def sent_once(consumer: Consumer, jobs: Sequence[Hashable], call: Call) -> None:
    for job in jobs:
        times = consumer.received.count(job)
        how = f"been sent {times} times" if times else "not been sent"
        seen = f"when `enqueue` had returned, {quoted(job)} had {how}."
        require(times == 1, "each job is sent exactly once.", seen, call.place)


def waits_for_room(solution: Any, job: Hashable, after: float) -> tuple[Call, Consumer]:
    """The call that enqueues a job where there is no room, and does not give up, and who makes room after so long."""
    dispatch = full_queue()
    call = Call(solution.enqueue, job, dispatch)
    call.ended(after)
    consumer = Consumer(solution, dispatch)
    call.ended(PATIENCE)
    seen = "`enqueue` gave up waiting for room and raised queue.Full; its job was never sent."
    full = isinstance(call.error, queue.Full)
    require(not full, "each job is sent, however long `enqueue` has to wait for room.", seen, call.place)
    return call, consumer


def are_pending(solution: Any, jobs: Sequence[Hashable], call: Call, gone: Hashable = None) -> None:
    """`pending` holds these jobs, and no others; if one is `gone`, `complete` has just been called for it."""
    after, stays = "`enqueue`" if gone is None else f"`complete({gone!r})`", gone in solution.pending
    missing = [job for job in jobs if job not in solution.pending]
    own = f", and {quoted(gone)} still was: it took out another job than its own" * stays
    seen = f"after {after}, {quoted(missing[:1])[1:-1]} was not in `pending` any more{own}."
    require(not missing, "other jobs stay in `pending`.", seen, call.place)
    seen = f"after {after}, {quoted(gone)} was still in it."
    require(not stays, f"{after} takes its job out of `pending`.", seen, call.place)
    held, of = len(solution.pending), count(len(jobs), "job")
    seen = f"after {after}, `len(pending)` was {held} with {of} pending: {quoted(solution.pending)}"
    require(held == len(jobs), "`pending` holds each pending job once, and nothing else.", seen, call.place)


def survives(solution: Any, raised: BaseException) -> None:
    """A put that raises leaves the job not pending and the others alone, and the caller gets the error."""
    others: list[Hashable] = ["job A", "job B", "job C"]
    for job in others[:2]:
        Call(solution.enqueue, job, queue.Queue()).returned()
    meanwhile: list[Call] = []

    def breaks(_: Any) -> None:
        if not meanwhile:
            meanwhile.append(Call(solution.enqueue, others[2], queue.Queue()))
            meanwhile[0].ended(A_WHILE)  # a put under the lock lets no other in: that is the business of 1.4a
        raise raised

    call = Call(solution.enqueue, "job X", WatchedQueue(accept=breaks))
    what = f"the put raised {error(raised)}, {'an Exception' if isinstance(raised, Exception) else 'a BaseException'}"
    call.ended(PATIENCE)
    seen = f"{what}, and `enqueue` {'had not ended 10 s later' if not call.done else call.ending}."
    require(comes_of(call.error, raised), "an error of the put reaches the caller of `enqueue`.", seen, call.place)
    seen = f"{what}, `enqueue` has ended, and `lock` is still held."
    require(is_free(solution.lock, A_WHILE), "`enqueue` leaves the lock free, whatever happens.", seen, call.place)
    for other in meanwhile:
        other.returned()
    stays = "job X" in solution.pending
    own = " instead of its own: the last one in `pending` need not be its own" * stays
    missing = [job for job in others if job not in solution.pending]
    which = ", which another thread had enqueued meanwhile," * (missing[:1] == others[2:])
    seen = f"{what}, and `enqueue` took another job{which} out of `pending`{own}."
    require(not missing, "if the put raises, only its own job is taken out of `pending`.", seen, call.place)
    seen = f"{what}, and its job is still in `pending`, though nobody will ever receive it."
    require(not stays, "if the put raises, whatever it raises, the job is not left in `pending`.", seen, call.place)
    for job in others:
        Call(solution.complete, job).returned()


CONSUMER_TAKES = 0.0005
"""Seconds: slow, as a hundred wait meanwhile."""

BUSY = 20.0
"""Real seconds in which a hundred threads that look for room again and again get on, on a busy machine too."""


@task.item("c", schedules=60, seconds=BUSY)
def a_hundred_enqueuers(solution: Any) -> None:
    """100 enqueuers and one slow consumer that calls `complete`: no deadlock, all 100 done."""
    if not is_searched():
        waits_for_room(solution, "a patient job", after=PATIENCE)
        Call(solution.complete, "a patient job").ended()
    early, late = (2, 1) if is_searched() else (70, 30)  # the others come while the consumer completes
    jobs = [f"job {number}" for number in range(1, early + late + 1)]
    scene = Rush(solution)
    enqueuers = at_once(*[(solution.enqueue, job, scene.dispatch) for job in jobs[:early]])
    time.sleep(1.0 if is_searched() else A_MOMENT)
    scene.loses_none()
    others = at_once((scene.consume, len(jobs)), *[(solution.enqueue, job, scene.dispatch) for job in jobs[early:]])
    expected = f"all {len(jobs)} jobs are sent and done"
    all_return([others[0], *enqueuers, *others[1:]], expected, LONG, lambda: f"{len(scene.done)} were done, and ")
    left = [job for job in jobs if job in solution.pending]
    seen = f"`complete` was called for each, and {count(len(left), 'job')} of them stayed in `pending`: {quoted(left)}"
    require(not left, f"{expected}, and none stays in `pending`.", seen, where(solution.complete))


class Rush:
    """A queue with room for one, which knows the jobs that were in `pending` when their put began that lasts."""

    def __init__(self, solution: Any) -> None:
        self._solution = solution
        self._noted: dict[Any, None] = {}
        self.dispatch = WatchedQueue(1, before_put=self._note, after_put=lambda job: self._noted.pop(job, None))
        self.done: list[Any] = []

    def _note(self, job: Any) -> None:
        if job in self._solution.pending:
            self._noted[job] = None

    def loses_none(self) -> None:
        """Requires that those jobs are in `pending` still: nobody has received them."""
        with contextlib.suppress(RuntimeError):  # changed while it was looked through, as by code that needs no lock
            lost = [job for job in [*self._noted] if job not in self._solution.pending and job in self._noted]
            seen = f"several threads were at it, and {quoted(lost[:1])[1:-1]} was in it and then gone."
            expected = "a job stays in `pending` until it is completed."
            require(not lost, expected, seen, where(self._solution.enqueue))

    def consume(self, number: int) -> None:
        completes_its_own = True  # where it takes out another one, that is the business of 1.4b
        for _ in range(number):
            job = self.dispatch.get()
            time.sleep(CONSUMER_TAKES)
            self._solution.complete(job)
            completes_its_own &= job not in self._solution.pending
            if completes_its_own:
                self.loses_none()
            self.done.append(job)
