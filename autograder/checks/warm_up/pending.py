"""Task 1.4, a lock held across a put: `lock`, `pending`, `enqueue(job, dispatch)` and `complete(job)`."""

from __future__ import annotations

import contextlib
import queue
import threading
import time
from collections.abc import Hashable, Iterable
from typing import Any

from autograder.checking import Failed, Task, where
from autograder.probes.errors import comes_of
from autograder.probes.threads import Call, at_once, is_free, until, why_stuck
from autograder.probes.words import count, duration, error, quoted, require
from autograder.run.threads import is_searched, now

task = Task("1.4", needs=("lock", "pending", "enqueue(job, dispatch)", "complete(job)"))

A_WHILE = 0.1
A_MOMENT = 0.03
PATIENCE = 10.0
LONG = 60.0


def sent_when_full(solution: Any, job: Hashable, after: float) -> tuple[Call, list[Any]]:
    """Enqueues a job where there is no room for so many seconds; the call, and what was received."""
    dispatch: queue.Queue[Any] = queue.Queue(maxsize=1)
    dispatch.put("an earlier job")
    call = Call(solution.enqueue, job, dispatch)
    call.ended(after)
    arrived = received(dispatch)
    while not call.ended(A_WHILE) and now() < call.began + after + PATIENCE:
        arrived += received(dispatch)
    gave_up(call)
    return call, (arrived + received(dispatch))[1:]


def gave_up(call: Call) -> None:
    seen = "`enqueue` gave up waiting for room and raised queue.Full; its job was never sent."
    full = isinstance(call.error, queue.Full)
    require(not full, "each job is sent, however long `enqueue` has to wait for room.", seen, call.place)


def received(dispatch: queue.Queue[Any]) -> list[Any]:
    """What is in the queue now."""
    return [dispatch.get_nowait() for _ in range(dispatch.qsize())]


@task.item("a")
def the_lock_is_free(solution: Any) -> None:
    """`lock` is free while `dispatch.put` blocks."""
    dispatch: queue.Queue[Any] = queue.Queue(maxsize=1)
    dispatch.put("an earlier job")
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


class QuickQueue(queue.Queue):
    """A real queue whose consumer is quicker than any `put`: it has looked at a job before the `put` returns."""

    def __init__(self, solution: Any) -> None:
        super().__init__()
        self._solution = solution
        self._looked = threading.Semaphore(0)
        self.received: list[Any] = []
        self.strangers: list[Any] = []
        Call(self._consume)

    def put(self, item: Any, block: bool = True, timeout: float | None = None) -> None:
        super().put(item, block, timeout)
        self._looked.acquire(timeout=1.0)

    def _consume(self) -> None:
        while True:
            job = self.get()
            if job not in self._solution.pending:
                self.strangers.append(job)
            self.received.append(job)
            self._looked.release()


class BrokenQueue(queue.Queue):
    """A real queue in which a put raises `error`, after another thread has enqueued `meanwhile` elsewhere."""

    def __init__(self, solution: Any, error: BaseException, meanwhile: Hashable) -> None:
        super().__init__()
        self._solution, self._error, self._meanwhile = solution, error, meanwhile
        self.other: Call | None = None

    def _put(self, item: Any) -> None:
        if self.other is None:
            self.other = Call(self._solution.enqueue, self._meanwhile, queue.Queue())
            self.other.ended(A_WHILE)  # a put under the lock lets no other in: that is the business of 1.4a
        raise self._error


class Unreachable(Exception):
    """What a queue may raise that is not an exception of the module `queue`."""


class Interrupted(BaseException):
    """The same, of the kind that `except Exception` does not catch."""


