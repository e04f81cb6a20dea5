from __future__ import annotations

import asyncio
import contextlib
import re
import time

import pytest

from autograder.probes.stubs import AsyncStub
from autograder.probes.tasks import (
    Call,
    Started,
    WakeUps,
    all_ended,
    cancelling_reaches,
    close_waits,
    ends_as_cancelled,
    group_membership,
    nobody_spins,
    nothing_left,
    runs_if_accepted,
    sees_cancellation,
    timers_left,
    until,
    waits_in,
    worst_moment,
)
from autograder.verdict import Failed


@pytest.fixture
def told(virtually):
    """What `Failed` says that a scenario raises."""

    def tell(scenario):
        with pytest.raises(Failed) as caught:
            virtually(scenario)
        return str(caught.value)

    return tell


# -- a call


def test_a_call_knows_its_result_when_it_began_and_how_long_it_took(virtually):
    async def work(x):
        await asyncio.sleep(0.5)
        return x

    async def scenario():
        call = Call(work, 7)
        assert not await call.ended(within=0.1)
        assert (call.ending, call.done) == ("not ended", False)
        assert await call.returned() == 7
        assert call.took == pytest.approx(0.5, abs=0.001)
        assert call.ending == "returned"

    virtually(scenario)


def test_a_call_that_has_stopped_the_loop_has_not_ended_in_time(virtually, told):
    async def stops_the_loop():
        time.sleep(60)

    async def scenario():
        call = Call(stops_the_loop)
        assert not await call.ended(within=10)
        assert call.done
        await Call(stops_the_loop).returned(within=10)

    assert "Seen: it returned 60 s after it was called." in told(scenario)


def test_an_error_of_the_learners_comes_out_as_it_is(virtually):
    async def work():
        raise KeyError("a")

    async def scenario():
        call = Call(work)
        with pytest.raises(KeyError):
            await call.returned()
        assert call.ending == "raised KeyError('a')"

    virtually(scenario)


def test_a_call_that_does_not_return_is_told_with_the_line_it_waits_at(told, learners):
    first = learners("import asyncio\nasync def first():\n    await asyncio.Event().wait()\n").first

    async def scenario():
        await Call(first).returned(within=3)

    assert told(scenario) == (
        "Expected: `first` returns.\nSeen: it had not returned 3 s after it was called.\n"
        "Where: cell 9, line 3, in `first`: `await asyncio.Event().wait()`"
    )


def test_a_check_may_say_itself_what_a_call_that_does_not_return_was_expected_to_do(told, learners):
    submit = learners("import asyncio\nasync def submit():\n    await asyncio.Event().wait()\n").submit

    async def scenario():
        await Call(submit).returned(expected="a `submit` that waits returns when jobs have ended.")

    assert told(scenario).splitlines()[:2] == [
        "Expected: a `submit` that waits returns when jobs have ended.",
        "Seen: it had not returned 2 s after it was called.",
    ]


def test_the_place_of_a_call_that_has_returned_is_the_line_it_returned_from(virtually, learners):
    first = learners("async def first():\n    if True:\n        return 1\n    return 2\n").first

    async def scenario():
        call = Call(first)
        await call.returned()
        return call.place

    assert virtually(scenario) == "cell 9, line 3, in `first`: `return 1`"


def test_what_swallows_its_cancellation_does_not_hold_up_the_check(virtually):
    async def stubborn():
        while True:
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.sleep(3600)

    async def scenario():
        call = Call(stubborn)
        await asyncio.sleep(0)
        call.cancel()
        assert not await call.ended(within=10)

    virtually(scenario)


def test_a_cancellation_that_nobody_asked_for_is_told(told):
    async def work():
        raise asyncio.CancelledError

    async def scenario():
        await Call(work).returned()

    assert "nobody had cancelled it" in told(scenario)


