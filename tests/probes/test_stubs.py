from __future__ import annotations

import asyncio
import inspect
import threading
from math import inf

import pytest

from autograder.probes.stubs import AsyncStub, Stub


def test_a_stub_is_a_real_function_named_as_the_learner_knows_it():
    fetch, handle = AsyncStub("fetch(url)"), Stub("handle(job)")
    assert inspect.iscoroutinefunction(fetch.function)
    assert not inspect.iscoroutinefunction(handle.function)
    assert inspect.isfunction(handle.function)
    assert fetch.function.__qualname__ == "fetch"
    assert str(inspect.signature(fetch.function)) == "(url)"


def test_a_wrong_call_is_an_error_that_names_the_stub():
    with pytest.raises(TypeError, match=r"handle\(\) missing 1 required positional argument: 'job'"):
        Stub("handle(job)").function()
    with pytest.raises(TypeError, match=r"ping\(\) takes 0 positional arguments but 1 was given"):
        Stub("ping()").function(1)


def test_a_parameter_may_be_given_by_name():
    handle = Stub("handle(job)")
    handle.function(job="a")
    assert handle.arguments == ["a"]


def test_latency_result_and_error_may_hang_on_the_argument(virtually):
    async def scenario():
        fetch = AsyncStub(
            "fetch(url)",
            latency={"a": 0.1, "b": 0.2}.__getitem__,
            returns="page of {}".format,
            raises=lambda url: KeyError(url) if url == "b" else None,
        )
        results = await asyncio.gather(*map(fetch.function, "ab"), return_exceptions=True)
        return fetch, results

    fetch, (page, error) = virtually(scenario)
    assert page == "page of a"
    assert isinstance(error, KeyError)
    assert [call.ending for call in fetch.calls] == ["returned", "raised"]
    assert [round(call.seconds, 3) for call in fetch.calls] == [0.1, 0.2]
    assert fetch.most_at_once == 2


def test_held_calls_end_when_they_are_let_go_each_or_all(virtually):
    async def scenario():
        fetch = AsyncStub("fetch(url)", held=True)
        tasks = [asyncio.create_task(fetch.function(url)) for url in ("a", "b", [])]
        await asyncio.sleep(1)
        assert fetch.last_end == inf
        fetch.release("b")
        await asyncio.sleep(1)
        assert [call.argument for call in fetch.in_flight] == ["a", []]
        fetch.release_all()
        await asyncio.wait(tasks)
        await fetch.function("comes later")
        assert not fetch.in_flight

    virtually(scenario)


def test_a_call_let_go_before_it_comes_does_not_wait(virtually):
    async def scenario():
        fetch = AsyncStub("fetch(url)", held=True)
        fetch.release("a")
        await fetch.function("a")
        assert fetch.calls[0].seconds < 0.001

    virtually(scenario)


def test_a_cancelled_call_says_when_and_ends_after_its_clean_up(virtually):
    async def scenario():
        fn = AsyncStub("fn()", latency=10, cleanup=0.5)
        task = asyncio.create_task(fn.function())
        await asyncio.sleep(1)
        task.cancel()
        await asyncio.wait({task})
        await asyncio.sleep(0)
        (call,) = fn.calls
        assert task.cancelled()
        assert (call.ending, call.cancels) == ("cancelled", 1)
        assert round(call.ended - call.cancelled_at, 3) == 0.5
        assert call.runner is task
        assert call.runner_ended == pytest.approx(call.ended, abs=0.001)

    virtually(scenario)


def test_a_second_cancellation_is_counted_and_cuts_the_clean_up_short(virtually):
    async def scenario():
        fn = AsyncStub("fn()", latency=10, cleanup=0.5)
        task = asyncio.create_task(fn.function())
        for _ in range(2):
            await asyncio.sleep(0.1)
            task.cancel()
        await asyncio.wait({task})
        (call,) = fn.calls
        assert call.cancels == 2
        assert call.seconds == pytest.approx(0.2, abs=0.001)

    virtually(scenario)


def test_a_held_plain_stub_holds_the_thread_that_calls_it():
    process = Stub("process(job)", held=True)
    thread = threading.Thread(target=process.function, args=("a",))
    thread.start()
    while not process.calls:
        pass
    assert process.calls[0].runner is thread
    process.release("a")
    thread.join(5)
    assert process.calls[0].ending == "returned"


def test_it_says_which_line_of_the_learners_called_it(learners):
    handle = Stub("handle(job)")
    learners("def work(handle):\n    handle('a')\n").work(handle.function)
    assert handle.calls[0].place == "cell 9, line 2, in `work`: `handle('a')`"