@task.item("b")
def state_and_send_are_consistent(solution: Any) -> None:
    """`pending` and `dispatch` agree: noted before it is sent, sent once, taken back if the put raises."""
    jobs: list[Hashable] = ["job 1", 0, ("job", 3), ""]
    quick = QuickQueue(solution)
    for number, job in enumerate(jobs, start=1):
        call = Call(solution.enqueue, job, quick)
        call.returned()
        until(lambda number=number: len(quick.received) >= number, A_WHILE)
        sent_once(quick.received, jobs[:number], call)
        seen = f"a consumer received {quoted(job)}, and it was not in `pending`."
        require(not quick.strangers, "a job is in `pending` before anyone can receive it.", seen, call.place)
    are_pending(solution, jobs, call)
    jobs.append("job 5")
    call, arrived = sent_when_full(solution, jobs[-1], A_MOMENT)
    seen = f"{duration(PATIENCE)} after a consumer had emptied the queue, `enqueue` still waited."
    require(call.done, "`enqueue` sends its job as soon as the queue has room.", seen, call.place)
    call.returned(0)
    sent_once(arrived, jobs[-1:], call)
    for job in [jobs[2], jobs[0], *jobs[3:], jobs[1]]:
        call = Call(solution.complete, job)
        call.returned()
        jobs.remove(job)
        are_pending(solution, jobs, call, gone=job)
    for raised in (Unreachable("no route to the queue"), Interrupted("the user is tired of it")):
        survives(solution, raised)


def sent_once(arrived: list[Any], jobs: Iterable[Hashable], call: Call) -> None:
    for job in jobs:
        times = arrived.count(job)
        how = f"been sent {times} times" if times else "not been sent"
        seen = f"when `enqueue` had returned, {quoted(job)} had {how}."
        require(times == 1, "each job is sent exactly once.", seen, call.place)


def are_pending(solution: Any, jobs: list[Hashable], call: Call, *, gone: Hashable | None = None) -> None:
    """`pending` holds these jobs, and no others; `gone` has just been taken out."""
    pending, after = solution.pending, f"after `{call.name}`" if gone is None else f"after `complete({gone!r})`"
    stays = gone is not None and gone in pending
    missing = [job for job in jobs if job not in pending]
    if missing:
        own = f", and {quoted(gone)} still was: it took out another job than its own" if stays else ""
        seen = f"{after}, {quoted(missing[0])} was not in `pending` any more{own}."
        raise Failed("other jobs stay in `pending`.", seen, call.place)
    expected = f"`complete({gone!r})` takes its job out of `pending`."
    require(not stays, expected, f"{after}, {quoted(gone)} was still in it.", call.place)
    seen = f"{after}, `len(pending)` was {len(pending)} with {count(len(jobs), 'job')} pending: {quoted(pending)}"
    require(len(pending) == len(jobs), "`pending` holds each pending job once, and nothing else.", seen, call.place)


def survives(solution: Any, raised: BaseException) -> None:
    """A put that raises leaves the job not pending and the others alone, and the caller gets the error."""
    others: list[Hashable] = ["job A", "job B", "job C"]
    for job in others[:2]:
        Call(solution.enqueue, job, queue.Queue()).returned()
    dispatch = BrokenQueue(solution, raised, meanwhile=others[2])
    call = Call(solution.enqueue, "job X", dispatch)
    kind = "an Exception" if isinstance(raised, Exception) else "a BaseException"
    what = f"the put raised {error(raised)}, {kind}"
    call.ended(PATIENCE)
    seen = f"{what}, and `enqueue` {'had not ended 10 s later' if not call.done else call.ending}."
    require(comes_of(call.error, raised), "an error of the put reaches the caller of `enqueue`.", seen, call.place)
    seen = f"{what}, `enqueue` has ended, and `lock` is still held."
    require(is_free(solution.lock, A_WHILE), "`enqueue` leaves the lock free, whatever happens.", seen, call.place)
    if dispatch.other is not None:
        dispatch.other.returned()
    stays = "job X" in solution.pending
    if missing := [job for job in others if job not in solution.pending]:
        own = " instead of its own: the last one in `pending` need not be its own" if stays else ""
        meanwhile = ", which another thread had enqueued meanwhile," if missing[0] == others[2] else ""
        seen = f"{what}, and `enqueue` took another job{meanwhile} out of `pending`{own}."
        raise Failed("if the put raises, only its own job is taken out of `pending`.", seen, call.place)
    seen = f"{what}, and its job is still in `pending`, though nobody will ever receive it."
    require(not stays, "if the put raises, whatever it raises, the job is not left in `pending`.", seen, call.place)
    for job in others:
        Call(solution.complete, job).returned()


