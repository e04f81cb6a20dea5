"""Task 1.3, the loop with a default branch: `consume(jobs, handle)`."""

from __future__ import annotations

import asyncio
import queue
import threading
import time
from collections.abc import Callable
from math import inf
from typing import Any

from autograder.checking import Failed, Task
from autograder.probes import processor, threads
from autograder.probes.stubs import Stub
from autograder.probes.tasks import Call, WakeUps, ends_as_cancelled, nothing_left, until
from autograder.probes.words import duration, quoted, require

task = Task("1.3", needs=("consume(jobs, handle)",))

IDLE = 10.0
MOST_WAKE_UPS = 2
"""A second."""

RARELY_WAKES = "with nothing to do, `consume` waits on the queue: it wakes at most twice a second."

SETTLED = 0.020
"""Seconds after which `consume` has begun to wait."""

PUTS = ((0.237, ()), (0.411, (0.0,)), (0.673, (0.001,)), (0.159, (0.003,)), (0.533, (0.0, 0.002)), (3600.0, ()))
"""Seconds of pause before a job is put, and before each of those that follow it: a poller is met in every phase, and
one that does not wait for long has given up before the last."""

HANDLED_WITHIN = 0.010
HANDLED_IN_A_THREAD_WITHIN = 0.100
"""Seconds; threads take real time, and the machine may be busy."""

CPU_SHARE = 0.05
PATIENCE = 1.0


class Consumer:
    """A running `consume`, its queue and its `handle`."""

    def __init__(self, consume: Callable[..., Any], cancels_when: str = "") -> None:
        loop = asyncio.get_running_loop()
        self.threads = threads.Started()
        self.jobs: asyncio.Queue[str] = asyncio.Queue()

        def handled(job: Any) -> None:
            if job == cancels_when:
                loop.call_soon_threadsafe(self.call.cancel)

        self.handle = Stub("handle(job)", returns=handled)
        self.call = Call(consume, self.jobs, self.handle.function)

    def runs(self, moment: str, may_return: bool = True) -> None:
        """Requires that it has not ended with an error."""
        has_ended = self.call.done if not may_return else self.call.error
        seen = f"{moment}, it had {self.call.ending}."
        require(not has_ended, "`consume` waits for jobs until it is cancelled.", seen, self.call.place)


@task.item("a")
async def waits_on_the_queue(solution: Any) -> None:
    """It waits on the queue, without polling: a job is handled within 10 ms of its put."""
    consumer = Consumer(solution.consume)
    await asyncio.sleep(SETTLED)
    await stays_asleep(consumer, "before the first job")
    await handles_promptly(consumer, ())
    await stays_asleep(consumer, "after the first job")
    for pause, gaps in PUTS:
        await (asyncio.sleep(pause) if pause < IDLE else stays_asleep(consumer, "with no job in an hour", pause))
        await handles_promptly(consumer, gaps)
    await stays_asleep(consumer, "after the last job")


async def stays_asleep(consumer: Consumer, moment: str, seconds: float = IDLE) -> None:
    most = round(MOST_WAKE_UPS * seconds) + 1  # one at the edge
    of_threads = threads.Work(consumer.threads.running())
    wake_ups = await WakeUps.counted(seconds, most)
    consumer.runs(moment)
    require(not wake_ups.too_many, RARELY_WAKES, f"{moment}, {wake_ups.said}.", wake_ups.place, consumer.call.place)
    seen = f"{moment}, a thread of it worked: {of_threads.said}."
    require(of_threads.wake_ups <= most, RARELY_WAKES, seen, of_threads.place)


