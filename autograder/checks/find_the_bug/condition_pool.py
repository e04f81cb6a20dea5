"""Program 12.16, workers that nobody tells to end: `Pool(size)` with `submit(job)` and `close()`."""

from __future__ import annotations

import time
from typing import Any

from autograder.checking import Task, where
from autograder.checks.find_the_bug._choices import broken_principle, observation
from autograder.probes.stubs import Stub
from autograder.probes.threads import Started, close_waits, nothing_left
from autograder.probes.words import count, require

task = Task("12.16", needs=("Pool(size)",))

happens = observation(
    task,
    a="`close()` joins all three threads. Can it return while one of them still sleeps?",
    b="One of them at least is woken, sees that the pool closes and that there is no job, and returns.",
    d="`close()` joins all three of them, without a timeout, before it returns.",
)
principle = broken_principle(
    task,
    "b",
    a="The pool knows its threads, and it is the pool that ends them: it is the owner.",
    c="There is a wait point, and that is where the trouble is seen: `close` waits there for all of them.",
    d="The wait of a worker is made to be ended by `close`: what it waits for is a job *or* the end.",
    f="`wait_for` gives the lock back while it waits, and `join` comes after the block.",
    h="No error is raised here.",
)


@task.item("c")
def every_worker_ends(solution: Any) -> None:
    """Mended: `close()` ends every thread, idle or busy; each job that was submitted before is run, once."""
    for size in (1, 4):
        for jobs in (0, 1, 3 * size):
            state = f"{count(size, 'thread')} and {count(jobs, 'unfinished job')}"
            first, job = Stub("job()", latency=0.1), Stub("job()", latency=60.0)
            with nothing_left(f"after `close()` of a pool with {state}"):
                started = Started()
                pool = solution.Pool(size)
                for _ in range(2 * size):
                    pool.submit(first.function)
                time.sleep(2)
                for _ in range(jobs):
                    pool.submit(job.function)
                time.sleep(0.1)
                close_waits(pool.close, job, threads=started.running, when=f"with {state}")
            for each, number in ((first, 2 * size), (job, jobs)):
                seen = f"of {number} jobs, {len(each.calls)} were run in a pool with {state}."
                expected = "each job that was submitted before `close()` is run, once."
                require(len(each.calls) == number, expected, seen, where(solution.Pool))
                seen = f"in a pool of {size} there were at most {each.most_at_once} at once."
                at_once = each.most_at_once == min(size, number)
                require(at_once, "`size` jobs run at once.", seen, where(solution.Pool))
