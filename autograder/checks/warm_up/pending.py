"""Task 1.4, a lock held across a put: `lock`, `pending`, `enqueue(job, dispatch)` and `complete(job)`."""

from __future__ import annotations

import contextlib
import queue
import threading
from collections.abc import Callable, Hashable, Iterable
from time import monotonic, sleep
from typing import Any

from autograder.checking import Failed, Task, where
from autograder.checks.warm_up._threads import Call, caller_place

NAMES = ("lock", "pending", "enqueue", "complete")
task = Task("1.4", needs=NAMES, clock="real")

LOCK_LIMIT = 0.250
"""Seconds within which a lock that is free can be had, or is held for longer than a change of state takes."""

PATIENCE = 2.0
"""Seconds after which what has not happened is taken never to happen."""


def _is_free(lock: Any) -> bool:
    """Whether another thread than the enqueuer's, the one that asks, can have the lock."""
    if not lock.acquire(timeout=LOCK_LIMIT):
        return False
    lock.release()
    return True


def _is_mostly_held(lock: Any) -> bool:
    """Whether the lock can hardly be had in any of several moments; one that is let go between retries is free then."""
    failures = 0
    for _ in range(9):
        if lock.acquire(timeout=LOCK_LIMIT / 25):
            lock.release()
        else:
            failures += 1
        sleep(0.003)
    return failures > 4


class FullQueue(queue.Queue):
    """A real queue with room for one: whenever a `put` has to wait it looks whether the lock is free."""

    def __init__(self, solution: Any) -> None:
        super().__init__(maxsize=1)
        self._solution = solution
        self.waits = threading.Event()
        self.has_looked = threading.Event()
        self.lock_was_held_at: str | None = None

    def put(self, item: Any, block: bool = True, timeout: float | None = None) -> None:
        if block and self.full():
            self.has_looked.clear()
            self.waits.set()
            if self.lock_was_held_at is None:
                look = Call(_is_free, self._solution.lock)
                if look.returned(PATIENCE) and not look.result:
                    self.lock_was_held_at = caller_place()
            self.has_looked.set()
        super().put(item, block, timeout)


@task.item("a")
def the_lock_is_free(solution: Any) -> None:
    """`lock` is free while `dispatch.put` blocks."""
    dispatch = FullQueue(solution)
    dispatch.put("an earlier job")
    call = Call(solution.enqueue, "job", dispatch)
    # Not every way to wait for room calls `put` at once.
    if dispatch.waits.wait(0.1):
        dispatch.has_looked.wait(PATIENCE)
        # A first put may have a timeout and be followed by others.
        call.ended(0.03)
        dispatch.has_looked.wait(PATIENCE)
        held = dispatch.lock_was_held_at is not None
    else:
        held = _is_mostly_held(solution.lock)
    if held:
        place = dispatch.lock_was_held_at or where(call.thread)
        seen = "while the queue was full, another thread could not get `lock`."
        raise Failed("`lock` is free while `enqueue` waits to put its job.", seen, place)
    dispatch.get()
    if not _receives(dispatch) and not _sends(solution):
        raise Failed("`enqueue` puts the job.", "the job did not arrive.", where(solution.enqueue))


GAVE_UP = "`enqueue` gave up waiting for room and raised queue.Full; its job was never sent."


def _receives(dispatch: queue.Queue[Any]) -> bool:
    try:
        dispatch.get(timeout=LOCK_LIMIT)
    except queue.Empty:
        return False
    return True


def _sends(solution: Any) -> bool:
    """Whether `enqueue` sends at all: to drop a job when the queue is full is the business of 1.4b."""
    dispatch: queue.Queue[Any] = queue.Queue()
    Call(solution.enqueue, "another job", dispatch)
    return _receives(dispatch)


class QuickQueue(queue.Queue):
    """A real queue whose consumer is quicker than any `put`: it has looked at a job before the `put` returns."""

    def __init__(self, solution: Any) -> None:
        super().__init__()
        self._solution = solution
        self._looked = threading.Semaphore(0)
        self.received: list[Any] = []
        self.strangers: list[tuple[Any, str]] = []
        self._place = ""
        Call(self._consume)

    def put(self, item: Any, block: bool = True, timeout: float | None = None) -> None:
        self._place = caller_place()
        super().put(item, block, timeout)
        self._looked.acquire(timeout=PATIENCE)

    def wait_for(self, count: int) -> None:
        """Waits until so many jobs have been received, but not for ever."""
        deadline = monotonic() + PATIENCE / 2
        while len(self.received) < count and monotonic() < deadline:
            sleep(0.001)

    def _consume(self) -> None:
        while True:
            job = self.get()
            if job not in self._solution.pending:
                self.strangers.append((job, self._place))
            self.received.append(job)
            self._looked.release()


