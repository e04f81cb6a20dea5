"""Tasks: which are found, which are not, and what is said of them."""

import asyncio
import contextlib
import gc
import sys
import threading
import weakref

import pytest
import uvloop

from course import leaks


async def stuck():
    await asyncio.Event().wait()


def started_in(loop):
    """Start `stuck` in `loop`, which runs in another thread, and wait until it has begun."""
    begun = threading.Event()

    async def begin():
        begun.set()
        await stuck()

    future = asyncio.run_coroutine_threadsafe(begin(), loop)
    assert begun.wait(5)
    return future


async def put(queue):
    await queue.put("second")


def test_a_pending_task_is_found():
    async def main():
        with leaks.tracking():
            before = leaks.ignore_current()
            task = asyncio.create_task(stuck(), name="the leak")
            await asyncio.sleep(0)
            (leak,) = await leaks.find_async(before, seconds=0.01)
            assert (leak.kind, leak.name, leak.object) == ("task", "the leak", task)

    asyncio.run(main())


def test_it_says_where_a_task_was_created_without_debug_mode():
    async def main():
        assert not asyncio.get_running_loop().get_debug()
        with leaks.tracking():
            before = leaks.ignore_current()
            task = asyncio.create_task(stuck())  # created here
            (leak,) = leaks.find(before)
            task.cancel()
        assert leak.created.file == __file__
        assert leak.created.code == "task = asyncio.create_task(stuck())  # created here"
        assert leak.created.function == "main"

    asyncio.run(main())


@pytest.mark.parametrize("way", ["create_task", "ensure_future", "gather", "group", "loop", "class", "wait_for"])
def test_it_says_where_a_task_was_created_by_any_way_to_create_one(way):
    async def creator():
        if way == "create_task":
            return asyncio.create_task(stuck())
        if way == "ensure_future":
            return asyncio.ensure_future(stuck())
        if way == "gather":
            return asyncio.gather(stuck())
        if way == "loop":
            return asyncio.get_running_loop().create_task(stuck())
        if way == "class":
            return asyncio.Task(stuck())
        if way == "wait_for":
            return await asyncio.wait_for(asyncio.shield(stuck()), 10)
        async with asyncio.TaskGroup() as group:
            group.create_task(stuck())

    async def main():
        before = leaks.ignore_current()
        with leaks.tracking():
            keep = asyncio.create_task(creator())
            await asyncio.sleep(0.01)
            found = [leak for leak in leaks.find(before) if leak.waiting[0].function == "stuck"]
            keep.cancel()
        (leak,) = found
        assert leak.created.function == "creator"

    asyncio.run(main())


def test_it_says_where_a_task_was_created_in_debug_mode_without_tracking():
    async def main():
        before = leaks.ignore_current()
        task = asyncio.create_task(stuck())
        (leak,) = leaks.find(before)
        assert leak.created.function == "main"
        task.cancel()

    asyncio.run(main(), debug=True)


def test_it_says_that_it_does_not_know_the_creator_of_a_task_older_than_tracking():
    async def main():
        before = leaks.ignore_current()
        task = asyncio.create_task(stuck())
        with leaks.tracking():
            (leak,) = leaks.find(before)
        assert leak.created is None
        task.cancel()

    asyncio.run(main())


def test_it_says_where_a_task_waits_in_the_users_code_and_in_what_of_the_library():
    async def outer(queue):
        await put(queue)

    async def main():
        queue = asyncio.Queue(maxsize=1)
        queue.put_nowait("first")
        before = leaks.ignore_current()
        task = asyncio.create_task(outer(queue))
        await asyncio.sleep(0)
        (leak,) = leaks.find(before)
        task.cancel()
        assert [frame.function for frame in leak.waiting] == ["put", "outer"]
        assert leak.waiting[0].code == 'await queue.put("second")'
        assert leak.blocked_in == "Queue.put"
        assert leak.stack[0].qualname == "Queue.put"

    asyncio.run(main())