def test_a_plain_function_where_a_coroutine_function_belongs_is_told(told):
    def first():
        return 3

    async def scenario():
        await Call(first).returned()

    assert told(scenario).startswith("Expected: `first` is an `async def`.\nSeen: calling it gave 3")


def test_calls_made_together_begin_in_the_same_turn(virtually):
    async def scenario():
        fetch = AsyncStub("fetch(url)", latency=1)
        calls = [Call(fetch.function, number) for number in range(100)]
        await asyncio.sleep(0)
        assert len(fetch.in_flight) == 100
        assert {call.began for call in calls} == {calls[0].began}

    virtually(scenario)


# -- moments


def test_all_have_ended_once_the_last_of_them_has_and_not_by_an_earlier_time(virtually):
    async def scenario():
        calls = [Call(asyncio.sleep, seconds) for seconds in (30, 60)]
        early = await all_ended(calls, within=59)
        began = asyncio.get_running_loop().time()
        late = await all_ended(calls, within=3600)
        waited = asyncio.get_running_loop().time() - began
        assert (early, late, round(waited, 2)) == (False, True, 1.0)
        assert await all_ended([])

    virtually(scenario)


def test_a_call_that_raised_or_was_cancelled_has_ended(virtually):
    async def scenario():
        raises, cancelled = Call(asyncio.sleep, "no number"), Call(asyncio.sleep, 3600)
        await asyncio.sleep(1)
        cancelled.cancel()
        assert await all_ended([raises, cancelled])

    virtually(scenario)


def test_until_says_whether_it_came_to_be_in_time(virtually):
    async def scenario():
        began = time.monotonic()
        assert await until(lambda: time.monotonic() > began + 0.5)
        assert not await until(lambda: False, within=1)
        assert time.monotonic() == pytest.approx(began + 1.5, abs=0.005)

    virtually(scenario)


def test_the_worst_moment_is_just_after_a_poller_has_looked(virtually):
    async def poll():
        while True:
            await asyncio.sleep(0.3)

    async def scenario():
        began = time.monotonic()
        poller = asyncio.create_task(poll())
        await asyncio.sleep(0.1)
        await worst_moment(longer_than=0.1)
        poller.cancel()
        assert time.monotonic() == pytest.approx(began + 0.3, abs=0.001)

    virtually(scenario)


def test_where_nobody_polls_no_moment_is_worse_than_another(virtually):
    async def scenario():
        began = time.monotonic()
        await worst_moment(longer_than=0.1, within=0.5)
        assert time.monotonic() == pytest.approx(began + 0.5, abs=0.001)
        assert "call_at" not in vars(asyncio.get_running_loop())

    virtually(scenario)


# -- tasks that were started, wake-ups


def test_started_are_the_learners_tasks_and_no_call_of_the_check(virtually):
    async def work():
        kept.append(asyncio.create_task(asyncio.sleep(1), name="theirs"))
        await asyncio.sleep(2)

    kept = []

    async def scenario():
        started = Started()
        Call(work)
        await asyncio.sleep(0.1)
        assert [task.get_name() for task in started.alive()] == ["theirs"]
        await asyncio.sleep(1)
        assert started.alive() == []

    virtually(scenario)


@pytest.mark.parametrize(
    ("pause", "said"),
    [(0.1, "it woke 21 times in 2.05 s"), (0, "it spins: it never waits"), (10, "it woke 0 times in 5 s")],
)
def test_wake_ups_are_counted_and_a_spin_is_called_one(virtually, learners, pause, said):
    poll = learners(
        "import asyncio\nasync def poll(pause):\n    while True:\n        await asyncio.sleep(pause)\n"
    ).poll

    async def scenario():
        Call(poll, pause)
        await asyncio.sleep(0.05)
        return await WakeUps.counted(5.0, most=20)

    wake_ups = virtually(scenario)
    assert wake_ups.said.startswith(said)
    assert wake_ups.too_many == (pause < 1)
    if wake_ups.too_many:
        assert wake_ups.place == "cell 9, line 4, in `poll`: `await asyncio.sleep(pause)`"