class BrokenQueue(queue.Queue):
    """A real queue in which a put raises `error`, after another thread has enqueued `meanwhile` elsewhere."""

    def __init__(self, solution: Any, error: BaseException, meanwhile: Hashable) -> None:
        super().__init__()
        self._solution = solution
        self._error = error
        self._meanwhile = meanwhile
        self.other: Call | None = None
        self.place = ""

    def _put(self, item: Any) -> None:
        self.place = self.place or caller_place()
        if self.other is None:
            self.other = Call(self._solution.enqueue, self._meanwhile, queue.Queue())
            # A put under the lock lets no other in: that is the business of 1.4a.
            self.other.ended(0.1)
        raise self._error


class Unreachable(Exception):
    """What a queue may raise that is not an exception of the module `queue`."""


class Interrupted(BaseException):
    """The same, of the kind that `except Exception` does not catch."""


@task.item("b")
def state_and_send_are_consistent(solution: Any) -> None:
    """`pending` and `dispatch` agree: noted before it is sent, sent once, taken back if the put raises."""
    jobs = _are_pending_when_received(solution)
    jobs.append(_is_sent_once_by_a_full_queue(solution))
    for job in [jobs[2], jobs[0], *jobs[3:], jobs[1]]:
        _enqueued(solution.complete, job)
        jobs.remove(job)
        _check_pending(solution, jobs, f"`complete({job!r})`", solution.complete, gone=job)
    for error in (Unreachable("no route to the queue"), Interrupted("the user is tired of it")):
        _survives(solution, error)


def _are_pending_when_received(solution: Any) -> list[Hashable]:
    jobs: list[Hashable] = ["job 1", 0, ("job", 3), ""]
    dispatch = QuickQueue(solution)
    for number, job in enumerate(jobs, start=1):
        _enqueued(solution.enqueue, job, dispatch)
        dispatch.wait_for(number)
        _check_sent_once(dispatch.received, jobs[:number], solution)
    for job, place in dispatch.strangers:
        seen = f"a consumer received {job!r}, and it was not in `pending`."
        raise Failed("a job is in `pending` before anyone can receive it.", seen, place)
    _check_pending(solution, jobs, "`enqueue`", solution.enqueue)
    return jobs


def _is_sent_once_by_a_full_queue(solution: Any) -> Hashable:
    """Enqueues one more job, into a queue that is full at first; returns it."""
    job = "job 5"
    dispatch: queue.Queue[Any] = queue.Queue(maxsize=1)
    dispatch.put("an earlier job")
    call = Call(solution.enqueue, job, dispatch)
    call.ended(0.03)
    received = []
    deadline = monotonic() + PATIENCE
    while not call.ended(0.002):
        received += _drained(dispatch)
        if monotonic() > deadline:
            raise _hang("enqueue", call)
    received += _drained(dispatch)
    if isinstance(call.error, queue.Full):
        raise Failed("each job is sent exactly once.", GAVE_UP, where(call.error))
    call.returned(0)
    _check_sent_once(received[1:], [job], solution)
    return job


def _enqueued(function: Any, *arguments: Any) -> None:
    """Calls `enqueue` or `complete` to its end."""
    call = Call(function, *arguments)
    if not call.returned(PATIENCE):
        raise _hang("enqueue" if arguments[1:] else "complete", call)


def _hang(name: str, call: Call) -> Failed:
    seen = f"it had not returned after {PATIENCE:g} s, though there was nothing to wait for."
    return Failed(f"`{name}` returns.", seen, where(call.thread))


def _drained(dispatch: queue.Queue[Any]) -> list[Any]:
    received = []
    while True:
        try:
            received.append(dispatch.get_nowait())
        except queue.Empty:
            return received


def _check_sent_once(received: list[Any], jobs: Iterable[Hashable], solution: Any) -> None:
    for job in jobs:
        if (times := received.count(job)) != 1:
            seen = f"when `enqueue` had returned, {job!r} had " + (
                f"been sent {times} times." if times else "not been sent."
            )
            raise Failed("each job is sent exactly once.", seen, where(solution.enqueue))


def _check_pending(
    solution: Any, jobs: list[Hashable], after: str, culprit: Any, *, gone: Hashable | None = None
) -> None:
    """`pending` holds these jobs, and no others; `gone` has just been taken out."""
    pending = solution.pending
    missing = [job for job in jobs if job not in pending]
    if missing:
        seen = f"after {after}, {missing[0]!r} was not in `pending` any more."
        raise Failed("other jobs stay in `pending`.", seen, where(culprit))
    if gone is not None and gone in pending:
        seen = f"after {after}, {gone!r} was still in `pending`."
        raise Failed(f"{after} takes its job out of `pending`.", seen, where(culprit))
    if len(pending) != len(jobs):
        seen = f"after {after}, `len(pending)` was {len(pending)} with {len(jobs)} jobs pending: {pending!r:.100}"
        raise Failed("`pending` holds each pending job once, and nothing else.", seen, where(culprit))


