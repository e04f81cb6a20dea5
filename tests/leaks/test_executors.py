"""Executors left open answer for their threads and processes."""

import asyncio
import gc
import threading
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

import anyio
import anyio.to_thread
import joblib
import trio
import uvloop
from joblib.externals import loky

from course import leaks


def test_a_thread_pool_left_open_is_found_and_its_threads_are_not_reported_beside_it(stop):
    with leaks.tracking():
        before = leaks.ignore_current()
        pool = ThreadPoolExecutor(2, thread_name_prefix="pool")  # created here
        pool.submit(stop.wait)
        pool.submit(int).result()
        (leak,) = leaks.find(before, seconds=0.05)
        assert (leak.kind, leak.name, leak.object) == ("executor", "pool", pool)
        assert leak.created.code.endswith("# created here")
        assert "2 threads, 1 busy" in str(leak)
        stop.set()
        pool.shutdown()
        assert leaks.find(before) == []


def test_it_says_where_a_busy_worker_waits(stop):
    def job():
        stop.wait()

    before = leaks.ignore_current()
    with ThreadPoolExecutor(1) as pool:
        pool.submit(job)
        time.sleep(0.02)
        (leak,) = leaks.find(before, seconds=0.02)
        stop.set()
    assert (leak.blocked_in, leak.waiting[0].function) == ("Event.wait", "job")


def test_its_threads_are_reported_where_executors_are_left_out(stop):
    before = leaks.ignore_current()
    with ThreadPoolExecutor(1) as pool:
        pool.submit(int)
        (leak,) = leaks.find(before, kinds=["thread"], seconds=0.02)
    assert leak.kind == "thread"


def test_a_process_pool_left_open_is_found_and_its_processes_are_not_reported_beside_it():
    before = leaks.ignore_current()
    pool = ProcessPoolExecutor(2)
    assert pool.submit(abs, -1).result() == 1
    (leak,) = leaks.find(before, seconds=0.05)
    assert (leak.kind, leak.object) == ("executor", pool)
    pool.shutdown()
    assert leaks.find(before) == []


def test_no_leak_is_reported_for_executors_shut_down_unused_or_forgotten():
    before = leaks.ignore_current()
    with ThreadPoolExecutor() as pool:
        pool.submit(int)
    unused = ThreadPoolExecutor()
    forgotten = ThreadPoolExecutor()
    forgotten.submit(int)
    del forgotten
    gc.collect()
    assert leaks.find(before) == []
    unused.shutdown()


def test_threads_of_an_executor_shut_down_without_waiting_are_reported_as_threads(stop):
    before = leaks.ignore_current()
    pool = ThreadPoolExecutor(1)
    pool.submit(stop.wait)
    pool.shutdown(wait=False)
    (leak,) = leaks.find(before, seconds=0.05)
    assert leak.kind == "thread"
    stop.set()
    assert leaks.find(before) == []


def test_an_event_loops_default_executor_is_no_leak_but_what_it_is_busy_with_is():
    release = threading.Event()

    async def main():
        before = leaks.ignore_current()
        await asyncio.to_thread(int)
        assert await leaks.find_async(before) == []
        waiting = asyncio.create_task(asyncio.to_thread(release.wait))
        await asyncio.sleep(0.02)
        found = await leaks.find_async(before, kinds=["thread", "executor"], seconds=0.05)
        release.set()
        await waiting
        assert [(leak.kind, leak.blocked_in) for leak in found] == [("thread", "Event.wait")]
        assert await leaks.find_async(before) == []

    asyncio.run(main())


def test_a_job_that_an_event_loops_default_executor_is_about_to_begin_is_a_leak():
    release = threading.Event()

    async def main():
        before = leaks.ignore_current()
        await asyncio.to_thread(int)
        assert await leaks.find_async(before) == []
        waiting = asyncio.get_running_loop().run_in_executor(None, release.wait)
        # Nothing has let the worker run meanwhile.
        found = leaks.find(before, kinds=["thread", "executor"], tries=0)
        release.set()
        await waiting
        assert [leak.kind for leak in found] == ["thread"]

    asyncio.run(main())


def test_an_executor_that_a_loop_was_given_as_its_default_is_no_leak():
    async def main():
        loop = asyncio.get_running_loop()
        loop.set_default_executor(ThreadPoolExecutor(1, thread_name_prefix="given"))
        before = leaks.ignore_current()
        await asyncio.to_thread(int)
        assert await leaks.find_async(before) == []

    asyncio.run(main())


def test_uvloops_default_executor_is_no_leak():
    async def main():
        async with leaks.no_leaks():
            await asyncio.to_thread(int)

    uvloop.run(main())


def test_a_loops_idle_threads_are_no_leaks_where_executors_are_left_out():
    async def main():
        async with leaks.no_leaks(kinds=["task", "thread"]):
            await asyncio.to_thread(int)

    asyncio.run(main())


def test_anyios_idle_threads_are_no_leaks_but_what_they_are_busy_with_is(stop):
    async def main():
        async with leaks.no_leaks():
            await anyio.to_thread.run_sync(int)
        before = leaks.ignore_current()
        waiting = asyncio.create_task(anyio.to_thread.run_sync(stop.wait))
        await asyncio.sleep(0.02)
        found = await leaks.find_async(before, kinds=["thread"], seconds=0.05)
        stop.set()
        await waiting
        assert [leak.blocked_in for leak in found] == ["Event.wait"]

    asyncio.run(main())


def test_trios_idle_threads_are_no_leaks_but_what_they_are_busy_with_is(stop):
    before = leaks.ignore_current()

    async def main():
        await trio.to_thread.run_sync(int)
        assert leaks.find(before, tries=0) == []
        async with trio.open_nursery() as nursery:
            nursery.start_soon(trio.to_thread.run_sync, stop.wait)
            await trio.sleep(0.02)
            found = leaks.find(before, tries=0)
            stop.set()
        assert [leak.blocked_in for leak in found] == ["Event.wait"]

    trio.run(main)


def test_what_joblib_keeps_for_its_next_call_is_no_leak_but_such_a_pool_of_ones_own_is():
    with leaks.no_leaks():
        assert joblib.Parallel(n_jobs=2)(joblib.delayed(abs)(number) for number in (-1, 2)) == [1, 2]
    with leaks.tracking():
        before = leaks.ignore_current()
        pool = loky.ProcessPoolExecutor(1)
        assert pool.submit(abs, -1).result() == 1
        (leak,) = leaks.find(before, seconds=0.05)
        assert (leak.kind, leak.object) == ("executor", pool)
        pool.shutdown()
    loky.get_reusable_executor().shutdown()