@pytest.mark.parametrize("pause", [0.001, 0.05, 3600])
def test_who_sleeps_does_not_spin_however_often_it_looks(virtually, pause):
    async def looks():
        while True:
            await asyncio.sleep(pause)

    async def scenario():
        Call(looks)
        await nobody_spins("it waits.")

    virtually(scenario)


def test_who_looks_again_in_the_next_turn_spins(told, learners):
    spin = learners("import asyncio\nasync def spin():\n    while True:\n        await asyncio.sleep(0)\n").spin

    async def scenario():
        Call(spin)
        await nobody_spins("between two ticks it waits.")

    expected, seen, place = told(scenario).splitlines()
    assert expected == "Expected: between two ticks it waits."
    assert seen.startswith("Seen: it spins: it never waits, and used ")
    assert place == "Where: cell 9, line 4, in `spin`: `await asyncio.sleep(0)`"


# -- what is accepted runs once, what is refused never


class Takes:
    """It takes jobs and refuses those that are below zero. `runs` says how often each runs."""

    def __init__(self, handle, runs):
        self.handle, self.runs = handle, runs

    async def submit(self, job):
        for _ in range(self.runs(job)):
            await self.handle(job)
        if job < 0:
            raise ValueError(job)


@pytest.mark.parametrize(
    ("runs", "said"),
    [
        (lambda job: job > 0, ""),
        (lambda job: 0, "the `submit` of 1 had returned, and it was handled 0 times."),
        (lambda job: 2 * (job > 0), "the `submit` of 1 had returned, and it was handled 2 times."),
        (lambda job: 1, "the `submit` of -2 had raised ValueError(-2), and it was handled 1 time."),
    ],
)
def test_what_is_accepted_runs_once_and_what_is_refused_never(virtually, runs, said):
    async def scenario():
        handle = AsyncStub("handle(job)")
        submit = Takes(handle.function, runs).submit
        submits = {job: Call(submit, job) for job in (1, -2)}
        await asyncio.sleep(1)
        runs_if_accepted(handle, submits)

    if not said:
        virtually(scenario)
        return
    with pytest.raises(Failed, match=re.escape(f"Seen: {said}")):
        virtually(scenario)


def test_a_job_that_was_accepted_and_cut_short_was_not_handled(told):
    async def scenario():
        handle = AsyncStub("handle(job)", latency=60)
        running = []

        async def submit(job):
            running.append(asyncio.create_task(handle.function(job)))

        submits = {"a": Call(submit, "a")}
        await asyncio.sleep(1)
        running[0].cancel()
        await asyncio.sleep(1)
        runs_if_accepted(handle, submits)

    assert "the `submit` of 'a' had returned, and it was handled 0 times." in told(scenario)


# -- cancelling reaches it


async def waits_for_both(fetch):
    async with asyncio.TaskGroup() as group:
        for url in "ab":
            group.create_task(fetch(url))


async def forgets_them(fetch):
    forgotten.extend(asyncio.create_task(fetch(url)) for url in "ab")
    await asyncio.sleep(3600)


async def swallows(fetch):
    try:
        await waits_for_both(fetch)
    except asyncio.CancelledError:
        return


async def takes_its_time(fetch):
    try:
        await waits_for_both(fetch)
    finally:
        await asyncio.sleep(0.2)


forgotten = []


def cancelled(work):
    async def scenario():
        fetch = AsyncStub("fetch(url)", held=True, cleanup=5)
        call = Call(work, fetch.function)
        assert await until(lambda: len(fetch.in_flight) == 2)
        await cancelling_reaches(call, fetch)

    return scenario


def test_cancelling_reaches_what_is_awaited_however_long_it_cleans_up(virtually):
    virtually(cancelled(waits_for_both))


