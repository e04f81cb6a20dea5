"""Task 1.2, a receiver on a queue that is never closed: `start_worker(jobs, process, stop)` and `Worker.stop()`."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from functools import partial
from time import monotonic, sleep
from typing import Any

from autograder.checking import Failed, Task, retried, where
from autograder.checks.warm_up import _waits
from autograder.checks.warm_up._threads import (
    Call,
    Ending,
    Started,
    callers,
    crashes,
    gave_up,
    outliving,
    place_of,
    record_crashes,
    running,
    time_endings,
)
from course import leaks

task = Task("1.2", needs=("start_worker",), clock="real")

STOP_LIMIT = 0.250
JOB_LIMIT = 0.100
TOLERANCE = 0.025
"""Seconds that a limit may be passed by: a thread needs a moment to be scheduled."""

SETTLED = 0.015
"""Seconds after which a thread that has nothing to do is in its wait, still near the wait's beginning."""

GRACE = 0.050
"""Seconds that a thread may still be alive once it has said that it has ended."""

PATIENCE = 2.0
"""Seconds after which what has not happened is taken never to happen."""

HANGS = 0.8
"""Seconds after which a `stop()` with nothing left to wait for is taken never to return."""


class Jobs(queue.Queue):
    """A real queue that knows which threads take from it, and when the last job was put."""

    def __init__(self) -> None:
        super().__init__()
        self.takers: set[threading.Thread] = set()
        self.last_put = 0.0

    def _put(self, item: Any) -> None:
        self.last_put = monotonic()
        super()._put(item)

    def get(self, block: bool = True, timeout: float | None = None) -> Any:
        self.takers.add(threading.current_thread())
        return super().get(block, timeout)


class Post:
    """One worker at its post: its queue, its event, and what it has processed.

    `held`: each job stays in hand until it is released.
    """

    def __init__(self, solution: Any, *, held: bool = False) -> None:
        self.jobs = Jobs()
        self.stop = threading.Event()
        self.held = held
        self.begun: list[tuple[Any, float]] = []
        self.processors: set[threading.Thread] = set()
        self._changed = threading.Condition()
        self._released: set[Any] = set()
        self._solution = solution

        def process(job: Any) -> None:
            self._process(job)

        process.__qualname__ = "process"  # as an error names it
        with Started() as started:
            self.worker = solution.start_worker(self.jobs, process, self.stop)
        self._started = started.threads

    def _process(self, job: Any) -> None:
        self.processors.add(threading.current_thread())
        with self._changed:
            self.begun.append((job, monotonic()))
            self._changed.notify_all()
            self._changed.wait_for(lambda: not self.held or job in self._released)

    def release(self, job: Any) -> None:
        """Lets one job end."""
        with self._changed:
            self._released.add(job)
            self._changed.notify_all()

    def release_all(self) -> None:
        """Lets every job end."""
        with self._changed:
            self.held = False
            self._changed.notify_all()

    def put(self, job: Any) -> float:
        """Puts a job; returns the time."""
        self.jobs.put(job)
        return self.jobs.last_put

    def wait_for(self, count: int, within: float) -> bool:
        """Whether so many jobs have been begun, at the latest so many seconds from now."""
        with self._changed:
            return self._changed.wait_for(lambda: len(self.begun) >= count, within)

    def occupy(self) -> None:
        """Puts jobs until one is begun: a worker that loses some is the business of 1.2b."""
        for number in range(1, 6):
            self.put(f"job {number}")
            if self.wait_for(1, within=PATIENCE / 5):
                return
        raise self.lost("job 1", PATIENCE)

    def lost(self, job: Any, after: float, place: str = "") -> BaseException:
        """What to raise when a job has not been processed so many seconds after it was put."""
        if crashes:
            return crashes[-1]
        seen = f"the job {job!r} had not been processed {after * 1000:.0f} ms after it was put."
        if self.threads() and not any(thread.is_alive() for thread in self.threads()):
            seen = f"the worker's thread has ended, and the job {job!r} is not processed."
        expected = "every job that is put is processed; any object is a job, `0`, `''` and `None` included."
        return Failed(expected, seen, place or self.place())

    def threads(self) -> set[threading.Thread]:
        """The threads that take jobs or process them: the worker, and no helper."""
        return {*self.jobs.takers, *self.processors}

    def threads_and_helpers(self) -> set[threading.Thread]:
        """All the threads that it is known to have."""
        return {*self.threads(), *self._started}

    def place(self) -> str:
        """Where the worker is now, or else where it was made."""
        return place_of(self.threads(), self._started) or where(self._solution.start_worker)

    @property
    def stop_worker(self) -> Callable[[], Any]:
        """The worker's method `stop`."""
        stop = getattr(self.worker, "stop", None)
        if not callable(stop):
            seen = f"it returned {self.worker!r:.80}, which has none."
            expected = "`start_worker` returns a `Worker`, an object with a method `stop()`."
            raise Failed(expected, seen, where(self._solution.start_worker))
        return stop


