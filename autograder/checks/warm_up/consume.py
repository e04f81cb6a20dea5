"""Task 1.3, the loop with a default branch: `consume(jobs, handle)`."""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import os
import re
import reprlib
import sys
import threading
import time
import types
from collections import Counter
from collections.abc import Callable
from math import inf
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from autograder.checking import Failed, Task, where
from autograder.run.virtual_time import threads_run
from course import leaks

task = Task("1.3", needs=("consume",))

Consume = Callable[..., Any]

IDLE = 10.0
MOST_WAKE_UPS = 2
"""A second."""

BURST = 0.001
"""Seconds within which all that the loop does is one wake-up."""

WATCHED = 1.5
MOST_SWITCHES = 8
"""Three for the wake-ups that are allowed in so many real seconds; a thread that spins, which is another item's fault,
is made to wait for the interpreter's lock a few times."""

SETTLED = 0.020
"""Seconds after which `consume` has begun to wait."""

HANDLED_WITHIN = 0.010
HANDLED_IN_A_THREAD_WITHIN = 0.100
"""Seconds; threads take real time, and the machine may be busy."""

PATIENCE = 1.0
PUTS = (
    (0.237, ()),
    (0.411, (0.0,)),
    (0.673, (0.001,)),
    (0.159, (0.003,)),
    (0.533, (0.0, 0.002)),
    (3600.0, ()),
)
"""Seconds of pause before a job is put, and before each of those that follow it: a poller is met in every phase, and
one that does not wait for long has given up before the last."""

ENDED_WITHIN = 0.100


class Cancellation(NamedTuple):
    """When `consume` is cancelled: after so many jobs and so many seconds of idleness, or during the next job; and
    whether another job is put while it ends."""

    jobs: int
    idle: float
    in_hand: bool = False
    another_put: bool = False

    @property
    def moment(self) -> str:
        return "during `handle(job)`" if self.in_hand else "while it waited for a job"


CANCELLATIONS = (
    Cancellation(jobs=0, idle=0.010),
    Cancellation(jobs=1, idle=0.020, another_put=True),
    Cancellation(jobs=3, idle=0.031, another_put=True),
    Cancellation(jobs=1, idle=0.005, in_hand=True),
)

CPU_SHARE = 0.05
WINDOW = 0.12
"""Seconds over which the processor time is taken."""

WAKE_UPS = 20
WAKE_UP_EVERY = 0.005
"""How many wake-ups show what one takes here, and the seconds between them: as polling near the limit has them."""

WAKE_UP_COSTS = 50e-6
"""Seconds of processor time that an event loop with nothing else to do takes for a wake-up, where waking is cheap."""

DEAREST = 2
"""How many times as dear a wake-up may be before no more is allowed for it; a spinner is far above the limit still."""

BEGINNING = 0.5
LONGEST_BEGINNING = 2.5
"""Seconds of processor time, and of time where the machine is busy, after which only a spinner is still at work."""

SAMPLES = 100
"""How often the threads are looked at to see where the processor time goes."""


CANCELLING = "the job during which `consume` is cancelled"
LATER = "put "


