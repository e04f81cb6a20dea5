"""Timers: `threading.Timer`, and handles of ``call_later`` and ``call_at``."""

import asyncio
import functools
import threading
import time
from unittest.mock import Mock

import pytest

from course import leaks


def ring():
    pass


def test_a_timer_that_has_not_fired_is_found():
    with leaks.tracking():
        before = leaks.ignore_current()
        timer = threading.Timer(60, ring)
        timer.start()  # started here
        (leak,) = leaks.find(before, seconds=0.05)
        assert (leak.kind, leak.object) == ("timer", timer)
        assert leak.created.code == "timer.start()  # started here"
        assert leak.waiting[0].function == "ring"
        timer.cancel()
        assert leaks.find(before) == []


def test_a_timer_is_a_thread_where_timers_are_left_out():
    before = leaks.ignore_current()
    timer = threading.Timer(60, ring)
    timer.start()
    (leak,) = leaks.find(before, kinds=["thread"], seconds=0.05)
    assert leak.object is timer
    timer.cancel()
    timer.join()


def test_a_timer_whose_function_hangs_says_where(stop):
    def hang():
        stop.wait()

    before = leaks.ignore_current()
    timer = threading.Timer(0, hang)
    timer.start()
    time.sleep(0.02)
    (leak,) = leaks.find(before, seconds=0.05)
    assert leak.waiting[0].code == "stop.wait()"
    stop.set()
    timer.join()


def test_a_handle_that_calls_user_code_is_found():
    async def main():
        with leaks.tracking():
            before = leaks.ignore_current()
            handle = asyncio.get_running_loop().call_later(60, ring)  # scheduled here
            (leak,) = await leaks.find_async(before, seconds=0.01)
            assert (leak.kind, leak.name, leak.object) == ("timer", "ring", handle)
            assert leak.created.code.endswith("# scheduled here")
            assert leak.waiting[0].function == "ring"
            handle.cancel()
            assert await leaks.find_async(before) == []

    asyncio.run(main())


def test_a_handle_that_is_due_and_about_to_be_called_is_found():
    found = []

    async def main():
        loop = asyncio.get_running_loop()
        before = leaks.ignore_current()
        asked = loop.create_future()

        def ask():
            found.extend(leaks.find(before, kinds=["timer"], tries=0))
            asked.set_result(None)

        loop.call_at(loop.time() - 2, ask)
        handle = loop.call_at(loop.time() - 1, ring)
        await asked
        assert [leak.object for leak in found] == [handle]
        assert await leaks.find_async(before) == []

    asyncio.run(main())


def test_a_callback_that_schedules_itself_again_is_the_same_timer_as_in_the_baseline():
    async def main():
        loop = asyncio.get_running_loop()
        handles = {}

        def ticker(name):
            def tick():
                handles[name] = loop.call_later(0.001, tick)

            return tick

        ticker("first")()
        before = leaks.ignore_current()
        await asyncio.sleep(0.01)
        assert await leaks.find_async(before) == []
        ticker("second")()
        await asyncio.sleep(0.01)
        assert len(await leaks.find_async(before, tries=0)) == 1
        for handle in handles.values():
            handle.cancel()

    asyncio.run(main())


def test_no_leak_is_reported_for_handles_that_are_asyncios_cancelled_or_about_to_fire():
    async def main():
        loop = asyncio.get_running_loop()
        before = leaks.ignore_current()
        sleeper = asyncio.create_task(asyncio.sleep(60))
        await asyncio.sleep(0)
        loop.call_later(60, ring).cancel()
        loop.call_later(0.02, ring)
        async with asyncio.timeout(60):
            assert await leaks.find_async(before, kinds=["timer"]) == []
        sleeper.cancel()

    asyncio.run(main())


def test_no_leak_is_reported_for_timers_that_have_fired_or_are_cancelled():
    before = leaks.ignore_current()
    fired, cancelled = threading.Timer(0, ring), threading.Timer(60, ring)
    fired.start()
    cancelled.start()
    cancelled.cancel()
    assert leaks.find(before) == []


class Bell:
    def __call__(self):
        ring()


@pytest.mark.parametrize("called", [Bell(), functools.partial(ring), functools.partial(Bell())])
def test_a_handle_that_calls_an_object_or_a_partial_is_found(called):
    async def main():
        before = leaks.ignore_current()
        handle = asyncio.get_running_loop().call_later(60, called)
        (leak,) = await leaks.find_async(before, seconds=0.01)
        assert (leak.object, leak.kind) == (handle, "timer")
        handle.cancel()

    asyncio.run(main())


def test_a_handle_that_is_to_start_a_coroutine_is_found():
    async def call():
        ring()

    async def main():
        before = leaks.ignore_current()
        coroutine = call()
        handle = asyncio.get_running_loop().call_later(60, asyncio.ensure_future, coroutine)
        (leak,) = await leaks.find_async(before, seconds=0.01)
        assert (leak.object, leak.name) == (handle, "call")
        handle.cancel()
        coroutine.close()

    asyncio.run(main())


def test_a_handle_that_calls_a_mock_is_left_alone():
    async def main():
        called = Mock()
        async with leaks.no_leaks():
            asyncio.get_running_loop().call_later(0.01, called)
            await asyncio.sleep(0.03)
        called.assert_called_once_with()

    asyncio.run(main())


def test_a_partial_that_schedules_itself_again_is_the_same_timer_as_in_the_baseline():
    async def main():
        loop = asyncio.get_running_loop()
        kept = []

        def tick(count):
            kept.append(functools.partial(tick, count + 1))  # never two at the same address
            kept.append(loop.call_later(0.001, kept[-1]))

        tick(0)
        before = leaks.ignore_current()
        await asyncio.sleep(0.01)
        assert await leaks.find_async(before, tries=0) == []
        kept[-1].cancel()

    asyncio.run(main())


def test_handles_of_a_loop_that_has_stopped_are_found():
    loop = asyncio.new_event_loop()

    async def schedule():
        loop.call_later(60, ring)

    with pytest.raises(leaks.LeakError, match="timer 'ring'"), leaks.no_leaks(seconds=0.01):
        loop.run_until_complete(schedule())
    loop.close()


@pytest.mark.parametrize("method", ["call_later", "call_at"])
def test_in_debug_mode_asyncio_itself_names_the_caller_while_tracking(method):
    loop = asyncio.new_event_loop()
    loop.set_debug(True)
    with leaks.tracking():
        handle = getattr(loop, method)(9, ring)
    assert handle._source_traceback[-1].filename == __file__
    loop.close()
