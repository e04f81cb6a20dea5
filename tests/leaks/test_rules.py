"""Ignore rules: by name, function, creator, kind, and what is there now."""

import _thread
import asyncio
import gc
import re
import threading
import weakref

import pytest

from course import leaks


def wait(stop):
    stop.wait()


def outer(stop):
    wait(stop)


@pytest.fixture
def before_and_thread(start, stop):
    with leaks.tracking():
        before = leaks.ignore_current()
        thread = start(outer, stop, name="worker-12")
        yield before, thread


@pytest.mark.parametrize(
    "conditions",
    [
        {"name": "worker-12"},
        {"name": "worker-*"},
        {"name": re.compile(r"worker-\d+")},
        {"kind": "thread", "name": "worker-12"},
        {"top_function": "threading.Condition.wait"},
        {"top_function": "tests.leaks.test_rules.wait"},
        {"any_function": "tests.leaks.test_rules.outer"},
        {"any_function": "threading.Event.wait"},
        {"created_by": "tests.leaks.conftest.start.<locals>.start"},
        {"name": "worker-*", "any_function": "tests.leaks.test_rules.outer"},
    ],
    ids=str,
)
def test_a_rule_ignores_what_meets_it(before_and_thread, conditions):
    before, _ = before_and_thread
    assert leaks.find(before, leaks.ignore(**conditions)) == []


@pytest.mark.parametrize(
    "conditions",
    [
        {"name": "worker-1"},
        {"name": "worker-1."},
        {"name": re.compile(r"worker-\d")},
        {"kind": "task", "name": "worker-12"},
        {"top_function": "tests.leaks.test_rules.outer"},
        {"any_function": "tests.leaks.test_rules.nowhere"},
        {"any_function": "outer"},
        {"created_by": "tests.leaks.test_rules.outer"},
        {"name": "worker-*", "any_function": "tests.leaks.test_rules.nowhere"},
    ],
    ids=str,
)
def test_a_rule_ignores_nothing_else(before_and_thread, conditions):
    before, thread = before_and_thread
    (leak,) = leaks.find(before, leaks.ignore(**conditions), seconds=0.05)
    assert leak.object is thread


def test_a_rule_needs_a_condition():
    with pytest.raises(ValueError, match="at least one condition"):
        leaks.ignore()


def test_what_is_there_now_is_ignored_and_what_comes_later_is_not(start, stop):
    start(stop.wait)
    before = leaks.ignore_current()
    assert leaks.find(before) == []
    later = start(stop.wait)
    (leak,) = leaks.find(before, seconds=0.05)
    assert leak.object is later


def test_a_baseline_keeps_nothing_alive():
    stop = threading.Event()
    thread = threading.Thread(target=stop.wait)
    thread.start()
    before = leaks.ignore_current()
    stop.set()
    thread.join()
    reference = weakref.ref(thread)
    del thread
    gc.collect()
    assert reference() is None
    assert leaks.find(before) == []


def test_several_baselines_ignore_what_any_of_them_holds(start, stop):
    first = leaks.ignore_current()
    start(stop.wait)
    second = leaks.ignore_current()
    assert leaks.find(first, second) == []


def test_what_is_not_a_rule_is_refused():
    with pytest.raises(TypeError, match="not a rule"):
        leaks.find("worker-12")


def test_a_rule_for_daemons_ignores_threads_that_end_with_the_process_and_nothing_else(start, stop):
    async def main():
        before = leaks.ignore_current()
        start(stop.wait, name="daemon", daemon=True)
        start(stop.wait, name="to be joined", daemon=False)
        _thread.start_new_thread(stop.wait, ())
        task = asyncio.create_task(asyncio.sleep(3600), name="no thread")

        def names(*rules):
            return [leak.name for leak in leaks.find(before, *rules, tries=0)]

        assert names(leaks.ignore(daemon=True)) == ["to be joined", "no thread"]
        assert "to be joined" not in names(leaks.ignore(daemon=False))
        assert "no thread" in names(leaks.ignore(daemon=False))
        task.cancel()

    with leaks.tracking():
        asyncio.run(main())