def test_it_sees_through_what_stands_between_coroutines():
    class Awaitable:
        def __await__(self):
            yield from stuck().__await__()

    async def generator():
        await Awaitable()
        yield

    async def main():
        async def consumer():
            async for _ in generator():
                pass

        before = leaks.ignore_current()
        task = asyncio.create_task(consumer())
        await asyncio.sleep(0)
        (leak,) = leaks.find(before, kinds=["task"])
        task.cancel()
        assert [f.function for f in leak.waiting] == ["stuck", "Awaitable.__await__", "generator", "consumer"]

    asyncio.run(main())


def test_it_names_the_task_that_a_task_waits_for():
    async def main():
        inner = asyncio.create_task(stuck(), name="inner")

        async def outer():
            await inner

        before = leaks.ignore_current()
        task = asyncio.create_task(outer())
        await asyncio.sleep(0)
        (leak,) = leaks.find(before)
        assert leak.blocked_in == "await of task 'inner'"
        inner.cancel()
        task.cancel()

    asyncio.run(main())


def test_no_leak_is_reported_for_tasks_that_are_done_cancelled_or_failed():
    async def quick():
        return 1

    async def fail():
        raise ValueError("on purpose")

    async def main():
        with leaks.tracking():
            before = leaks.ignore_current()
            done, failed = asyncio.create_task(quick()), asyncio.create_task(fail())
            cancelled = asyncio.create_task(stuck())
            await asyncio.sleep(0)
            cancelled.cancel()
            await asyncio.wait({done, failed, cancelled})
            assert isinstance(failed.exception(), ValueError)
            assert leaks.find(before) == []

    asyncio.run(main())


def test_a_task_that_ends_50_ms_later_is_waited_for():
    async def main():
        before = leaks.ignore_current()
        task = asyncio.create_task(asyncio.sleep(0.05))
        assert await leaks.find_async(before) == []
        assert task.done()

    asyncio.run(main())


def test_the_task_that_asks_is_no_leak():
    async def main():
        assert leaks.find() == []
        assert await leaks.find_async() == []

    asyncio.run(main())


def test_tasks_of_a_loop_in_another_thread_are_found(loop_in_thread):
    before = leaks.ignore_current()
    future = started_in(loop_in_thread)
    (leak,) = leaks.find(before, kinds=["task"], seconds=0.05)
    assert leak.waiting[0].function == "stuck"
    future.cancel()
    assert leaks.find(before, kinds=["task"]) == []


def test_tasks_of_a_loop_that_has_stopped_are_found_at_once():
    loop = asyncio.new_event_loop()
    before = leaks.ignore_current()

    async def main():
        return asyncio.create_task(stuck())

    task = loop.run_until_complete(main())
    (leak,) = leaks.find(before)
    assert leak.object is task
    task.cancel()
    loop.run_until_complete(asyncio.wait({task}))
    loop.close()
    assert leaks.find(before) == []


def test_tasks_of_uvloop_are_found_with_their_creator():
    async def main():
        with leaks.tracking():
            before = leaks.ignore_current()
            task = asyncio.create_task(stuck())
            await asyncio.sleep(0)
            (leak,) = await leaks.find_async(before, seconds=0.01)
            assert (leak.object, leak.created.function) == (task, "main")

    uvloop.run(main())


class OwnTask(asyncio.Task):
    pass


class OwnLoop(asyncio.SelectorEventLoop):
    """A loop that makes its tasks itself, as a library's may."""

    def create_task(self, coro, **options):
        return OwnTask(coro, loop=self, **options)


def own_factory(loop, coro, **options):
    return OwnTask(coro, loop=loop)


def python_factory(loop, coro, **options):
    return asyncio.tasks._PyTask(coro, loop=loop)


LOOPS = [asyncio.new_event_loop, OwnLoop, uvloop.new_event_loop]
WAYS = [(loop, factory) for loop in LOOPS for factory in (None, own_factory, python_factory)]
if sys.version_info >= (3, 12):
    WAYS.append((asyncio.new_event_loop, asyncio.eager_task_factory))