class NarrowQueue(queue.Queue):
    """A real queue with room for one, which knows the jobs that were in `pending` when their put began that lasts."""

    def __init__(self, solution: Any) -> None:
        super().__init__(maxsize=1)
        self._solution = solution
        self._noted: dict[int, Any] = {}

    def put(self, item: Any, block: bool = True, timeout: float | None = None) -> None:
        ident = threading.get_ident()
        if item in self._solution.pending:
            self._noted[ident] = item
        try:
            super().put(item, block, timeout)
        finally:
            self._noted.pop(ident, None)

    def loses_none(self) -> None:
        """Requires that those jobs are in `pending` still: nobody has received them."""
        with contextlib.suppress(RuntimeError):  # changed while it was looked through, as by code that needs no lock
            gone = [ident for ident, job in [*self._noted.items()] if job not in self._solution.pending]
            lost = [self._noted[ident] for ident in gone if ident in self._noted]
            seen = f"several threads were at it, and {quoted(lost[:1])[1:-1]} was in it and then gone."
            expected = "a job stays in `pending` until it is completed."
            require(not lost, expected, seen, where(self._solution.enqueue))


CONSUMER_TAKES = 0.002


@task.item("c", schedules=45)
def a_hundred_enqueuers(solution: Any) -> None:
    """100 enqueuers and one slow consumer that calls `complete`: no deadlock, all 100 done."""
    completes_its_own = takes_out_its_own(solution)
    early, late = 2, 1  # the others come while the consumer completes
    if not is_searched():
        early, late = 70, 30
        sent_when_full(solution, "a patient job", PATIENCE)
        Call(solution.complete, "a patient job").ended()
    dispatch = NarrowQueue(solution)
    done: list[Any] = []
    jobs = [f"job {number}" for number in range(1, early + late + 1)]
    enqueuers = at_once(*[(solution.enqueue, job, dispatch) for job in jobs[:early]])
    time.sleep(1.0 if is_searched() else A_WHILE)
    dispatch.loses_none()
    consumer, *others = at_once(
        (consume, solution, dispatch, len(jobs), done, completes_its_own),
        *[(solution.enqueue, job, dispatch) for job in jobs[early:]],
    )
    calls = [consumer, *enqueuers, *others]
    until(lambda: all(call.done for call in calls) or any(call.error for call in calls), LONG)
    expected = f"all {len(jobs)} jobs are sent and done"
    for call in calls:
        if isinstance(call.error, Failed):
            raise call.error
        gave_up(call)
        require(not call.error, f"{expected}.", f"`{call.name}` {call.ending}.", call.place)
    if stuck := [call for call in calls if not call.done]:
        who = f"{len(done)} were done, and {count(len(stuck), 'thread')} did not end"
        places = "; ".join(dict.fromkeys(filter(None, (where(call.thread) for call in stuck))))
        raise Failed(f"{expected}, without a deadlock.", f"{why_stuck(stuck)}. {who}.", places)
    left = [job for job in jobs if job in solution.pending]
    seen = f"`complete` was called for each, and {count(len(left), 'job')} of them stayed in `pending`: {quoted(left)}"
    require(not left, f"{expected}, and none stays in `pending`.", seen, where(solution.complete))


def takes_out_its_own(solution: Any) -> bool:
    """Whether `complete` takes out its own job; where it does not, that is the business of 1.4b."""
    jobs = ["first", "second", "third"]
    for job in jobs:
        Call(solution.enqueue, job, queue.Queue()).ended()
    Call(solution.complete, "second").ended()
    is_right = [job in solution.pending for job in jobs] == [True, False, True]
    for job in ("first", "third"):
        Call(solution.complete, job).ended()
    return is_right


def consume(solution: Any, dispatch: NarrowQueue, number: int, done: list[Any], completes_its_own: bool) -> None:
    for _ in range(number):
        job = dispatch.get()
        time.sleep(CONSUMER_TAKES)
        solution.complete(job)
        if completes_its_own:
            dispatch.loses_none()
        done.append(job)
