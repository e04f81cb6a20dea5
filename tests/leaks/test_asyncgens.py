"""Async generators left unfinished."""

import asyncio
import gc
from contextlib import AsyncExitStack, asynccontextmanager

import pytest

from course import leaks


async def numbers():
    yield 1
    yield 2


def test_a_generator_left_unfinished_is_found_with_where_it_was_begun_and_stands():
    async def main():
        with leaks.tracking():
            before = leaks.ignore_current()
            generator = numbers()
            await anext(generator)  # begun here
            (leak,) = await leaks.find_async(before, seconds=0.01)
            assert (leak.kind, leak.name, leak.object) == ("asyncgen", "numbers", generator)
            assert leak.created.code == "await anext(generator)  # begun here"
            assert leak.waiting[0].code == "yield 1"
            await generator.aclose()
            assert await leaks.find_async(before) == []

    asyncio.run(main())


def test_it_is_found_without_tracking():
    async def main():
        before = leaks.ignore_current()
        generator = numbers()
        await anext(generator)
        (leak,) = await leaks.find_async(before, seconds=0.01)
        assert (leak.object, leak.created) == (generator, None)
        await generator.aclose()

    asyncio.run(main())


def test_no_leak_is_reported_for_generators_finished_closed_forgotten_or_not_begun():
    async def main():
        with leaks.tracking():
            before = leaks.ignore_current()
            finished, closed, forgotten, unused = (numbers() for _ in range(4))
            assert [number async for number in finished] == [1, 2]
            await anext(closed)
            await closed.aclose()
            await anext(forgotten)
            del forgotten
            gc.collect()
            assert await leaks.find_async(before) == []
            await unused.aclose()

    asyncio.run(main())


@pytest.mark.parametrize("collector", ["on", "off"])
def test_the_answer_does_not_depend_on_when_the_collector_runs(collector):
    class Cycle:
        pass

    async def main():
        with leaks.tracking():
            before = leaks.ignore_current()
            cycle = Cycle()
            cycle.itself, cycle.generator = cycle, numbers()
            await anext(cycle.generator)
            del cycle
            if collector == "on":
                gc.collect()
            assert await leaks.find_async(before) == []

    gc.disable()
    try:
        asyncio.run(main())
    finally:
        gc.enable()


def test_a_generator_that_a_live_task_iterates_over_is_in_use():
    async def consume():
        async for _ in numbers():
            await asyncio.Event().wait()

    async def main():
        before = leaks.ignore_current()
        task = asyncio.create_task(consume())
        await asyncio.sleep(0.01)
        assert [leak.kind for leak in await leaks.find_async(before, seconds=0.01)] == ["task"]
        assert await leaks.find_async(before, kinds=["asyncgen"]) == []
        task.cancel()

    asyncio.run(main())


def test_a_generator_that_a_generator_iterates_over_is_in_use_with_it():
    async def doubled():
        async for number in numbers():
            yield 2 * number

    async def consume():
        async for _ in doubled():
            await asyncio.Event().wait()

    async def main():
        before = leaks.ignore_current()
        task = asyncio.create_task(consume())
        await asyncio.sleep(0.01)
        assert await leaks.find_async(before, kinds=["asyncgen"], seconds=0.01) == []
        task.cancel()

    asyncio.run(main())


def test_generators_of_a_loop_in_another_thread_are_found(loop_in_thread):
    async def begin():
        generator = numbers()
        await anext(generator)
        return generator

    before = leaks.ignore_current()
    generator = asyncio.run_coroutine_threadsafe(begin(), loop_in_thread).result()
    (leak,) = leaks.find(before, seconds=0.05)
    assert leak.object is generator

    async def close():
        await generator.aclose()

    asyncio.run_coroutine_threadsafe(close(), loop_in_thread).result()
    assert leaks.find(before) == []


def test_a_context_manager_that_a_live_task_has_entered_is_in_use():
    @asynccontextmanager
    async def connection():
        yield

    async def work(queue):
        while True:
            async with AsyncExitStack() as stack:
                await stack.enter_async_context(connection())
                async with connection():
                    await queue.get()

    async def main():
        queue = asyncio.Queue()
        worker = asyncio.create_task(work(queue))
        await asyncio.sleep(0)
        async with leaks.no_leaks():
            await queue.put("job")
        manager = connection()
        await manager.__aenter__()
        assert [leak.name for leak in await leaks.find_async(kinds=["asyncgen"], seconds=0.01)] == [
            connection.__qualname__
        ]
        await manager.__aexit__(None, None, None)
        worker.cancel()

    asyncio.run(main())
