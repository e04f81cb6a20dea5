"""Task 1.3, the loop with a default branch: `consume(jobs, handle)`."""

from __future__ import annotations

import asyncio
import inspect
import reprlib
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

from autograder.checking import Failed, item, retried, where
from course import leaks

Consume = Callable[..., Any]

IDLE = 10.0
MOST_WAKE_UPS = 21
"""Two for each second of `IDLE`, and the one at its edge."""

BURST = 0.001
"""Seconds within which all that the loop does is one wake-up."""

HANDLED_WITHIN = 0.010
PUTS = (
    (0.237, ()),
    (0.411, (0.0,)),
    (0.673, (0.001,)),
    (0.159, (0.003,)),
    (0.533, (0.0, 0.002)),
    (0.871, ()),
)
"""Seconds of pause before a job is put, and before each of those that follow it: a poller is met in every phase."""

ENDED_WITHIN = 0.100
CANCELLATIONS = ((0, 0.030), (1, 0.070), (3, 0.110))
"""How many jobs are handled before `consume` is cancelled, and how many seconds it has been idle then."""

CPU_SHARE = 0.05
WINDOW = 0.12
"""Seconds over which the processor time is taken."""


class Consumer:
    """A running `consume`, its queue, and what it has handled and when."""

    def __init__(self, consume: Consume) -> None:
        self.consume = consume
        self.jobs: asyncio.Queue[str] = asyncio.Queue()
        self.handled: list[str] = []
        self.times: dict[str, float] = {}
        self.task = asyncio.create_task(self._run())

    async def _run(self) -> None:
        running = self.consume(self.jobs, self._handle)
        if not inspect.isawaitable(running):
            seen = f"calling it gave {reprlib.repr(running)}, which cannot be awaited."
            raise Failed("`consume` is an `async def`.", seen, where(self.consume))
        await running

    def _handle(self, job: str) -> None:
        self.handled.append(job)
        self.times.setdefault(job, asyncio.get_running_loop().time())

    def raise_error(self) -> None:
        """Raises what `consume` has ended with, if it has ended with an error."""
        if self.task.done():
            self.task.result()

    @property
    def place(self) -> str:
        """Where it waits now, or where it is defined if it has ended."""
        return where(self.task) or where(self.consume)


@item("1.3a", needs=("consume",), seconds=3)
async def waits_on_the_queue(solution: Any) -> None:
    """No polling branch: it waits on the queue (idle, it wakes at most twice a second), and a job is handled within
    10 ms of its put."""
    consumer = Consumer(solution.consume)
    await asyncio.sleep(0.020)
    await _stays_asleep(consumer, "before the first job")
    for pause, gaps in PUTS:
        await asyncio.sleep(pause)
        await _handles_promptly(consumer, gaps)
    await _stays_asleep(consumer, "after the last job")


async def _stays_asleep(consumer: Consumer, moment: str) -> None:
    wake_ups = WakeUps(MOST_WAKE_UPS)
    await wake_ups.counted(IDLE)
    consumer.raise_error()
    if wake_ups.number > MOST_WAKE_UPS:
        raise Failed(
            "with nothing to do, `consume` waits on the queue: it wakes at most twice a second.",
            f"{moment}, it woke {wake_ups.number} times in {wake_ups.seconds * 1000:.0f} ms.",
            (wake_ups.culprit and where(wake_ups.culprit)) or consumer.place,
        )


class WakeUps:
    """Counts how often the running loop is given something to do, by whatever means: tasks, timers, threads."""

    def __init__(self, most: int) -> None:
        self.number = 0
        self.seconds = 0.0
        self._most = most
        self._burst = float("-inf")
        self._by: Counter[asyncio.Task[Any]] = Counter()
        self._loop = asyncio.get_running_loop()
        self._over = self._loop.create_future()

    async def counted(self, seconds: float) -> None:
        """Counts for so many seconds, or until there were more than `most`."""
        start = self._loop.time()
        timer = self._loop.call_later(seconds, self._stop)
        for name in ("call_soon", "call_soon_threadsafe", "call_at"):
            setattr(self._loop, name, self._counting(getattr(self._loop, name)))
        await self._over
        timer.cancel()
        self.seconds = self._loop.time() - start

    @property
    def culprit(self) -> asyncio.Task[Any] | None:
        """The task that has given the loop most to do."""
        return max(self._by, key=self._by.__getitem__, default=None)

    def _counting(self, schedule: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*args: Any, **kwargs: Any) -> Any:
            self._note()
            return schedule(*args, **kwargs)

        return counted

    def _note(self) -> None:
        now = self._loop.time()
        if task := asyncio.current_task(self._loop):
            self._by[task] += 1
        if now - self._burst > BURST:
            self._burst = now
            self.number += 1
            if self.number > self._most:
                self._stop()

    def _stop(self) -> None:
        if not self._over.done():
            for name in ("call_soon", "call_soon_threadsafe", "call_at"):
                delattr(self._loop, name)
            self._over.set_result(None)