class Consumer:
    """A running `consume`, its queue, and what it has handled and when."""

    def __init__(self, consume: Consume) -> None:
        self.consume = consume
        self.jobs: asyncio.Queue[str] = asyncio.Queue()
        self.handled: list[Any] = []
        self.times: dict[str, float] = {}
        self.in_threads = False
        self.ended = inf
        self._loop = asyncio.get_running_loop()

        def handle(job: Any) -> None:
            self._handle(job)

        handle.__qualname__ = "handle"  # as an error names it
        self._handler = handle
        self.task = self._loop.create_task(self._run())
        self.task.add_done_callback(self._note_end)

    async def _run(self) -> None:
        running = self.consume(self.jobs, self._handler)
        if not inspect.isawaitable(running):
            seen = f"calling it gave {reprlib.repr(running)}, which cannot be awaited."
            raise Failed("`consume` is an `async def`.", seen, where(self.consume))
        await running

    def _handle(self, job: Any) -> None:
        self.handled.append(job)
        self.in_threads = asyncio._get_running_loop() is not self._loop
        if isinstance(job, str) and job not in self.times:
            self.times[job] = self._loop.time()
            if job == CANCELLING:
                self._loop.call_soon_threadsafe(self.task.cancel)

    def _note_end(self, _: asyncio.Task[None]) -> None:
        self.ended = self._loop.time()

    @property
    def error(self) -> BaseException | None:
        """What `consume` has ended with, if it has ended with an error."""
        if not self.task.done():
            return None
        return asyncio.CancelledError() if self.task.cancelled() else self.task.exception()

    def raise_error(self) -> None:
        """Raises that error."""
        if isinstance(self.error, asyncio.CancelledError):
            seen = "it ended with a `CancelledError`, and nobody had cancelled it."
            raise Failed("`consume` runs until it is cancelled.", seen, where(self.consume))
        if self.error:
            raise self.error

    @property
    def place(self) -> str:
        """Where it waits now, or where it is defined if it has ended."""
        return where(self.task) or where(self.consume)


@task.item("a", seconds=8)
async def waits_on_the_queue(solution: Any) -> None:
    """It waits on the queue, without polling: a job is handled within 10 ms of its put."""
    consumer = Consumer(solution.consume)
    await asyncio.sleep(SETTLED)
    consumer.raise_error()
    await _stays_asleep(consumer, "before the first job")
    await _handles_promptly(consumer, ())
    await _stays_asleep(consumer, "after the first job")
    for pause, gaps in PUTS:
        if pause > IDLE:
            await _stays_asleep(consumer, "with no job in an hour", pause)
        else:
            await asyncio.sleep(pause)
        await _handles_promptly(consumer, gaps)
    _threads_stay_asleep()
    await _stays_asleep(consumer, "after the last job")


async def _stays_asleep(consumer: Consumer, moment: str, seconds: float = IDLE) -> None:
    wake_ups = WakeUps(MOST_WAKE_UPS * seconds + 1)  # one at the edge
    await wake_ups.counted(seconds)
    _has_not_given_up(consumer, seconds)
    if wake_ups.too_many:
        raise Failed(
            "with nothing to do, `consume` waits on the queue: it wakes at most twice a second.",
            f"{moment}, it woke {wake_ups.number} times in {_in_words(wake_ups.seconds)}.",
            wake_ups.place or consumer.place,
        )


def _has_not_given_up(consumer: Consumer, idle: float) -> None:
    if error := consumer.error:
        expected = "with nothing to do, `consume` waits on the queue, for as long as no job comes."
        seen = f"when none had come for {idle:g} s, it had ended with {error!r}."
        raise Failed(expected, seen, where(error) or where(consumer.consume))


def _threads_stay_asleep() -> None:
    """Threads take real time, so they are watched for a while of it, where there are any."""
    if threading.active_count() == 1:
        return
    with contextlib.ExitStack() as stack:
        opened = {}
        for thread in set(threading.enumerate()) - {threading.current_thread()}:
            with contextlib.suppress(OSError):
                file = stack.enter_context(open(f"/proc/self/task/{thread.native_id}/status", "rb"))
                opened[thread] = file.fileno()
        before = {thread: _switches(descriptor) for thread, descriptor in opened.items()}
        time.sleep(WATCHED)
        for thread, descriptor in opened.items():
            if (woke := _switches(descriptor) - before[thread]) > MOST_SWITCHES:
                raise Failed(
                    "with nothing to do, `consume` waits on the queue: it wakes at most twice a second.",
                    f"the thread {thread.name!r} woke {woke} times in {_in_words(WATCHED)}.",
                    where(thread),
                )


def _switches(status: int) -> int:
    """How often a thread has given up its processor to wait, as Linux says in its `status`; 0 if it has ended."""
    with contextlib.suppress(OSError):
        # A single call: each lets go of the interpreter's lock, which makes a thread that spins wait for it.
        if match := re.search(rb"^voluntary_ctxt_switches:\s+(\d+)", os.pread(status, 8192, 0), re.MULTILINE):
            return int(match[1])
    return 0