@task.item("a")
def the_caller_owns_the_lifetime(solution: Any) -> None:
    """The caller owns the worker: setting `stop` ends it within 250 ms, or when the job in hand ends."""
    record_crashes()
    _waits.watch(solution)
    retried(lambda: _stops_within_the_limit(solution))


LONG_IDLE = 0.7
"""Seconds after which a worker that waits longer and longer, the longer it is idle, waits for too long."""


def _stops_within_the_limit(solution: Any) -> None:
    made = monotonic()
    long_idle, idle, unused, flooded = (Post(solution) for _ in range(4))
    backlog, later_backlog = (Post(solution, held=True) for _ in range(2))
    sleep(max(0.0, made + LONG_IDLE - monotonic()))
    enough = threading.Event()
    flood = Call(_keep_putting, flooded, enough)
    _occupied(backlog, later_backlog, idle, flooded)
    for number in range(2, 12):
        backlog.put(f"job {number}")
        later_backlog.put(f"job {number}")
    # Its next was in the queue with others: a worker that takes several at once has more of them in hand.
    later_backlog.release(later_backlog.begun[0][0])
    later_backlog.wait_for(2, within=PATIENCE / 5)
    sleep(SETTLED)
    with_more_queued = "whose job in hand had ended at once, with more jobs queued,"
    workers = {
        f"a worker that had been idle for {LONG_IDLE * 1000:.0f} ms": long_idle,
        "an idle worker": idle,
        "a worker that had never had a job": unused,
        "a worker to which jobs kept coming": flooded,
        f"a worker {with_more_queued}": backlog,
        f"a worker {with_more_queued} after an earlier job": later_backlog,
    }

    def stop(post: Post) -> None:
        post.stop.set()
        for job, _ in list(post.begun):
            post.release(job)

    endings = {
        worker: Ending(partial(stop, post), post.threads, post.threads_and_helpers, post.place)
        for worker, post in workers.items()
    }
    try:
        time_endings(list(endings.values()), STOP_LIMIT)
    finally:
        enough.set()
        flood.ended(PATIENCE)
    for worker, ending in endings.items():
        if not ending.done or ending.took > STOP_LIMIT + TOLERANCE:
            did = "ended" if ending.done else "still ran"
            seen = f"{worker} {did} {ending.took * 1000:.0f} ms after `stop` was set."
            raise Failed("setting `stop` ends the worker within 250 ms.", seen, ending.seen_at)


def _occupied(*posts: Post) -> None:
    """Gives each a job, and waits until it is begun."""
    calls = [Call(post.occupy) for post in posts]
    for call in calls:
        call.returned(2 * PATIENCE)


def _keep_putting(post: Post, enough: threading.Event) -> None:
    number = 0
    while not enough.wait(0.002):
        number += 1
        post.put(f"job {number}")


IDLE_SECONDS = (0.010, 0.135, 0.165, 0.205)
"""How long each worker has been idle when its first job comes: a worker that polls may be lucky once."""

ODD_JOBS = ((0, False), ("", ()), (None, {}), ([], "job"))
"""Two jobs for each of them: any object is a job."""


@task.item("b")
def the_wait_watches_both(solution: Any) -> None:
    """The wait watches both: a job is processed within 100 ms, and an idle worker notices `stop`."""
    record_crashes()
    _waits.watch(solution)
    retried(lambda: _processes_at_once(solution))
    _notices_stop(solution)