def _survives(solution: Any, error: BaseException) -> None:
    """A put that raises `error` leaves the job not pending and the others alone, and the caller gets the error."""
    kind = type(error).__base__.__name__
    others: list[Hashable] = ["job A", "job B", "job C"]
    for job in others[:2]:
        _enqueued(solution.enqueue, job, queue.Queue())
    dispatch = BrokenQueue(solution, error, meanwhile=others[2])
    call = Call(solution.enqueue, "job X", dispatch)
    raised = f"the put raised {type(error).__name__} (a{'n' * (kind == 'Exception')} {kind})"
    if not call.ended(PATIENCE):
        seen = f"{raised}, and `enqueue` had not returned {PATIENCE:g} s later."
        raise Failed("an error of the put reaches the caller of `enqueue`.", seen, where(call.thread))
    if call.error is None or not _comes_of(call.error, error):
        seen = f"{raised}, and `enqueue` " + (
            "returned as if nothing had happened." if call.error is None else f"raised {call.error!r:.200}."
        )
        place = dispatch.place if call.error is None else where(call.error)
        raise Failed("an error of the put reaches the caller of `enqueue`.", seen, place)
    if not _is_free(solution.lock):
        seen = f"{raised}, `enqueue` has ended, and `lock` is still held."
        raise Failed("`enqueue` leaves the lock free, whatever happens.", seen, dispatch.place)
    if dispatch.other is not None:
        dispatch.other.returned(PATIENCE)
    if "job X" in solution.pending:
        seen = f"{raised}, and its job is still in `pending`, though nobody will ever receive it."
        raise Failed("if the put raises, whatever it raises, the job is not left in `pending`.", seen, dispatch.place)
    if missing := [job for job in others if job not in solution.pending]:
        seen = f"{raised}, and another job, {missing[0]!r}, is not in `pending` any more."
        if missing[0] == others[2]:
            seen = f"{raised}, and another job, enqueued by another thread before that, is not in `pending` any more."
        raise Failed("if the put raises, only its own job is taken out of `pending`.", seen, dispatch.place)
    for job in others:
        _enqueued(solution.complete, job)


def _comes_of(error: BaseException | None, cause: BaseException) -> bool:
    """Whether the caller learns of `cause` by `error`: it is that, a group with it in, or raised from it."""
    if error is None or error is cause:
        return error is cause
    parts = error.exceptions if isinstance(error, BaseExceptionGroup) else ()
    return any(_comes_of(part, cause) for part in (*parts, error.__cause__))


ENQUEUERS = 100

EARLY = 70
"""How many enqueuers are there before the consumer is; the others come while it calls `complete`."""

ARRIVED = 0.100
"""Seconds after which those who have not come as far as to `put` wait somewhere else."""

CONSUMER_SECONDS = 0.002
"""Seconds that the consumer takes for a job, after which it calls `complete`."""

STALLED = 1.0
"""Seconds without a job done after which no other will be."""


LONGEST_WAIT = 0.020
"""Seconds after which a put with a timeout gives up, however long it is: far less than the last enqueuers wait."""


class ImpatientQueue(queue.Queue):
    """A real queue with room for one, which shows soon what becomes of a put that waits *at most* so long.

    While it `looks`, it notes the jobs that were in `pending` when their puts began, until these end: each in a list
    of its own, which tells one put of a job from another.
    """

    def __init__(self, solution: Any) -> None:
        super().__init__(maxsize=1)
        self._solution = solution
        self.putters: set[int] = set()
        self.looks = True
        self.noted: dict[int, list[Any]] = {}

    def put(self, item: Any, block: bool = True, timeout: float | None = None) -> None:
        ident = threading.get_ident()
        if self.looks and _is_pending(self._solution, item):
            self.noted[ident] = [item]
        self.putters.add(ident)
        try:
            super().put(item, block, timeout if timeout is None else min(timeout, LONGEST_WAIT))
        finally:
            self.noted.pop(ident, None)


def _is_pending(solution: Any, job: Any) -> bool:
    with contextlib.suppress(Exception):  # changed meanwhile, or no job of ours: not what is judged here
        return job in solution.pending
    return False


class SlowJob:
    """A job. Whatever is done with one takes a while at first, so that threads meet where no lock keeps them apart."""

    slow = True

    def __init__(self, number: int) -> None:
        self._number = number

    def __eq__(self, other: object) -> bool:
        self._let_others_run()
        return isinstance(other, SlowJob) and self._number == other._number

    def __hash__(self) -> int:
        self._let_others_run()
        return hash(self._number)

    def __repr__(self) -> str:
        self._let_others_run()
        return f"job {self._number}"

    def _let_others_run(self) -> None:
        if SlowJob.slow:
            sleep(0.00002)