class WakeUps:
    """Counts how often the running loop is given something to do, by whatever means: tasks, timers, threads."""

    def __init__(self, most: float) -> None:
        self.number = 0
        self.seconds = 0.0
        self._most = most
        self._burst = float("-inf")
        self._by: Counter[Any] = Counter()
        self._loop = asyncio.get_running_loop()
        self._over = self._loop.create_future()

    @property
    def too_many(self) -> bool:
        return self.number > self._most

    async def counted(self, seconds: float) -> None:
        """Counts for so many seconds, or until there were too many."""
        start = self._loop.time()
        timer = self._loop.call_later(seconds, self._stop)
        for name in ("call_soon", "call_soon_threadsafe", "call_at"):
            setattr(self._loop, name, self._counting(getattr(self._loop, name)))
        await self._over
        timer.cancel()
        self.seconds = self._loop.time() - start

    @property
    def place(self) -> str:
        """Where the task or callback is that has given the loop most to do."""
        return next(filter(None, (where(by) for by, _ in self._by.most_common())), "")

    def _counting(self, schedule: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*args: Any, **kwargs: Any) -> Any:
            self._note(asyncio.current_task(self._loop) or next(filter(inspect.isfunction, args), None))
            return schedule(*args, **kwargs)

        return counted

    def _note(self, by: asyncio.Task[Any] | Callable[..., Any] | None) -> None:
        now = self._loop.time()
        if by:
            self._by[by] += 1
        if now - self._burst > BURST:
            self._burst = now
            self.number += 1
            if self.too_many:
                self._stop()

    def _stop(self) -> None:
        if not self._over.done():
            for name in ("call_soon", "call_soon_threadsafe", "call_at"):
                delattr(self._loop, name)
            self._over.set_result(None)


async def _handles_promptly(consumer: Consumer, gaps: tuple[float, ...]) -> None:
    loop = asyncio.get_running_loop()
    put: dict[str, float] = {}
    handled_before = len(consumer.handled)
    for gap in (0.0, *gaps):
        if gap:
            await asyncio.sleep(gap)
        job = f"job {loop.time():.6f}-{len(put)}"
        put[job] = loop.time()
        consumer.jobs.put_nowait(job)
    await asyncio.sleep(HANDLED_WITHIN)
    if not consumer.times.keys() >= put.keys():
        await asyncio.sleep(PATIENCE)  # to say how late it is
    consumer.raise_error()
    for number, (job, time_put) in enumerate(put.items(), start=1):
        which = "a job" if len(put) == 1 else f"number {number} of {len(put)} jobs in quick succession"
        expected = "a job is handled within 10 ms of its put, the second of two in quick succession as well."
        times = consumer.handled.count(job)
        took = consumer.times.get(job, inf) - time_put
        if times > 1:
            seen = f"{which} was handled {times} times."
        elif took < inf:
            seen = f"{which} was handled {_in_words(took)} after its put."
        elif consumer.task.done():
            seen = f"{which} was not handled: `consume` had returned."
        elif others := [it for it in consumer.handled[handled_before:] if it not in list(put)]:
            seen = f"`handle` was called with {reprlib.repr(others[0])}, which is not what was put."
        else:
            seen = f"{which} was not handled within {PATIENCE:g} s."
        if times != 1 or took > (HANDLED_IN_A_THREAD_WITHIN if consumer.in_threads else HANDLED_WITHIN):
            raise Failed(expected, seen, consumer.place)