async def handles_promptly(consumer: Consumer, gaps: tuple[float, ...]) -> None:
    handle, put_at, before = consumer.handle, {}, len(consumer.handle.calls)
    for gap in (None, *gaps):
        if gap:
            await asyncio.sleep(gap)
        job = f"job {before + len(put_at) + 1}"
        put_at[job] = asyncio.get_running_loop().time()
        consumer.jobs.put_nowait(job)
    await asyncio.sleep(HANDLED_WITHIN)
    await until(lambda: len(handle.calls) >= before + len(put_at) or consumer.call.done)
    expected = "a job is handled within 10 ms of its put, the second of two in quick succession as well."
    for number, (job, time_put) in enumerate(put_at.items(), start=1):
        which = "a job" if len(put_at) == 1 else f"number {number} of {len(put_at)} jobs in quick succession"
        calls = [each for each in handle.calls if each.argument == job]
        others = [each.argument for each in handle.calls[before:] if each.argument not in list(put_at)]
        if not calls:
            consumer.runs(f"when {which} had been put", may_return=False)
            instead = f"`handle` was called with {quoted(others[0])}, which is not what was put." if others else ""
            raise Failed(expected, instead or f"{which} was not handled.", consumer.call.place)
        require(len(calls) == 1, expected, f"{which} was handled {len(calls)} times.", calls[-1].place)
        took = calls[0].began - time_put
        limit = HANDLED_IN_A_THREAD_WITHIN if calls[0].runner is not threading.current_thread() else HANDLED_WITHIN
        require(took <= limit, expected, f"{which} was handled {duration(took)} after its put.", calls[0].place)


CANCELLATIONS = ((0, False, ()), (1, False, (0.0, 0.001)), (3, False, (0.001,)), (1, True, (0.001,)))
"""How many jobs were handled before, whether it is cancelled in `handle`, and the seconds after which jobs are put."""


@task.item("b")
async def ends_when_cancelled(solution: Any) -> None:
    """Cancelled, it ends within 100 ms as cancelled, takes no further job and leaves nothing behind."""
    for earlier_jobs, in_handle, puts in CANCELLATIONS:
        async with nothing_left("when `consume` has been cancelled and has ended"):
            consumer = Consumer(solution.consume, cancels_when="the last job")
            for number in range(earlier_jobs):
                await asyncio.sleep(0.003)
                consumer.jobs.put_nowait(f"job {number}")
            await asyncio.sleep(SETTLED)
            consumer.runs("with nothing to do", may_return=False)
            if in_handle:
                consumer.jobs.put_nowait("the last job")
                await until(lambda consumer=consumer: consumer.call.cancelled_at < inf)
            if consumer.call.cancelled_at == inf:  # that it does not handle jobs is another item's fault
                consumer.call.cancel()
            await takes_no_later_job(consumer, puts)


async def takes_no_later_job(consumer: Consumer, puts: tuple[float, ...]) -> None:
    for pause in puts:
        if pause:
            await asyncio.sleep(pause)
        consumer.jobs.put_nowait("a later job")
    await ends_as_cancelled(consumer.call)
    consumer.jobs.put_nowait("a later job")
    await asyncio.sleep(1)
    expected = "once `consume` is cancelled, no later job is taken or handled."
    late = [each for each in consumer.handle.calls if each.argument == "a later job"]
    require(not late, expected, "a job that was put after `cancel()` was handled.", *(each.place for each in late))
    # One put in the same turn may reach a child before the cancellation does.
    taken = consumer.jobs.qsize() < 1 + sum(pause > 0 for pause in puts)
    seen = "a job put after `cancel()` was taken off the queue, and is lost."
    require(not taken, expected, seen, consumer.call.place)


@task.item("c", clock="real")
def uses_next_to_no_cpu(solution: Any) -> None:
    """Idle, it uses next to no CPU: less than 5 % of the time."""
    # It has a loop in a thread of its own: one that never lets the loop go on can then be measured too.
    made: queue.SimpleQueue[Consumer] = queue.SimpleQueue()

    async def main() -> None:
        made.put(Consumer(solution.consume))
        await asyncio.Event().wait()

    threading.Thread(target=asyncio.run, args=(main(),), daemon=True).start()
    consumer = made.get()
    for moment in ("before the first job", "after a job"):
        time.sleep(SETTLED)
        share = processor.idle_share(CPU_SHARE, watch=lambda moment=moment: consumer.runs(moment))
        seen = f"{moment}, it used {share * 100:.1f} % of a processor."
        if share >= CPU_SHARE:
            expected = "with nothing to do, `consume` uses less than 5 % of a processor."
            raise Failed(expected, seen, processor.busiest_line())
        consumer.call.task.get_loop().call_soon_threadsafe(consumer.jobs.put_nowait, "job")
        threads.until(lambda: consumer.handle.calls, PATIENCE)
