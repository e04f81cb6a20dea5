"""Tracking leaves no patch behind, and starts nothing."""

import _thread
import asyncio
import concurrent.futures
import gc
import inspect
import multiprocessing.process
import os
import queue
import subprocess
import sys
import threading
import weakref

import pytest
import uvloop

from course import leaks

OWNERS = [
    _thread,
    asyncio.BaseEventLoop,
    asyncio.Runner,
    uvloop.Loop,
    asyncio.Task,
    asyncio.tasks,
    asyncio.events,
    concurrent.futures.ProcessPoolExecutor,
    concurrent.futures.ThreadPoolExecutor,
    multiprocessing.process.BaseProcess,
    os,
    subprocess.Popen,
    threading,
    threading.Thread,
    threading.Timer,
]


def attributes():
    sets = [value for value in vars(asyncio.tasks).values() if isinstance(value, weakref.WeakSet)]
    return [dict(vars(owner)) for owner in OWNERS] + [set(vars(one)) for one in sets] + [sys.get_asyncgen_hooks()]


@pytest.mark.parametrize("strong", [True, False])
def test_no_patch_remains_when_tracking_is_off(strong):
    async def main():
        before = attributes()
        with leaks.tracking(strong=strong):
            assert attributes() != before
            await asyncio.create_task(asyncio.sleep(0))
        assert attributes() == before

    asyncio.run(main())


def test_nothing_of_the_checker_remains_in_asyncios_own_set_of_tasks():
    async def main():
        with leaks.tracking():
            task = asyncio.create_task(asyncio.sleep(60))
        references = [it for it in gc.get_objects() if isinstance(it, weakref.ref) and it() is task]
        assert references
        assert {type(it) for it in references} == {weakref.ref}
        assert task in asyncio.all_tasks()
        task.cancel()

    asyncio.run(main())


def test_no_patch_remains_after_a_block_that_fails():
    before = attributes()
    with pytest.raises(KeyError), leaks.tracking():
        raise KeyError("on purpose")
    assert attributes() == before


def test_no_patch_remains_after_blocks_that_nest_and_overlap(start, stop):
    before = attributes()
    entered = threading.Event()

    def other():
        with leaks.tracking(strong=False):
            entered.set()
            stop.wait()

    with leaks.tracking():
        thread = start(other)
        entered.wait()
        with leaks.tracking(strong=False):
            pass
    assert attributes() != before
    stop.set()
    thread.join()
    assert attributes() == before


def test_a_patch_that_others_have_put_over_ours_stays_and_works(monkeypatch):
    calls = []
    monkeypatch.setattr(subprocess.Popen, "__init__", subprocess.Popen.__init__)  # to be put back in the end
    with leaks.tracking():
        ours = subprocess.Popen.__init__

        def theirs(self, *args, **kwargs):
            calls.append(1)
            ours(self, *args, **kwargs)

        subprocess.Popen.__init__ = theirs
    assert subprocess.Popen.__init__ is theirs
    assert subprocess.run([sys.executable, "-c", ""], check=True).returncode == 0
    assert calls == [1]


def test_a_check_starts_no_thread_task_or_process():
    async def main():
        threads, tasks = threading.enumerate(), asyncio.all_tasks()
        async with leaks.no_leaks():
            assert threading.enumerate() == threads
            assert asyncio.all_tasks() == tasks
        assert threading.enumerate() == threads
        assert asyncio.all_tasks() == tasks

    asyncio.run(main())


def test_the_stronger_of_two_overlapping_blocks_holds():
    async def forgotten():
        await asyncio.get_running_loop().create_future()

    async def main():
        with leaks.tracking(strong=False), leaks.tracking():
            before = leaks.ignore_current()
            asyncio.create_task(forgotten())  # noqa: RUF006
            await asyncio.sleep(0)
            gc.collect()
            (leak,) = leaks.find(before)
            assert leak.object is not None

    asyncio.run(main())


def test_tracking_does_not_grow_with_the_number_of_tasks_that_have_ended():
    async def main():
        async def give():
            return None

        with leaks.tracking():
            for _ in range(100):
                await asyncio.create_task(give())
            gc.collect()
            before = len(gc.get_objects())
            for _ in range(5_000):
                await asyncio.create_task(give())
            gc.collect()
            assert len(gc.get_objects()) - before < 100

    asyncio.run(main())


def test_a_wrapper_of_ours_that_others_put_back_is_not_wrapped_again(monkeypatch):
    monkeypatch.setattr(subprocess.Popen, "__init__", subprocess.Popen.__init__)  # to be put back in the end
    original = subprocess.Popen.__init__
    for _ in range(3):
        with leaks.tracking():
            ours = subprocess.Popen.__init__
            subprocess.Popen.__init__ = lambda self: None
        subprocess.Popen.__init__ = ours
    with leaks.tracking():
        assert subprocess.Popen.__init__.__wrapped__ is original
    assert subprocess.Popen.__init__ is original


def test_what_is_patched_keeps_its_signature():
    signatures = [inspect.signature(one) for one in (subprocess.Popen, concurrent.futures.ThreadPoolExecutor)]
    with leaks.tracking():
        now = [inspect.signature(one) for one in (subprocess.Popen, concurrent.futures.ThreadPoolExecutor)]
    assert now == signatures


def test_a_check_keeps_nothing_alive_that_a_thread_lets_go():
    class Item:
        pass

    items, done = queue.Queue(), queue.Queue()
    item = Item()
    reference = weakref.ref(item)

    def hold_and_let_go(self):
        held = self.pop()
        done.put("held")
        items.get()
        del held
        done.put("let go")
        items.get()

    hold_and_let_go.__code__ = hold_and_let_go.__code__.replace(co_name="run_forever")
    thread = threading.Thread(target=hold_and_let_go, args=([item],))
    del item
    thread.start()
    assert done.get() == "held"
    leaks.find(tries=0)
    items.put("go on")
    assert done.get() == "let go"
    assert reference() is None
    items.put("go on")
    thread.join()