@pytest.mark.parametrize(
    ("work", "seen"),
    [
        (forgets_them, "2 of 2 calls of `fetch` had not been cancelled 100 ms later."),
        (swallows, "it returned: it swallowed the `CancelledError`."),
        (takes_its_time, "it was cancelled, and ended 200 ms after that."),
    ],
)
def test_what_cancelling_does_not_reach_is_told(told, work, seen):
    assert f"Seen: {seen}" in told(cancelled(work))


def test_a_call_that_the_check_has_cancelled_itself_is_judged_alike(virtually, told):
    async def deaf():
        while True:
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.sleep(3600)

    async def scenario(work):
        call = Call(work)
        await asyncio.sleep(0)
        call.cancel()
        await ends_as_cancelled(call)

    async def ends():
        await asyncio.sleep(3600)

    async def deaf_scenario():
        await scenario(deaf)

    virtually(scenario, ends)
    assert "it was cancelled, and was still running long after that." in told(deaf_scenario)


def test_whether_work_is_cancelled_by_anything_can_be_asked(told):
    async def scenario():
        fn = AsyncStub("fn()", latency=10)
        Call(fn.function)
        await asyncio.sleep(0)
        await sees_cancellation(fn, "`close()` cancels `fn`")

    assert told(scenario).startswith("Expected: `close()` cancels `fn`.\nSeen: 1 of 1 calls of `fn` had not")


# -- close is idempotent and waits


class Loop:
    """Runs `fn` until it is closed; what `close` does wrongly is its subclasses' affair."""

    def __init__(self, fn):
        self.task = asyncio.create_task(fn())

    async def close(self):
        self.task.cancel()
        await asyncio.wait({self.task})


class ClosesOnce(Loop):
    closed = False

    async def close(self):
        if not self.closed:
            self.closed = True
            await super().close()


class GivesUp(Loop):
    async def close(self):
        self.task.cancel()
        await asyncio.wait({self.task}, timeout=10)


class Dawdles(Loop):
    async def close(self):
        await super().close()
        await asyncio.sleep(1)


class Raises(Loop):
    async def close(self):
        await super().close()
        raise RuntimeError("closed already")


class Hangs(Loop):
    async def close(self):
        await asyncio.Event().wait()


class OnlyAsks(Loop):
    async def close(self):
        self.task.cancel()


def closed(kind, **how):
    async def scenario():
        fn = AsyncStub("fn()", latency=3600, cleanup=30)
        loop = kind(fn.function)
        await until(lambda: fn.in_flight)
        await close_waits(loop.close, fn, **how)

    return scenario


def test_a_close_that_waits_is_fine_once_and_from_two_tasks_at_once(virtually):
    virtually(closed(Loop))
    virtually(closed(ClosesOnce))


@pytest.mark.parametrize(
    ("kind", "seen"),
    [
        (OnlyAsks, "it returned 0 ms after it was called, with `fn` still running for another 30 s."),
        (GivesUp, "it returned 10 s after it was called, with `fn` still running for another 20 s."),
        (Dawdles, "it returned 1 s after everything had ended."),
        (Raises, "it raised RuntimeError('closed already')."),
        (Hangs, "it never returned."),
    ],
)
def test_a_close_that_does_not_wait_or_does_not_end_is_told(told, kind, seen):
    assert f"Seen: {seen}" in told(closed(kind))


def test_a_close_that_does_not_wait_for_another_close_is_told(told):
    assert "Seen: one of 2 calls at once returned 0 ms after" in told(closed(ClosesOnce, at_once=2))


def test_a_close_that_may_raise_is_handed_back_with_its_error(virtually):
    async def scenario():
        fn = AsyncStub("fn()", latency=1)
        (call,) = await close_waits(Raises(fn.function).close, fn, may_raise=True)
        assert isinstance(call.error, RuntimeError)

    virtually(scenario)


# -- nothing is left


