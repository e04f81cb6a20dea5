"""`no_leaks`: a block or function that must leave nothing behind."""

import asyncio
import functools
import inspect
import threading
from unittest.mock import patch

import pytest

from course import leaks


def test_with_raises_for_what_the_block_leaves_and_says_where_it_was_created(start, stop):
    with pytest.raises(leaks.LeakError, match=r"created at tests/leaks/conftest\.py"), leaks.no_leaks(seconds=0.05):
        start(stop.wait)


def test_with_does_not_raise_for_what_was_there_before_or_ends(start, stop):
    start(stop.wait)
    with leaks.no_leaks():
        start(int)


def test_async_with_lets_tasks_end_and_raises_for_those_that_do_not():
    async def main():
        async with leaks.no_leaks():
            soon = asyncio.create_task(asyncio.sleep(0.02))
        assert soon.done()
        with pytest.raises(leaks.LeakError, match=r"created at tests/leaks/test_blocks\.py"):
            async with leaks.no_leaks(seconds=0.01):
                late = asyncio.create_task(asyncio.sleep(60))
        late.cancel()

    asyncio.run(main())


def test_with_in_a_running_loop_finds_tasks_too():
    async def main():
        with pytest.raises(leaks.LeakError), leaks.no_leaks():
            task = asyncio.create_task(asyncio.sleep(0.01))
        await task

    asyncio.run(main())


def test_it_decorates_a_function(start, stop):
    @leaks.no_leaks(seconds=0.05)
    def work(leak: bool) -> str:
        """Do it."""
        start(stop.wait if leak else int)
        return "done"

    assert work(leak=False) == "done"
    assert (work.__name__, work.__doc__) == ("work", "Do it.")
    with pytest.raises(leaks.LeakError):
        work(leak=True)


def test_it_decorates_a_coroutine_function():
    @leaks.no_leaks(seconds=0.01)
    async def work(leak):
        return asyncio.create_task(asyncio.sleep(60 if leak else 0))

    async def main():
        assert (await work(leak=False)).done()
        with pytest.raises(leaks.LeakError):
            await work(leak=True)

    assert inspect.iscoroutinefunction(work)
    asyncio.run(main())


def test_blocks_nest_and_each_reports_what_it_was_not_told_to_ignore(start, stop):
    def inner():
        with leaks.no_leaks(seconds=0.05):
            start(stop.wait, name="inner")

    with leaks.no_leaks(leaks.ignore(name="inner"), seconds=0.05), pytest.raises(leaks.LeakError):
        inner()


def test_the_error_of_a_block_that_fails_is_not_replaced(start, stop):
    @leaks.no_leaks(seconds=0.05)
    def fail():
        start(stop.wait)
        raise KeyError("on purpose")

    with pytest.raises(KeyError) as caught:
        fail()
    assert not hasattr(caught.value, "__notes__")


def test_a_failed_block_is_checked_if_asked_and_the_leaks_are_noted(start, stop):
    @leaks.no_leaks(seconds=0.05, after_failure=True)
    def fail():
        start(stop.wait, name="left")
        raise KeyError("on purpose")

    with pytest.raises(KeyError) as caught:
        fail()
    (note,) = caught.value.__notes__
    assert "thread 'left'" in note

    @leaks.no_leaks(seconds=0.01, after_failure=True)
    async def fail_async(tasks):
        tasks.append(asyncio.create_task(asyncio.sleep(60)))
        raise KeyError("on purpose")

    async def main():
        tasks = []
        with pytest.raises(KeyError) as caught:
            await fail_async(tasks)
        tasks[0].cancel()
        assert "task" in caught.value.__notes__[0]

    asyncio.run(main())


def test_the_clean_up_hook_runs_at_the_end_whatever_happens(start, stop):
    calls = []
    with leaks.no_leaks(cleanup=lambda: calls.append(1)):
        pass
    with pytest.raises(KeyError), leaks.no_leaks(cleanup=lambda: calls.append(2)):
        raise KeyError("on purpose")
    with pytest.raises(leaks.LeakError), leaks.no_leaks(seconds=0.05, cleanup=lambda: calls.append(3)):
        start(stop.wait)
    assert calls == [1, 2, 3]


def test_rules_and_kinds_are_passed_on(start, stop):
    with leaks.no_leaks(leaks.ignore(name="known")):
        start(stop.wait, name="known")
    with leaks.no_leaks(kinds=["task"]):
        start(stop.wait)


def test_it_decorates_methods_of_every_kind(start, stop):
    class Service:
        @leaks.no_leaks(seconds=0.05)
        def work(self, target):
            start(target)
            return self

        @classmethod
        @leaks.no_leaks(seconds=0.05)
        def build(cls, target):
            start(target)
            return cls

        @staticmethod
        @leaks.no_leaks(seconds=0.05)
        def count(target):
            start(target)
            return 1

    service = Service()
    assert (service.work(int), Service.build(int), service.count(int)) == (service, Service, 1)
    for method in (service.work, Service.build, service.count):
        with pytest.raises(leaks.LeakError):
            method(stop.wait)


def test_what_runs_after_the_call_is_refused_rather_than_not_checked():
    def generator():
        yield

    async def asyncgen():
        yield

    class Case:
        pass

    for target in (generator, asyncgen, Case):
        with pytest.raises(TypeError, match=r"decorates functions, not classes or generators"):
            leaks.no_leaks()(target)


def test_wrong_arguments_are_refused_before_the_block_runs():
    def function():
        pass

    with pytest.raises(TypeError, match="not a rule"):
        leaks.no_leaks(function)  # the parentheses of the decorator forgotten
    with pytest.raises(ValueError, match="kinds must be"):
        leaks.no_leaks(kinds="task")
    with pytest.raises(ValueError, match="must not be negative"):
        leaks.no_leaks(seconds=-1)


def test_it_decorates_what_is_not_seen_to_be_a_coroutine_function():
    def logged(function):
        @functools.wraps(function)
        def call(*args):
            return function(*args)

        return call

    tasks = []

    @leaks.no_leaks(seconds=0.01)
    @logged
    async def work(seconds):
        tasks.append(asyncio.create_task(asyncio.sleep(seconds)))
        return "result"

    async def main():
        assert await work(0) == "result"
        with pytest.raises(leaks.LeakError):
            await work(60)
        tasks[-1].cancel()

    asyncio.run(main())


@pytest.mark.parametrize(
    "name",
    [
        "asyncio.create_task",
        "asyncio.get_running_loop",
        "asyncio.sleep",
        "concurrent.futures.ThreadPoolExecutor",
        "os.fork",
        "psutil.Process",
        "subprocess.Popen",
        "threading.Thread",
        "threading.Timer",
    ],
)
def test_a_block_finds_what_it_should_while_a_mock_is_in_the_place_of_what_it_needs(name, stop):
    thread_type = threading.Thread
    with patch(name):
        with leaks.no_leaks():
            pass
        thread = thread_type(target=stop.wait, name="left")
        with pytest.raises(leaks.LeakError, match="thread 'left'"), leaks.no_leaks(seconds=0.05):
            thread.start()

        async def on_its_way_out():
            loop = asyncio.events.get_running_loop()
            async with leaks.no_leaks(seconds=0.5):
                task = loop.create_task(asyncio.Event().wait())
                loop.call_later(0.01, task.cancel)

        asyncio.run(on_its_way_out())
    stop.set()
    thread.join()
