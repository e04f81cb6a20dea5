"""Searching: kinds, pauses, and the functions that raise."""

import asyncio
import os
import pickle
import threading
import time

import pytest

from course import leaks


class VirtualLoop(asyncio.SelectorEventLoop):
    """A loop whose clock jumps to the next timer instead of waiting for it."""

    def __init__(self):
        super().__init__()
        self.now = 0.0
        select = self._selector.select

        def select_at_once(timeout=None):
            if timeout:
                self.now += timeout
            return select(0)

        self._selector.select = select_at_once

    def time(self):
        return self.now


def test_each_kind_can_be_left_out(start, stop):
    before = leaks.ignore_current()
    start(stop.wait)
    assert leaks.find(before, kinds=[kind for kind in leaks.KINDS if kind != "thread"]) == []
    assert len(leaks.find(before, kinds=["thread"], seconds=0.05)) == 1


@pytest.mark.parametrize(
    "arguments", [{"kinds": ["thraed"]}, {"kinds": "thread"}, {"tries": -1}, {"tries": 1001}, {"seconds": -1}]
)
def test_arguments_that_make_no_sense_are_refused(arguments):
    with pytest.raises(ValueError, match=r"kinds must be|tries must be"):
        leaks.find(**arguments)


def test_the_clean_case_takes_no_pause(monkeypatch):
    monkeypatch.setattr("course.leaks.search._sleep", lambda seconds: pytest.fail("a pause"))
    assert leaks.find(leaks.ignore_current()) == []


def test_pauses_grow_and_add_up_to_the_time_given(monkeypatch, start, stop):
    pauses = []
    monkeypatch.setattr("course.leaks.search._sleep", pauses.append)
    before = leaks.ignore_current()
    start(stop.wait)
    assert len(leaks.find(before)) == 1
    assert len(pauses) == 20
    assert pauses == sorted(pauses)
    assert pauses[0] < 0.001
    assert sum(pauses) == pytest.approx(1)


def test_it_returns_as_soon_as_nothing_is_left(start):
    before = leaks.ignore_current()
    thread = start(time.sleep, 0.1)
    began = time.perf_counter()
    assert leaks.find(before, tries=30, seconds=30) == []
    assert not thread.is_alive()
    assert time.perf_counter() - began < 10


def test_it_does_not_wait_for_a_task_that_cannot_run_meanwhile():
    async def main():
        before = leaks.ignore_current()
        task = asyncio.create_task(asyncio.sleep(0.01))
        began = time.perf_counter()
        assert len(leaks.find(before, seconds=60)) == 1
        assert time.perf_counter() - began < 10
        await task

    asyncio.run(main())


def test_it_finds_on_virtual_time_what_ends_in_time_and_what_does_not():
    async def main():
        before = leaks.ignore_current()
        soon = asyncio.create_task(asyncio.sleep(0.5))
        assert await leaks.find_async(before) == []
        late = asyncio.create_task(asyncio.sleep(30))
        assert [leak.object for leak in await leaks.find_async(before)] == [late]
        await asyncio.wait({soon, late})

    loop = VirtualLoop()
    began = time.perf_counter()
    loop.run_until_complete(main())
    assert loop.now == pytest.approx(30, abs=2)
    assert time.perf_counter() - began < 10
    loop.close()


def test_on_virtual_time_a_thread_still_gets_real_time_to_end(start):
    async def main():
        loop = asyncio.get_running_loop()
        before = leaks.ignore_current()
        start(time.sleep, 0.1)
        assert await leaks.find_async(before) == []
        handle = loop.call_later(30, lambda: None)
        start(time.sleep, 0.1)
        assert [leak.object for leak in await leaks.find_async(before)] == [handle]
        handle.cancel()

    loop = VirtualLoop()
    loop.run_until_complete(main())
    loop.close()