@task.item("b", seconds=2)
async def ends_when_cancelled(solution: Any) -> None:
    """Cancelled, it ends within 100 ms as cancelled, takes no further job and leaves nothing behind."""
    for cancellation in CANCELLATIONS:
        before = leaks.ignore_current()
        consumer = Consumer(solution.consume)
        for number in range(cancellation.jobs):
            await asyncio.sleep(0.003)
            consumer.jobs.put_nowait(f"job {number}")
        await asyncio.sleep(cancellation.idle)
        consumer.raise_error()
        if consumer.task.done():
            raise Failed("`consume` runs until it is cancelled.", "it returned.", where(consumer.consume))
        cancelled = await _cancel(consumer, cancellation)
        await _ends_as_cancelled(consumer, cancellation, cancelled)
        found = await leaks.find_async(before)
        place = where(found[0]) if found else where(consumer.consume)
        await _took_no_later_job(consumer, cancellation, place)
        if found:
            first, *others = found
            more = f" and {len(others)} more" if others else ""
            expected = "nothing is left when `consume` has been cancelled and has ended."
            raise Failed(expected, f"left behind: {first.kind} {first.name!r}{more}.", where(first))


async def _cancel(consumer: Consumer, cancellation: Cancellation) -> float:
    """Cancels it, and returns the loop's time at which it was cancelled."""
    loop = asyncio.get_running_loop()
    if cancellation.in_hand:
        consumer.jobs.put_nowait(CANCELLING)
        for _ in range(1000):
            if CANCELLING in consumer.times:
                return consumer.times[CANCELLING]
            await asyncio.sleep(0.001)
        # That it does not handle jobs is another item's fault.
    consumer.task.cancel()
    return loop.time()


async def _ends_as_cancelled(consumer: Consumer, cancellation: Cancellation, cancelled: float) -> None:
    await asyncio.sleep(BURST)
    if cancellation.another_put:
        consumer.jobs.put_nowait(LATER + "1 ms after the cancellation")
    await asyncio.wait({consumer.task}, timeout=ENDED_WITHIN - BURST)
    await asyncio.sleep(0)  # the end is noted a turn after it
    took = consumer.ended - cancelled
    if took > ENDED_WITHIN + BURST:
        still = "it is still running" if took == inf else f"it had not ended: that took {_in_words(took)}"
        seen = f"100 ms after it was cancelled {cancellation.moment}, {still}."
        raise Failed("cancelling `consume` ends it within 100 ms.", seen, consumer.place)
    if not consumer.task.cancelled():
        expected = "cancelling `consume` ends it, and its task counts as cancelled."
        error = consumer.task.exception()
        ended = (
            f"ended with {type(error).__name__}: {error}" if error else "returned: it swallowed the `CancelledError`."
        )
        seen = f"cancelled {cancellation.moment}, it {ended}"
        raise Failed(expected, seen, where(error) if error else where(consumer.consume))


async def _took_no_later_job(consumer: Consumer, cancellation: Cancellation, place: str) -> None:
    consumer.jobs.put_nowait(LATER + "after it had ended")
    await asyncio.sleep(PATIENCE)
    expected = "once `consume` is cancelled, no later job is taken or handled."
    if late := [job for job in consumer.handled if str(job).startswith(LATER)]:
        raise Failed(expected, f"a job {late[0]} was handled.", place)
    if consumer.jobs.qsize() < 1 + cancellation.another_put:
        raise Failed(expected, "a later job was taken off the queue, and so is lost.", place)


@task.item("c", seconds=8, clock="real")
def uses_next_to_no_cpu(solution: Any) -> None:
    """Idle, it uses next to no CPU: less than 5 % of the time."""
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
    time.sleep(SETTLED)
    _uses_no_cpu(consumer, "before the first job")
    consumer.task.get_loop().call_soon_threadsafe(consumer.jobs.put_nowait, "job")
    deadline = time.monotonic() + PATIENCE
    while not consumer.handled and time.monotonic() < deadline:
        time.sleep(0.001)
    time.sleep(SETTLED)
    _uses_no_cpu(consumer, "after a job")


def _uses_no_cpu(consumer: Consumer, moment: str) -> None:
    shares = []
    start, used = time.monotonic(), time.process_time()
    # What idles may have to begin with something else, an import for example; what spins always spins.
    while time.process_time() - used < BEGINNING and time.monotonic() - start < LONGEST_BEGINNING:
        consumer.raise_error()
        shares.append(_cpu_share(WINDOW))
        if shares[-1] < CPU_SHARE:
            return
    share = median(shares)
    if share < CPU_SHARE * asyncio.run(_dearness()):
        return
    raise Failed(
        "with nothing to do, `consume` uses less than 5 % of a processor.",
        f"{moment}, it used {share * 100:.1f} %.",
        _spinning_in_loop(consumer) or _busiest_line() or consumer.place,
    )


