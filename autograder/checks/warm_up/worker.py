"""Task 1.2, a receiver on a queue that is never closed: `start_worker(jobs, process, stop)` and `Worker.stop()`."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

from autograder.checking import Task, where
from autograder.probes.methods import method
from autograder.probes.stubs import Stub
from autograder.probes.threads import Call, WatchedQueue, Work, close_waits, nothing_left, stop_ends
from autograder.probes.threads.moments import until, worst_moment
from autograder.probes.words import count, duration, quoted, require

task = Task("1.2", needs=("start_worker(jobs, process, stop)",))

STOP_LIMIT = 0.250
JOB_LIMIT = 0.100
EDGE = 0.005
CPU_SHARE = 0.05
SETTLED = 0.015
LONG_IDLE = 0.7
"""Seconds after which a worker that waits longer and longer, the longer it is idle, waits for too long."""

LONG_JOB = 30.0
A_MINUTE = 60.0
NOTICES = 2.0
"""Seconds within which a worker is to notice `stop` where another item says how soon."""


class Scene:
    """One worker at its scene: its queue, its event and its `process`."""

    def __init__(self, solution: Any, **process: Any) -> None:
        self.jobs, self.stop, self.process = WatchedQueue(), threading.Event(), Stub("process(job)", **process)
        self.worker = solution.start_worker(self.jobs, self.process.function, self.stop)
        self.made_at = where(solution.start_worker)

    def threads(self) -> list[threading.Thread]:
        """Those that take jobs or process them: the worker, and no helper."""
        return list({**self.jobs.takers, **{call.runner: None for call in self.process.calls}})

    @property
    def place(self) -> str:
        return where(*self.threads()) or self.made_at

    def occupy(self) -> None:
        """Puts jobs until one is begun: a worker that loses some is the business of 1.2b."""
        for number in range(1, 6):
            self.jobs.put(f"job {number}")
            if until(lambda: self.process.calls, within=0.4):
                return
        require(False, "every job that is put is processed.", "none of 5 jobs was.", self.place)

    @property
    def stop_worker(self) -> Callable[[], Any]:
        return method(self.worker, "stop", "`start_worker` returns a `Worker`", self.made_at)


@task.item("a")
def the_caller_owns_the_worker(solution: Any) -> None:
    """The caller owns the worker: setting `stop` ends it within 250 ms, or when the job in hand ends."""
    unused = Scene(solution)
    stop_ends(unused.stop, unused.threads, "a worker that had never had a job", STOP_LIMIT)
    for idle in (SETTLED, LONG_IDLE):
        scene = Scene(solution)
        scene.occupy()
        time.sleep(idle)
        stop_ends(scene.stop, scene.threads, f"a worker that had been idle for {duration(idle)}", STOP_LIMIT)
    flooded = Scene(solution)
    flooded.occupy()
    Call(keep_putting, flooded)
    stop_ends(flooded.stop, flooded.threads, "a worker to which jobs kept coming", STOP_LIMIT, watched=JOB_LIMIT)
    for earlier_jobs in (0, 1):
        stops_with_more_queued(Scene(solution, held=True), earlier_jobs)


def stops_with_more_queued(scene: Scene, earlier_jobs: int) -> None:
    scene.occupy()
    for number in range(2, 12):
        scene.jobs.put(f"job {number}")
    # A worker that takes several jobs at once has them in hand now.
    scene.process.release(*scene.process.arguments[:earlier_jobs])
    until(lambda: len(scene.process.calls) > earlier_jobs, within=0.4)
    in_hand = scene.process.arguments
    who = "a worker whose job in hand had ended at once, with more jobs queued,"
    stop_ends(scene.stop, scene.threads, who, STOP_LIMIT, then=lambda: scene.process.release(*in_hand))


def keep_putting(scene: Scene) -> None:
    for number in range(1000):
        scene.jobs.put(f"another job {number}")
        time.sleep(0.002)


ODD_JOBS = ((0, False), ("", ()), (None, {}), ([], "job"))
"""Two jobs for each of several workers: any object is a job."""

IDLE_SECONDS = (0.010, 0.135, 0.165, 0.205)
"""How long each of them has been idle when the first comes: one that polls may be lucky once."""


@task.item("b")
def the_wait_watches_both(solution: Any) -> None:
    """The wait watches both: a job is processed within 100 ms, and an idle worker notices `stop`."""
    scene = Scene(solution)
    scene.occupy()
    stop_ends(scene.stop, scene.threads, "an idle worker", within=NOTICES, watched=SETTLED)
    for jobs, idle in zip(ODD_JOBS, IDLE_SECONDS, strict=True):
        scene = Scene(solution)
        for job in jobs:
            time.sleep(idle)
            processes(scene, [job], JOB_LIMIT)
        worst_moment(longer_than=JOB_LIMIT, within=0.5)
        processes(scene, ["a job"], JOB_LIMIT)
        scene.stop.set()
    scene = Scene(solution)
    processes(scene, ["first", "second", "third"], 5 * JOB_LIMIT)
    work = Work(scene.threads())
    time.sleep(1)
    expected = f"idle, the worker waits: it uses less than {CPU_SHARE * 100:.0f} % of a processor."
    require(work.share < CPU_SHARE, expected, f"{work.said}.", work.place, scene.place)


def processes(scene: Scene, jobs: list[Any], within: float) -> None:
    put_at, before = time.monotonic(), len(scene.process.calls)
    for job in jobs:
        scene.jobs.put(job)
    until(lambda: len(scene.process.calls) >= before + len(jobs))
    calls = scene.process.calls[before:]
    which = f"the job {quoted(jobs[0])}" if len(jobs) == 1 else f"{count(len(jobs), 'job')} put at once"
    expected = "every job that is put is processed once; any object is a job, `0`, `''` and `None` included."
    same = len(calls) == len(jobs) and all(call.argument is job for call, job in zip(calls, jobs, strict=True))
    called = ", ".join(quoted(call.argument) for call in calls) or "none"
    seen = f"{which} was put, and `process` called with: {called}."
    require(same, expected, seen, scene.place)
    late = max(call.began for call in calls) - put_at
    seen = f"{which} was processed {duration(late)} after it was put."
    expected = f"a job put on an idle worker is processed within {duration(within)}."
    require(late <= within + EDGE, expected, seen, calls[-1].place)


@task.item("c")
def stop_waits_for_the_thread(solution: Any) -> None:
    """`Worker.stop()` sets the event, waits until the thread has ended, and may be called twice."""
    for is_busy in (True, False):
        for is_stopped in (True, False):
            scene = Scene(solution, latency=lambda job: LONG_JOB if job == "job 1" else 0)
            if is_busy:
                scene.occupy()
            time.sleep(0.005)
            if is_stopped:
                scene.stop.set()
            # It wakes a worker that is deaf to `stop` while it waits: that is judged by 1.2a and 1.2b.
            Call(put_later, scene)
            when = "when `stop` was set already" if is_stopped else ""
            close_waits(scene.stop_worker, scene.process, threads=scene.threads, within=A_MINUTE, when=when)
            seen = "it has returned, and `stop.is_set()` is false."
            require(scene.stop.is_set(), "`stop()` sets the event that was passed in.", seen, scene.made_at)
            close_waits(scene.stop_worker, threads=scene.threads, when="when called for the second time")


def put_later(scene: Scene) -> None:
    time.sleep(LONG_JOB + 1)
    scene.jobs.put("another job")


@task.item("d")
def nothing_is_left(solution: Any) -> None:
    """Leak check: after `Worker.stop()` no thread is left."""
    for is_busy in (True, False):
        for is_stopped in (True, False):
            state = "with a job in hand" if is_busy else "while the worker was idle"
            with nothing_left(f"after `stop()`, called {state},"):
                scene = Scene(solution, latency=1.0)
                if is_busy:
                    scene.occupy()
                    scene.jobs.put("the next job")
                if is_stopped:
                    scene.stop.set()
                Call(put_later, scene)
                call = Call(scene.stop_worker)
                # Without a job, a `stop()` that does not return is the business of 1.2c.
                returned = call.ended(within=A_MINUTE) or not is_busy
                seen = "`stop()` had not returned a minute after it was called."
                require(returned, "after `stop()` no thread is left.", seen, call.place)