@pytest.mark.parametrize(("new_loop", "factory"), WAYS)
@pytest.mark.parametrize("strong", [True, False])
def test_tasks_of_every_kind_of_loop_and_of_task_are_found_with_their_creator(new_loop, factory, strong):
    async def main():
        asyncio.get_running_loop().set_task_factory(factory)
        with leaks.tracking(strong=strong):
            before = leaks.ignore_current()
            task = asyncio.create_task(stuck())  # created here
            ended = asyncio.create_task(asyncio.sleep(0))
            await asyncio.sleep(0)
            (leak,) = await leaks.find_async(before, seconds=0.01)
            assert (leak.kind, leak.object, leak.waiting[0].function) == ("task", task, "stuck")
            assert leak.created.code.endswith("# created here")
            task.cancel()
            assert await leaks.find_async(before) == []
            assert ended.done()

    with asyncio.Runner(loop_factory=new_loop) as runner:
        runner.run(main())


@pytest.mark.parametrize("turns", [0, 1])
def test_a_task_that_nothing_refers_to_cannot_hide_from_the_collector(turns):
    async def forgotten():
        await asyncio.get_running_loop().create_future()

    async def main():
        with leaks.tracking():
            before = leaks.ignore_current()
            asyncio.create_task(forgotten())  # noqa: RUF006
            for _ in range(turns):
                await asyncio.sleep(0)
            gc.collect()
            (leak,) = await leaks.find_async(before, seconds=0.01)
            assert leak.waiting[0].function == "forgotten"
            assert leak.created.function == "main"

    asyncio.run(main())


@pytest.mark.parametrize("new_loop", LOOPS)
def test_a_task_that_the_collector_has_destroyed_is_reported_all_the_same(new_loop):
    async def forgotten(future):
        await future

    async def main():
        asyncio.get_running_loop().set_exception_handler(lambda loop, context: None)
        with leaks.tracking(strong=False):
            earlier = leaks.ignore_current()
            future = asyncio.get_running_loop().create_future()
            task = asyncio.create_task(forgotten(future), name="lost")
            await asyncio.sleep(0)
            later = leaks.ignore_current()
            reference = weakref.ref(task)
            del task, future
            gc.collect()
            assert reference() is None
            (leak,) = await leaks.find_async(earlier)
            assert (leak.kind, leak.name, leak.object) == ("task", "lost", None)
            assert leak.created.function == "main"
            assert "destroyed" in str(leak)
            assert await leaks.find_async(later) == []
        assert await leaks.find_async() == []

    with asyncio.Runner(loop_factory=new_loop) as runner:
        runner.run(main())


@pytest.mark.parametrize("strong", [True, False])
def test_a_task_that_is_destroyed_because_its_loop_was_closed_is_reported(strong):
    with leaks.tracking(strong=strong):
        before = leaks.ignore_current()
        loop = asyncio.new_event_loop()
        loop.set_exception_handler(lambda loop, context: None)
        coroutine = stuck()
        loop.create_task(coroutine, name="never begun")  # noqa: RUF006
        loop.close()
        (leak,) = leaks.find(before)
        assert (leak.name, leak.object) == ("never begun", None)
        assert leak.created.function == "test_a_task_that_is_destroyed_because_its_loop_was_closed_is_reported"
    coroutine.close()


def test_tracking_does_not_keep_results_of_tasks():
    class Result:
        pass

    async def give():
        return Result()

    async def main():
        with leaks.tracking():
            result = await asyncio.create_task(give())
            reference = weakref.ref(result)
            del result
            await asyncio.sleep(0)  # what has woken this task still holds the other one
            assert reference() is None

    asyncio.run(main())


def test_tracking_sees_tasks_by_public_means_where_asyncio_shows_no_set_of_all(monkeypatch):
    """What happens from Python 3.14."""
    monkeypatch.setattr("course.leaks.task_records.asyncio_set", lambda: None)

    async def forgotten():
        await asyncio.get_running_loop().create_future()

    async def main():
        original = asyncio.BaseEventLoop.create_task
        with leaks.tracking():
            before = leaks.ignore_current()
            asyncio.create_task(forgotten())  # noqa: RUF006
            await asyncio.sleep(0)
            gc.collect()
            (leak,) = await leaks.find_async(before, seconds=0.01)
            assert leak.created.function == "main"
            leak.object.cancel()
        with leaks.tracking(strong=False):
            before = leaks.ignore_current()
            task = asyncio.create_task(forgotten())
            await asyncio.sleep(0)
            (leak,) = await leaks.find_async(before, seconds=0.01)
            assert (leak.object, leak.created.function) == (task, "main")
            task.cancel()
        assert asyncio.BaseEventLoop.create_task is original

    asyncio.run(main())