def _cpu_share(seconds: float) -> float:
    """The share of a processor that other threads than this one use over so many seconds.

    A thread may be kept from the processor by other work: what counts is what it uses of the time in which it is not.
    """
    used, before, start = _used(), _schedule(), time.monotonic()
    time.sleep(seconds)
    while True:
        elapsed = time.monotonic() - start
        queued = threads_run()
        now = _schedule()
        share = max((_used() - used) / elapsed, sum(now[it].share(before[it], elapsed) for it in now.keys() & before))
        if share >= CPU_SHARE or elapsed > PATIENCE or not queued:
            return share
        time.sleep(0.010)  # how long a thread has waited is counted when it gets its turn


async def _dearness() -> float:
    """How many times as much processor time this loop takes for a wake-up as one does where waking is cheap.

    Inside a sandbox, or on a machine that is busy, it takes several times as much; polling, which is another item's
    fault, may then be at the limit.
    """
    used = time.thread_time()
    for _ in range(WAKE_UPS):
        await asyncio.sleep(WAKE_UP_EVERY)
    return min(max((time.thread_time() - used) / WAKE_UPS / WAKE_UP_COSTS, 1), DEAREST)


def _used() -> float:
    """Seconds of processor time that other threads than this one have used, ended ones as well."""
    return time.process_time() - time.thread_time()


class Scheduled(NamedTuple):
    """Seconds for which a thread has run, and has waited for a processor."""

    ran: float
    waited: float

    def share(self, before: Scheduled, elapsed: float) -> float:
        """The share of a processor that it has used since then, of the time in which it did not wait for one."""
        ran, waited = self.ran - before.ran, self.waited - before.waited
        return ran / max(elapsed - waited, ran) if ran else 0.0


def _schedule() -> dict[int, Scheduled]:
    """How the other threads than this one were scheduled so far, by their native identifiers. Known on Linux only."""
    threads = {}
    for thread in Path("/proc/self/task").glob("*"):
        if thread.name != str(threading.get_native_id()):
            with contextlib.suppress(OSError, ValueError):
                ran, waited, _ = (thread / "schedstat").read_text().split()
                threads[int(thread.name)] = Scheduled(int(ran) / 1e9, int(waited) / 1e9)
    return threads


def _spinning_in_loop(consumer: Consumer) -> str:
    """Where the task or callback is that keeps the consumer's loop busy, if the loop still goes round."""

    async def counted() -> WakeUps:
        wake_ups = WakeUps(most=20)
        await wake_ups.counted(0.1)
        return wake_ups

    try:
        wake_ups = asyncio.run_coroutine_threadsafe(counted(), consumer.task.get_loop()).result(timeout=0.5)
    except TimeoutError:
        return ""
    return wake_ups.place if wake_ups.too_many else ""


def _busiest_line() -> str:
    """The line of the learner's code that threads other than this one are in most often."""
    sys.setswitchinterval(0.0001)  # or else a spinner gives way at the same few lines only
    seen: Counter[str] = Counter()
    for _ in range(SAMPLES):
        time.sleep(0.001)
        for ident, top in sys._current_frames().items():
            frame = None if ident == threading.get_ident() else top
            while frame and not (place := where(_as_frame(frame))):
                frame = frame.f_back
            if frame:
                seen[place] += 1
    return seen.most_common(1)[0][0] if seen else ""


def _as_frame(frame: types.FrameType) -> leaks.Frame:
    return leaks.Frame(frame.f_code.co_filename, frame.f_lineno, frame.f_code.co_name)


def _in_words(seconds: float) -> str:
    return f"{seconds:.2f} s" if seconds >= 1 else f"{seconds * 1000:.0f} ms"