def _processes_at_once(solution: Any) -> None:
    posts = [Post(solution) for _ in IDLE_SECONDS]
    calls = [Call(_put_two, *probe) for probe in zip(posts, IDLE_SECONDS, ODD_JOBS, strict=True)]
    for call in calls:
        call.returned(PATIENCE)
    _loses_none(posts[0])
    for post, put in zip(posts, ODD_JOBS, strict=True):
        for job, _ in post.begun:
            times = sum(begun is job for begun, _ in post.begun)
            if times > 1:
                raise Failed(
                    "each job is processed once.",
                    f"the job {job!r} was processed {times} times.",
                    where(solution.start_worker),
                )
            if post is not posts[0] and not any(job is given for given in put):
                copied = any(type(job) is type(given) and job == given for given in put)
                raise Failed(
                    f"`process` is called with the jobs put, {put[0]!r} and {put[1]!r}.",
                    f"it was called with {'a copy, ' * copied}{job!r:.80}.",
                    where(solution.start_worker),
                )
        post.stop.set()


def _put_two(post: Post, idle: float, jobs: tuple[Any, Any]) -> None:
    sleep(idle)
    for count, job in enumerate(jobs, start=1):
        _put_on_idle(post, job, count)
        sleep(0.005)


def _put_on_idle(post: Post, job: Any, count: int) -> None:
    put_at = post.put(job)
    place = "" if post.wait_for(count, JOB_LIMIT / 10) else post.place()
    if not post.wait_for(count, 6 * JOB_LIMIT):
        raise post.lost(job, 6 * JOB_LIMIT, place)
    took = _waits.worst_case(post.threads(), put_at, post.begun[count - 1][1])
    if took > JOB_LIMIT + TOLERANCE / 2:
        raise Failed(
            "a job put on an idle worker is processed within 100 ms.",
            f"the job {job!r} was processed {took * 1000:.0f} ms after it was put.",
            place or post.place(),
        )


def _loses_none(post: Post) -> None:
    before = len(post.begun)
    names = ("first", "second", "third")
    for name in names:
        post.put(name)
    if not post.wait_for(before + len(names), 5 * JOB_LIMIT):
        begun = [job for job, _ in post.begun]
        missing = next(name for name in names if name not in begun)
        raise post.lost(missing, 5 * JOB_LIMIT)


def _notices_stop(solution: Any) -> None:
    post = Post(solution)
    post.occupy()
    sleep(SETTLED)
    post.stop.set()
    if left := running(post.threads, PATIENCE):
        seen = f"{PATIENCE:g} s after `stop` was set, the idle worker had not noticed."
        raise Failed("an idle worker notices `stop`.", seen, where(left[0]) or post.place())


@task.item("c")
def stop_waits_for_the_thread(solution: Any) -> None:
    """`Worker.stop()` sets the event, waits until the thread has ended, and may be called twice."""
    record_crashes()
    _waits.watch(solution)
    retried(lambda: _stop_waits(solution))


def _stop_waits(solution: Any) -> None:
    busy, already = (Post(solution, held=True) for _ in range(2))
    idle, unused = (Post(solution) for _ in range(2))
    _occupied(busy, already, idle)
    sleep(0.005)
    already.stop.set()
    posts = (busy, already, idle, unused)
    calls = {post: Call(_stop_and_look, post, post.stop_worker, hurried=True) for post in posts}
    for post in (busy, already):
        if not calls[post].is_held():
            _raise_from_stop(calls[post], "once")
            earlier = ", called when `stop` was set already," if post is already else ""
            seen = f"it returned{earlier}{gave_up(calls[post])} while a job was still being processed."
            raise Failed(
                "`stop()` returns only when the thread has ended, however long the job in hand.",
                seen,
                where(post.stop_worker),
            )
        post.release_all()
        # Wakes a worker that is deaf to `stop` when it waits.
        post.put("another job")
    for post, call in calls.items():
        if not call.ended(HANGS):
            still_runs = any(thread.is_alive() for thread in post.threads())
            if post in (idle, unused):
                if still_runs:
                    # A worker that is deaf to `stop` when it waits is the business of 1.2a and 1.2b.
                    continue
                after = f"{HANGS:g} s after it was called for a worker without a job"
            else:
                after = f"{HANGS:g} s after the job in hand had ended"
            seen = f"{after}, it had not returned, and the thread {'still ran' if still_runs else 'had ended'}."
            raise Failed("`stop()` returns when the thread has ended.", seen, where(call.thread))
        _raise_from_stop(call, "once")
        _look_at_stopped(post, call)
        _stop_again(post)