async def _handles_promptly(consumer: Consumer, gaps: tuple[float, ...]) -> None:
    loop = asyncio.get_running_loop()
    put: dict[str, float] = {}
    for gap in (0.0, *gaps):
        if gap:
            await asyncio.sleep(gap)
        job = f"job {loop.time():.6f}-{len(put)}"
        put[job] = loop.time()
        consumer.jobs.put_nowait(job)
    await asyncio.sleep(1.0)
    consumer.raise_error()
    for number, (job, time_put) in enumerate(put.items(), start=1):
        which = "a job" if len(put) == 1 else f"number {number} of {len(put)} jobs in quick succession"
        expected = "a job is handled within 10 ms of its put, the second of two in quick succession as well."
        times = consumer.handled.count(job)
        if times != 1:
            seen = f"{which} was handled {times} times." if times else f"{which} was not handled within 1 s."
            if not times and consumer.task.done():
                seen = f"{which} was not handled: `consume` had returned."
            raise Failed(expected, seen, consumer.place)
        took = consumer.times[job] - time_put
        if took > HANDLED_WITHIN:
            raise Failed(expected, f"{which} was handled {took * 1000:.0f} ms after its put.", consumer.place)


@item("1.3b", needs=("consume",), seconds=3)
async def ends_when_cancelled(solution: Any) -> None:
    """Cancelling it ends it within 100 ms and the task counts as cancelled; no later job is taken or handled, and
    nothing is left (leak check)."""
    for jobs, idle in CANCELLATIONS:
        before = leaks.ignore_current()
        consumer = Consumer(solution.consume)
        for number in range(jobs):
            await asyncio.sleep(0.010)
            consumer.jobs.put_nowait(f"job {number}")
        await asyncio.sleep(idle)
        consumer.raise_error()
        if consumer.task.done():
            seen = f"it returned by itself after {jobs} jobs."
            raise Failed("`consume` runs until it is cancelled.", seen, where(consumer.consume))
        await _ends_as_cancelled(consumer)
        await _takes_no_later_job(consumer)
        if found := await leaks.find_async(before):
            first, *others = found
            more = f" and {len(others)} more" if others else ""
            raise Failed(
                "nothing is left when `consume` has been cancelled and has ended.",
                f"left behind: {first.kind} {first.name!r}{more}.",
                where(first),
            )


async def _ends_as_cancelled(consumer: Consumer) -> None:
    consumer.task.cancel()
    await asyncio.sleep(0.001)
    consumer.jobs.put_nowait("put while it ends")
    await asyncio.wait({consumer.task}, timeout=ENDED_WITHIN - 0.001)
    if not consumer.task.done():
        seen = "100 ms after it was cancelled, it is still running."
        raise Failed("cancelling `consume` ends it within 100 ms.", seen, consumer.place)
    if not consumer.task.cancelled():
        expected = "cancelling `consume` ends it, and its task counts as cancelled."
        if error := consumer.task.exception():
            raise Failed(expected, f"it ended with {reprlib.repr(error)}.", where(error))
        seen = "it returned as if it had not been cancelled: the `CancelledError` was caught and not raised again."
        raise Failed(expected, seen, where(consumer.consume))


async def _takes_no_later_job(consumer: Consumer) -> None:
    left = asyncio.all_tasks() - {asyncio.current_task()}
    consumer.jobs.put_nowait("put after it ended")
    await asyncio.sleep(1.2)
    expected = "once `consume` is cancelled, no later job is taken or handled."
    place = next(filter(None, map(where, left)), where(consumer.consume))
    if late := [job for job in consumer.handled if job.startswith("put ")]:
        raise Failed(expected, f"a job {late[0]} was handled.", place)
    if consumer.jobs.qsize() < 2:
        raise Failed(expected, "a job put after that was taken off the queue, and so is lost.", place)


@item("1.3c", needs=("consume",), seconds=4)
def uses_next_to_no_cpu(solution: Any) -> None:
    """Idle, it uses next to no CPU: less than 5 % of the time, as processor time of the whole process."""
    # The consumer has a loop in a thread of its own: one that never lets the loop go on can then be measured too.
    started = threading.Event()
    consumers: list[Consumer] = []

    async def main() -> None:
        loop = asyncio.get_running_loop()
        loop.call_soon(started.set)
        consumers.append(Consumer(solution.consume))
        await asyncio.Event().wait()

    thread = threading.Thread(target=asyncio.run, args=(main(),), daemon=True)
    thread.start()
    started.wait()
    (consumer,) = consumers
    time.sleep(0.020)
    retried(lambda: _is_idle(consumer, "before the first job"))
    consumer.task.get_loop().call_soon_threadsafe(consumer.jobs.put_nowait, "job")
    time.sleep(0.020)
    retried(lambda: _is_idle(consumer, "after a job"))


def _is_idle(consumer: Consumer, moment: str) -> None:
    consumer.raise_error()
    start, used = time.monotonic(), time.process_time()
    time.sleep(WINDOW)
    seconds, used = time.monotonic() - start, time.process_time() - used
    if used > CPU_SHARE * seconds:
        raise Failed(
            "with nothing to do, `consume` uses less than 5 % of a processor.",
            f"{moment}, it used {used / seconds:.0%}.",
            _busiest_line() or consumer.place,
        )


def _busiest_line() -> str:
    """The line of the learner's code that threads other than this one are in most often."""
    seen: Counter[str] = Counter()
    for _ in range(20):
        time.sleep(0.001)
        for ident, top in sys._current_frames().items():
            frame = None if ident == threading.get_ident() else top
            while frame and not (
                place := where(leaks.Frame(frame.f_code.co_filename, frame.f_lineno, frame.f_code.co_name))
            ):
                frame = frame.f_back
            if frame:
                seen[place] += 1
    return seen.most_common(1)[0][0] if seen else ""