def test_a_block_that_leaves_nothing_passes_and_one_that_leaves_a_task_is_told(virtually, told, learners):
    leaky = learners("import asyncio\nasync def leak():\n    asyncio.create_task(asyncio.Event().wait())\n").leak

    async def clean():
        async with nothing_left("when it has returned"):
            await Call(asyncio.sleep, 1).returned()

    async def unclean():
        async with nothing_left("when it has returned"):
            await Call(leaky).returned()

    virtually(clean)
    message = told(unclean)
    assert message.startswith("Expected: when it has returned, nothing is left.\nSeen: left behind: the task 'Task-")
    assert "created at cell 9, line 3, in `leak`" in message


def test_what_ends_within_the_grace_is_not_left(virtually, told):
    async def scenario(grace):
        async with nothing_left("when it has returned", grace=grace):
            kept.append(asyncio.create_task(asyncio.sleep(0.5)))

    async def impatient():
        await scenario(0.1)

    kept = []
    virtually(scenario, 1.0)
    assert "left behind" in told(impatient)


def test_an_error_in_the_block_comes_out_and_nothing_is_looked_for(virtually):
    async def scenario():
        async with nothing_left("when it has returned"):
            kept.append(asyncio.create_task(asyncio.Event().wait()))
            raise KeyError("a")

    kept = []
    with pytest.raises(KeyError):
        virtually(scenario)


def test_a_call_that_never_ends_is_the_checks_own_and_not_left(virtually):
    async def scenario():
        async with nothing_left("when it has returned"):
            Call(asyncio.Event().wait)

    virtually(scenario)


def test_kinds_that_another_item_tells_of_are_left_out(virtually, told, learners):
    module = learners("import asyncio\ndef later():\n    asyncio.get_running_loop().call_later(60, lambda: None)\n")

    def scenario(kinds):
        async def leaves_a_timer():
            async with nothing_left("when it has returned", kinds=kinds):
                module.later()

        return leaves_a_timer

    virtually(scenario({"task", "thread"}))
    assert "left behind: the timer" in told(scenario({"task", "timer"}))


# -- timers and task groups


def test_a_timer_is_left_until_it_is_due_or_cancelled_and_told_with_its_callback(virtually, learners):
    module = learners("def ring():\n    pass\n")

    async def scenario():
        loop = asyncio.get_running_loop()
        handle = loop.call_later(60, module.ring)
        loop.call_later(1, module.ring)
        assert len(timers_left()) == 2
        await asyncio.sleep(2)
        assert timers_left() == ["cell 9, line 1: `def ring():`"]
        handle.cancel()
        assert timers_left() == []

    virtually(scenario)


def test_a_task_is_in_a_group_by_whatever_name_and_so_is_what_it_starts(virtually, monkeypatch):
    monkeypatch.setattr(asyncio.TaskGroup, "create_task", asyncio.TaskGroup.create_task)

    class Other(asyncio.TaskGroup):
        pass

    async def asks():
        return in_group()

    async def starts_another():
        return await asyncio.create_task(asks())

    async def scenario():
        async with contextlib.AsyncExitStack() as stack:
            group = await stack.enter_async_context(Other())
            tasks = [group.create_task(asks()), group.create_task(starts_another(), name="starts another")]
        assert [task.result() for task in tasks] == [True, True]
        assert not await asyncio.create_task(asks())
        assert not await asks()

    in_group = group_membership()
    virtually(scenario)


# -- what a task waits in


def test_a_task_waits_in_each_function_on_the_way_to_where_it_waits_and_ended_in_none(virtually):
    async def put(queue):
        await queue.put(1)

    async def scenario():
        full = asyncio.Queue(maxsize=1)
        full.put_nowait(0)
        putting, ended = asyncio.create_task(put(full)), asyncio.create_task(asyncio.sleep(0))
        await asyncio.sleep(0.1)
        assert waits_in(putting, put)
        assert waits_in(putting, asyncio.Queue.put)
        assert not waits_in(putting, asyncio.Queue.get)
        assert not waits_in(ended, asyncio.sleep)
        putting.cancel()

    virtually(scenario)