def _stop_and_look(post: Post, stop: Callable[[], Any]) -> list[threading.Thread]:
    """Stops the worker; returns those of its threads that have not ended then."""
    stop()
    return outliving(set(post.processors), GRACE)


def _look_at_stopped(post: Post, call: Call) -> None:
    if call.result:
        expected = "`stop()` returns only when the thread has ended."
        seen = f"{GRACE * 1000:.0f} ms after it had returned, the thread still ran."
        raise Failed(expected, seen, where(call.result[0]) or where(post.stop_worker))
    if not post.stop.is_set():
        seen = "it has returned, and `stop.is_set()` is false."
        raise Failed("`stop()` sets the event that was passed in.", seen, where(post.stop_worker))


def _stop_again(post: Post) -> None:
    again = Call(post.stop_worker, hurried=True)
    if not again.ended(HANGS):
        seen = f"the second call had not returned after {HANGS:g} s."
        raise Failed("calling `stop()` twice is harmless.", seen, where(again.thread))
    _raise_from_stop(again, "twice")


def _raise_from_stop(call: Call, times: str) -> None:
    if call.error is not None:
        raise Failed(
            "calling `stop()` twice is harmless." if times == "twice" else "`stop()` returns.",
            f"the {'second ' * (times == 'twice')}call raised {call.error!r:.200}.",
            where(call.error),
        )


@task.item("d")
def nothing_is_left(solution: Any) -> None:
    """Leak check: after `Worker.stop()` no thread is left."""
    record_crashes()
    before = leaks.ignore_current()
    if not _stop_busy_workers(solution):
        found = leaks.find(before, seconds=0)
        left = [leak for leak in found if leak.object not in callers]
        seen = f"`stop()` had not returned {2 * HANGS:g} s after the job in hand had ended"
        raise Failed(
            "after `stop()` no thread is left.",
            f"{seen}, and there is still {_names(left)}." if left else f"{seen}.",
            next(filter(None, map(where, found)), "") or where(solution.start_worker),
        )
    _find_none(before, "was called while a job was in hand")
    before = leaks.ignore_current()
    if _stop_idle_workers(solution):
        _find_none(before, "was called while the worker was idle")


def _stop_busy_workers(solution: Any) -> bool:
    """Whether `stop()` returned, called with a job in hand and others queued, with `stop` set before and not."""
    posts = [Post(solution, held=True) for _ in range(2)]
    _occupied(*posts)
    for post in posts:
        post.put("job 2")
    posts[1].stop.set()
    calls = [Call(post.stop_worker) for post in posts]
    sleep(SETTLED)
    for post in posts:
        post.release_all()
    return _all_ended(calls, 2 * HANGS)


def _stop_idle_workers(solution: Any) -> bool:
    """Whether `stop()` returned, called twice each: after a job, before any, and with `stop` set before."""
    posts = [Post(solution) for _ in range(3)]
    posts[0].occupy()
    posts[2].stop.set()
    return _all_ended([Call(_stop_twice, post.stop_worker) for post in posts], HANGS)


def _stop_twice(stop: Callable[[], Any]) -> None:
    stop()
    stop()


def _all_ended(calls: list[Call], within: float) -> bool:
    deadline = monotonic() + within
    return all(call.ended(max(0.0, deadline - monotonic())) for call in calls)


def _find_none(before: leaks.Rule, order: str) -> None:
    if found := leaks.find(before):
        seen = f"`stop()` {order}, and left {_names(found)}."
        raise Failed("after `stop()` no thread is left.", seen, where(found[0]))


def _names(found: list[leaks.Leak]) -> str:
    first, *others = found
    more = f" and {len(others)} more" if others else ""
    return f"the {first.kind} {first.name!r}{more}"