def test_on_virtual_time_what_lives_in_the_loop_takes_no_real_time(monkeypatch):
    monkeypatch.setattr("course.leaks.search._sleep", lambda seconds: pytest.fail("a pause in real time"))

    async def main():
        before = leaks.ignore_current()
        handle = asyncio.get_running_loop().call_later(30, lambda: None)
        task = asyncio.create_task(asyncio.sleep(30))
        assert len(await leaks.find_async(before)) == 2
        handle.cancel()
        task.cancel()

    loop = VirtualLoop()
    loop.run_until_complete(main())
    loop.close()


def test_it_keeps_to_real_time_when_the_clock_is_replaced(monkeypatch, start):
    monkeypatch.setattr(time, "sleep", lambda seconds: None)
    monkeypatch.setattr(time, "perf_counter", lambda: 0.0)
    monkeypatch.setattr(time, "monotonic", lambda: 0.0)
    release = threading.Event()
    before = leaks.ignore_current()
    thread = start(release.wait)
    threading.Timer(0.1, release.set).start()
    assert leaks.find(before) == []
    assert not thread.is_alive()


def test_verify_none_raises_an_assertion_error_with_the_leaks(start, stop):
    before = leaks.ignore_current()
    leaks.verify_none(before)
    thread = start(stop.wait)
    with pytest.raises(AssertionError, match="1 leak found") as caught:
        leaks.verify_none(before, seconds=0.05)
    assert isinstance(caught.value, leaks.LeakError)
    assert [leak.object for leak in caught.value.leaks] == [thread]


def test_verify_none_async_raises_too():
    async def main():
        before = leaks.ignore_current()
        await leaks.verify_none_async(before)
        task = asyncio.create_task(asyncio.Event().wait())
        with pytest.raises(leaks.LeakError, match="1 leak found"):
            await leaks.verify_none_async(before, seconds=0.01)
        task.cancel()

    asyncio.run(main())


def test_the_clean_up_hook_runs_after_the_check_whatever_it_finds(start, stop):
    calls = []
    before = leaks.ignore_current()
    leaks.verify_none(before, cleanup=lambda: calls.append("clean"))
    start(stop.wait)
    with pytest.raises(leaks.LeakError):
        leaks.verify_none(before, seconds=0.05, cleanup=lambda: calls.append("leak"))
    assert calls == ["clean", "leak"]

    async def main():
        await leaks.verify_none_async(leaks.ignore_current(), cleanup=lambda: calls.append("async"))

    asyncio.run(main())
    assert calls == ["clean", "leak", "async"]


def test_it_works_in_a_forked_child():
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        with leaks.tracking():
            before = leaks.ignore_current()
            threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
            (leak,) = leaks.find(before, seconds=0.05)
            os.write(write, leak.created.function.encode())
        os._exit(0)
    os.waitpid(pid, 0)
    assert os.read(read, 100) == b"test_it_works_in_a_forked_child"
    os.close(read)
    os.close(write)


def test_an_error_survives_the_way_to_another_process(start, stop):
    before = leaks.ignore_current()
    start(stop.wait)
    with pytest.raises(leaks.LeakError) as caught:
        leaks.verify_none(before, seconds=0.05)
    copy = pickle.loads(pickle.dumps(caught.value))
    assert (type(copy), str(copy)) == (leaks.LeakError, str(caught.value))


def test_on_another_threads_loop_a_task_counts_that_stays_and_not_those_that_come_and_go(loop_in_thread):
    tasks = []

    async def serve():
        tasks.append(asyncio.current_task())
        while True:
            await asyncio.create_task(asyncio.sleep(0.01), name="comes and goes")

    async def leak():
        tasks.append(asyncio.create_task(asyncio.sleep(3600), name="stays"))

    async def end():
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)

    asyncio.run_coroutine_threadsafe(serve(), loop_in_thread)
    while not tasks:
        time.sleep(0.001)
    before = leaks.ignore_current()
    found = [leaks.find(before) for _ in range(5)]
    asyncio.run_coroutine_threadsafe(leak(), loop_in_thread).result(5)
    stayed = leaks.find(before, seconds=0.2)
    asyncio.run_coroutine_threadsafe(end(), loop_in_thread).result(5)
    assert found == [[]] * 5
    assert [leak.name for leak in stayed] == ["stays"]
