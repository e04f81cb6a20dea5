"""What `course.leaks` costs, beside pyleak, as ratios of what is measured in one run.

    python benchmarks/leaks.py              # about two minutes on a quiet machine
    python benchmarks/leaks.py --short      # a tenth of the tasks and rounds, for a look

Times are medians. The cost of tracking is the median of many ratios of CPU time, each of two runs of the same program,
one right after the other, without and with tracking.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import statistics
import threading
import time
from collections.abc import Awaitable, Callable

import psutil
import pyleak

from course import leaks

TASKS, THREADS = 10_000, 1_000


def milliseconds(function: Callable[[], object], rounds: int) -> float:
    """The median time of a call of `function` in ms."""
    times = []
    for _ in range(rounds):
        began = time.perf_counter()
        function()
        times.append(time.perf_counter() - began)
    return 1000 * statistics.median(times)


async def milliseconds_async(function: Callable[[], Awaitable[object]], rounds: int) -> float:
    """The median time of awaiting a call of `function` in ms."""
    times = []
    for _ in range(rounds):
        began = time.perf_counter()
        await function()
        times.append(time.perf_counter() - began)
    return 1000 * statistics.median(times)


async def clean_checks(rounds: int) -> None:
    """Blocks in which nothing is started."""

    async def our_async_block() -> None:
        async with leaks.no_leaks():
            pass

    async def their_task_block() -> None:
        async with pyleak.no_task_leaks(action="raise"):
            pass

    def our_block() -> None:
        with leaks.no_leaks():
            pass

    def their_thread_block() -> None:
        with pyleak.no_thread_leaks(action="raise"):
            pass

    before = leaks.ignore_current()
    check = milliseconds(lambda: leaks.verify_none(before), rounds)
    check_async = await milliseconds_async(lambda: leaks.verify_none_async(before), rounds)
    block, block_async = milliseconds(our_block, rounds), await milliseconds_async(our_async_block, rounds)
    tasks = await milliseconds_async(their_task_block, max(5, rounds // 10))
    threads = milliseconds(their_thread_block, max(5, rounds // 10))
    print("A clean check, all kinds                        ms    pyleak: tasks   pyleak: threads")
    for name, ours in (
        ("verify_none", check),
        ("verify_none_async", check_async),
        ("with no_leaks() (tracking and baseline too)", block),
        ("async with no_leaks()", block_async),
    ):
        print(f"  {name:44} {ours:6.3f}     1 : {tasks / ours:<8.0f}    1 : {threads / ours:.0f}")
    print(f"  pyleak's blocks: tasks {tasks:.1f} ms, threads {threads:.1f} ms")


async def large_checks(rounds: int) -> None:
    """A clean check with many live tasks and threads, all of them in the baseline."""
    stop = threading.Event()
    threads = [threading.Thread(target=stop.wait) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    tasks = [asyncio.create_task(asyncio.sleep(3600)) for _ in range(TASKS)]
    await asyncio.sleep(0)
    before = leaks.ignore_current()
    check = milliseconds(lambda: leaks.verify_none(before), rounds)
    baseline = milliseconds(leaks.ignore_current, rounds)
    print(f"With {TASKS} live tasks and {THREADS} threads: check {check:.1f} ms, baseline {baseline:.1f} ms")
    stop.set()
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)
    for thread in threads:
        thread.join()


async def one_by_one(count: int) -> None:
    """The shortest tasks there are, each awaited: as much tracking for as little program as can be."""

    async def nothing() -> None:
        pass

    for _ in range(count):
        await asyncio.create_task(nothing())


async def in_groups(count: int) -> None:
    """Tasks that let others run once, a hundred at a time."""

    async def short() -> None:
        await asyncio.sleep(0)

    for _ in range(count // 100):
        async with asyncio.TaskGroup() as group:
            for _ in range(100):
                group.create_task(short())


async def through_a_queue(count: int) -> None:
    """Tasks that each put one result into a queue, where it is received."""
    queue: asyncio.Queue[int] = asyncio.Queue(maxsize=1)

    async def send(number: int) -> None:
        await queue.put(number)

    for number in range(count):
        task = asyncio.create_task(send(number))
        await queue.get()
        await task


async def tracking(program: Callable[[int], Awaitable[None]], count: int, rounds: int) -> None:
    """`count` tasks in `rounds` pairs of runs."""

    async def cpu_time() -> float:
        began = time.process_time()
        await program(count // rounds)
        return time.process_time() - began

    ratios, memory = [], []
    for number in range(rounds):
        if number % 2:
            with leaks.tracking():
                on = await cpu_time()
            off = await cpu_time()
        else:
            off = await cpu_time()
            with leaks.tracking():
                on = await cpu_time()
        ratios.append(on / off)
    with leaks.tracking():
        for number in range(rounds):
            await program(count // rounds)
            if number in (0, rounds - 1):
                gc.collect()
                memory.append(psutil.Process().memory_info().rss)
    share = 100 * (statistics.median(ratios) - 1)
    grown = (memory[1] - memory[0]) / 2**20
    print(f"  {program.__name__:18} {share:+5.1f} %   memory {grown:+.1f} MB in {count:,} tasks")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--short", action="store_true", help="a tenth of the tasks and rounds")
    scale = 10 if parser.parse_args().short else 1
    asyncio.run(clean_checks(1000 // scale))
    asyncio.run(large_checks(50 // scale))
    print("What tracking adds to the CPU time of a program that does nothing but start short tasks")
    for program in (one_by_one, in_groups, through_a_queue):
        asyncio.run(tracking(program, 1_000_000 // scale, 50))


if __name__ == "__main__":
    main()