def test_without_a_set_of_all_tasks_those_of_other_loops_are_found_too(monkeypatch, loop_in_thread):
    monkeypatch.setattr("course.leaks.task_records.asyncio_set", lambda: None)
    stopped = asyncio.new_event_loop()
    before = leaks.ignore_current()
    future = started_in(loop_in_thread)

    async def main():
        return asyncio.create_task(stuck())

    task = stopped.run_until_complete(main())
    assert len(leaks.find(before, kinds=["task"], seconds=0.05)) == 2
    future.cancel()
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        stopped.run_until_complete(task)
    stopped.close()
    assert leaks.find(before, kinds=["task"]) == []


def test_tasks_started_by_many_threads_at_once_are_all_found(start):
    count, loops = 8, []
    ready = threading.Barrier(count + 1)

    def run():
        async def main():
            tasks = [asyncio.create_task(stuck()) for _ in range(50)]
            await asyncio.sleep(0)
            ready.wait()
            await asyncio.wait(tasks)

        loop = asyncio.new_event_loop()
        loops.append(loop)
        with contextlib.suppress(asyncio.CancelledError):
            loop.run_until_complete(main())
        loop.close()

    with leaks.tracking():
        before = leaks.ignore_current()
        for _ in range(count):
            start(run)
        ready.wait()
        found = leaks.find(before, kinds=["task"], seconds=0.01)
        stuck_ones = [leak for leak in found if leak.created is not None and leak.created.function == "main"]
        assert len(stuck_ones) == count * 50
        for leak in stuck_ones:
            leak.object.get_loop().call_soon_threadsafe(leak.object.cancel)
        assert leaks.find(before) == []


def test_a_task_that_the_library_starts_from_the_event_loop_has_no_creator():
    async def main():
        with leaks.tracking():
            before = leaks.ignore_current()
            asyncio.get_running_loop().call_soon(asyncio.ensure_future, stuck())
            await asyncio.sleep(0.01)
            (leak,) = await leaks.find_async(before, seconds=0.01)
            assert leak.created is None
            leak.object.cancel()

    asyncio.run(main())


def test_a_task_that_a_queued_callback_is_about_to_start_is_found():
    async def main():
        before = leaks.ignore_current()
        kept = []
        asyncio.get_running_loop().call_soon(lambda: kept.append(asyncio.create_task(stuck())))
        found = await leaks.find_async(before, tries=0)
        assert [leak.object for leak in found] == kept
        kept[0].cancel()

    asyncio.run(main())


def test_of_a_very_deep_stack_both_ends_are_kept():
    async def down(depth, gate):
        await (down(depth - 1, gate) if depth else gate.wait())

    async def main():
        task = asyncio.create_task(down(600, asyncio.Event()))
        await asyncio.sleep(0)
        (leak,) = await leaks.find_async(tries=0)
        assert leak.blocked_in == "Event.wait"
        assert leak.waiting[0].function == leak.stack[-1].function == "down"
        task.cancel()

    asyncio.run(main())


def test_a_registered_task_of_another_librarys_class_is_found():
    class TaskLike:
        def __init__(self, loop):
            self._loop = loop

        def done(self):
            return False

    loop = asyncio.new_event_loop()
    before = leaks.ignore_current()
    with leaks.tracking():
        task = TaskLike(loop)
        asyncio._register_task(task)
        assert [(leak.name, leak.object) for leak in leaks.find(before, tries=0)] == [("TaskLike", task)]
    asyncio._unregister_task(task)
    loop.close()


def test_the_creator_of_a_task_is_the_line_that_asked_for_it_from_another_thread(loop_in_thread):
    with leaks.tracking():
        before = leaks.ignore_current()
        future = asyncio.run_coroutine_threadsafe(asyncio.sleep(60), loop_in_thread)  # asked for here
        asyncio.run_coroutine_threadsafe(asyncio.sleep(0), loop_in_thread).result(5)
        (leak,) = leaks.find(before, seconds=0.05)
        assert leak.created.code.endswith("# asked for here")
        future.cancel()