@task.item("c")
def a_hundred_enqueuers(solution: Any) -> None:
    """100 enqueuers and one slow consumer that calls `complete`: no deadlock, all 100 done."""
    dispatch = ImpatientQueue(solution)
    done: list[Any] = []
    completes = threading.Event()
    jobs = [SlowJob(number) for number in range(1, ENQUEUERS + 1)]
    # All at once: those who come one after the other hardly meet.
    gate = threading.Event()

    def enqueue(job: SlowJob) -> None:
        gate.wait()
        solution.enqueue(job, dispatch)

    enqueuers = {job: Call(enqueue, job) for job in jobs[:EARLY]}
    gate.set()
    _wait_until(lambda: len(dispatch.putters) >= EARLY)
    dispatch.looks = False
    _check_none_lost(solution, dispatch)
    consumer = Call(_consume, solution, dispatch, done, completes)
    completes.wait(ARRIVED)
    enqueuers |= {job: Call(enqueue, job) for job in jobs[EARLY:]}
    _wait_until(lambda: all(call.began for call in enqueuers.values()))
    SlowJob.slow = False
    count, last = -1, monotonic()
    while not consumer.ended(0.005):
        if len(done) > count:
            count, last = len(done), monotonic()
        elif monotonic() > last + STALLED:
            _raise_stalled(solution, consumer, enqueuers, done)
    _raise_errors(consumer, enqueuers)
    for job, call in enqueuers.items():
        if not call.ended(PATIENCE):
            seen = f"all {ENQUEUERS} jobs were done, and `enqueue` of {job} had not returned {PATIENCE:g} s later."
            raise Failed("`enqueue` returns when it has put its job.", seen, where(call.thread))
    _raise_errors(consumer, enqueuers)
    if len(solution.pending):
        seen = f"`complete` was called for each, and {len(solution.pending)} of them were in `pending` in the end."
        raise Failed(f"all {ENQUEUERS} jobs are done, and `pending` is empty.", seen, where(solution.complete))


def _wait_until(condition: Callable[[], bool]) -> None:
    deadline = monotonic() + ARRIVED
    while not condition() and monotonic() < deadline:
        sleep(0.001)


def _check_none_lost(solution: Any, dispatch: ImpatientQueue) -> None:
    """No job has been completed, so those that were noted are still pending, unless threads have overwritten it."""
    SlowJob.slow = False
    try:
        missing = [(ident, noted) for ident, noted in [*dispatch.noted.items()] if noted[0] not in solution.pending]
    except Exception:  # changed meanwhile, as by code that needs no lock
        return
    finally:
        SlowJob.slow = True
    # A job whose put has ended may have been taken out for that.
    if lost := [noted for ident, noted in missing if dispatch.noted.get(ident) is noted]:
        seen = f"of {EARLY} jobs that were enqueued at once, {len(lost)} were in it and then gone."
        raise Failed("a job stays in `pending` until it is completed.", seen, where(solution.enqueue))


def _consume(solution: Any, dispatch: queue.Queue[Any], done: list[Any], completes: threading.Event) -> None:
    for _ in range(ENQUEUERS):
        job = dispatch.get()
        sleep(CONSUMER_SECONDS)
        completes.set()
        solution.complete(job)
        done.append(job)


def _raise_errors(consumer: Call, enqueuers: dict[Any, Call]) -> None:
    for name, call in [("complete", consumer), *(("enqueue", call) for call in enqueuers.values())]:
        if call.error is not None:
            seen = f"`{name}` raised {call.error!r:.200}."
            if isinstance(call.error, queue.Full):
                seen = GAVE_UP
            raise Failed(f"all {ENQUEUERS} jobs are sent and done.", seen, where(call.error))


def _raise_stalled(solution: Any, consumer: Call, enqueuers: dict[Any, Call], done: list[Any]) -> None:
    _raise_errors(consumer, enqueuers)
    stuck = [call for call in enqueuers.values() if not call.ended(0)]
    at = where(consumer.thread)
    if not at and not stuck:
        seen = f"every `enqueue` had returned, and the consumer had received only {len(done)} jobs."
        raise Failed(f"all {ENQUEUERS} jobs are sent and done.", seen, where(solution.enqueue))
    who = ["the consumer in `complete`"] * bool(at) + [f"{len(stuck)} enqueuers"] * bool(stuck)
    seen = f"a deadlock. {len(done)} of {ENQUEUERS} jobs were done, then none for {STALLED:g} s. " + (
        f"Stuck: {' and '.join(who)}."
    )
    places = dict.fromkeys(place for place in (at, *(where(call.thread) for call in stuck)) if place)
    raise Failed(f"all {ENQUEUERS} jobs are sent and done, without a deadlock.", seen, "; ".join(places))
