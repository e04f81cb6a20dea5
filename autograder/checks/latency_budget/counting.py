"""Task 8.1, cancelling what computes: `count(n, stop)`."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from functools import partial
from math import inf
from typing import Any

from autograder.checking import Task, where
from autograder.probes.looks import Computation, Stop
from autograder.probes.services import Service, variant
from autograder.probes.words import count as counted
from autograder.probes.words import duration, error, quoted, require

task = Task("8.1", needs=("count(n, stop)",), clock="real")

WITHOUT_END = 10**9
"""More than anybody counts to in the time of a check."""

LONGEST_GAP = 0.010
NUMBERS_A_LOOK = 100
BUDGET = 0.100
COUNTED = 2_000_000
SHARE_OF_A_LOOP = 0.1
DONE = 2.0
"""Seconds of processor time after which it is taken not to end."""

TRIES = 3
ENDED = 0.6
"""Seconds of processor time after `stop`, when it is not waited for any more."""
BUSY = 30.0
"""Real seconds that a check may take, on a machine that has much else to do."""


@task.item("a", seconds=BUSY)
def it_counts(solution: Any) -> None:
    """It really counts, one by one, and looks at `stop` meanwhile; never stopped, it returns `n`."""
    for n in (1, 2, 99, 100, 12_345, 200_000):
        run = has_ended(Computation(solution.count, n), n)
        seen = f"`count({n}, stop)` returned {quoted(run.result)}."
        require(run.result == n, "if `stop` is never set, `count(n, stop)` returns `n`.", seen, run.place)
    loop = min(time_of(bare_loop, COUNTED) for _ in range(3))
    took = time_of(solution.count, COUNTED, threading.Event())
    expected = "`count` counts one by one: it takes at least a tenth of the processor time of a bare `for`."
    seen = f"to {COUNTED} it took {duration(took)}, and a bare `for` over `range({COUNTED})` {duration(loop)}."
    require(took >= SHARE_OF_A_LOOP * loop, expected, seen, run.place)
    stopped = Computation(solution.count, WITHOUT_END, sets_after=0.05)
    seen = f"it went on counting for {duration(DONE)} of processor time after `stop` was set."
    require(stopped.ended(within=DONE), "`count` looks at `stop` while it counts.", seen, stopped.place)
    far = n * stopped.used / run.used
    expected = "when it is stopped, `count` returns how far it has counted."
    about = f"stopped after {duration(stopped.used)} of processor time, in which it counts to about {far:.0f},"
    seen = f"{about} it {ending(stopped)}."
    is_near = isinstance(stopped.result, int) and far / 10 <= stopped.result <= min(far * 10, WITHOUT_END - 1)
    require(is_near, expected, seen, stopped.place)


def bare_loop(n: int) -> None:
    for _ in range(n):
        pass


def time_of(function: Callable[..., Any], *arguments: Any) -> float:
    """Seconds of processor time that a call takes."""
    began = time.process_time()
    function(*arguments)
    return time.process_time() - began


def ending(run: Computation) -> str:
    return f"raised {error(run.error)}" if run.error else f"returned {quoted(run.result)}"


def has_ended(run: Computation, n: int) -> Computation:
    """Requires that it has, without an error, though nobody stops it."""
    ended = run.ended(within=DONE)
    worked = duration(run.stop.worked)
    seen = f"it {ending(run)}." if ended else f"it had not returned when it had used {worked} of processor time."
    require(ended and not run.error, f"`count({n}, stop)` returns when it has counted to {n}.", seen, run.place)
    return run


@task.item("b", seconds=BUSY)
def it_looks_often_and_cheaply(solution: Any) -> None:
    """It looks at `stop` every 10 ms of its processor time at least, and at most every 100 numbers."""
    for n in (1, 10, 99, 250, 10_000, COUNTED):
        run = has_ended(Computation(solution.count, n), n)
        is_cheap(run, n)
    is_often(run)
    # Blocks that grow are too long only later.
    run = Computation(solution.count, WITHOUT_END, sets_after=1.05)
    run.ended(within=0.5)
    seen = f"`count({WITHOUT_END}, stop)` {'has ended' if run.ended(0) else 'has counted for a second'} without a look."
    require(run.looks, "it looks at `stop` while it counts.", seen, run.place)
    is_often(run)


def is_cheap(run: Computation, n: int) -> None:
    most = n // NUMBERS_A_LOOK + 2
    expected = f"a look at `stop` comes at most every {NUMBERS_A_LOOK} numbers: counting to {n}, at most {most} times."
    require(run.looks <= most, expected, f"it looked {counted(run.looks, 'time')}.", run.place)


def is_often(run: Computation) -> None:
    gap = run.longest_gap(LONGEST_GAP)
    expected = "while it counts it looks at `stop` every 10 ms of its processor time at least, here on this machine."
    seen = f"when it had counted for {duration(gap.began)}, it did not look for {duration(gap.seconds)}."
    require(gap.seconds <= LONGEST_GAP, expected, seen, gap.place, run.place)


@task.item("c", seconds=BUSY)
def it_ends_in_time(solution: Any) -> None:
    """It ends within 100 ms of `stop`, and a service that runs it keeps its budget."""
    for what, function, counted_for in (
        ("`count`", solution.count, 0.0),
        ("`count`", solution.count, 0.2),
        ("a service that runs `count` in a thread of its own", partial(serve, solution.count), 0.1),
    ):
        latency = inf
        for _ in range(TRIES):  # the machine may have held it up
            run = Computation(function, WITHOUT_END, sets_after=counted_for)
            expected = f"{what} ends within 100 ms of `stop`."
            seen = f"it had not ended after {duration(ENDED)} of processor time."
            require(run.ended(within=ENDED), expected, seen, run.place)
            cleared = "`count` cleared it, and whoever else waits for it may never know."
            require(not run.stop.taken_back, "`stop` stays set.", cleared, run.stop.taken_back)
            latency = min(latency, run.latency if function is solution.count else run.result)
            if latency <= BUDGET:
                break
        seen = f"`stop` was set right after a look at it; {what} ended {duration(latency)} later."
        require(latency <= BUDGET, expected, seen, run.stop.place, where(solution.count))


def serve(count: Callable[[int, Stop], Any], n: int, stop: Stop) -> float:
    """Runs a service one of whose threads counts, until `stop`; returns how many seconds later all have ended."""
    counted: list[tuple[float, float]] = []

    def work(service: Service) -> None:
        try:
            count(n, stop)
        finally:
            counted.append((stop.since_set, time.monotonic()))

    for thread in variant(work=work)(stop, sink=lambda message: None)._threads:
        thread.join()
    [(took, at)] = counted
    return min(took + time.monotonic() - at, stop.since_set)  # it may have counted to the end before
