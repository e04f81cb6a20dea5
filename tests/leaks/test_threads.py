"""Threads: which are found, which are not, and what is said of them."""

import _thread
import os
import queue
import threading
import time

import pytest

from course import leaks


@pytest.mark.parametrize("daemon", [True, False])
def test_a_thread_is_found_a_daemon_too(start, stop, daemon):
    before = leaks.ignore_current()
    thread = start(stop.wait, daemon=daemon, name="the leak")
    (leak,) = leaks.find(before, seconds=0.05)
    assert (leak.kind, leak.name, leak.object) == ("thread", "the leak", thread)
    assert ("daemon" in str(leak)) == daemon


def test_it_says_where_a_thread_was_started_and_where_it_waits(start):
    jobs = queue.Queue()

    def work():
        jobs.get()

    with leaks.tracking():
        before = leaks.ignore_current()
        thread = threading.Thread(target=work)
        thread.start()  # started here
        time.sleep(0.02)
        (leak,) = leaks.find(before, seconds=0.05)
        jobs.put(None)
        thread.join()
    assert leak.created.code == "thread.start()  # started here"
    assert [frame.code for frame in leak.waiting] == ["jobs.get()"]
    assert leak.waiting[0].function == "work"
    assert leak.blocked_in == "Queue.get"


def test_a_subclass_of_thread_is_found():
    class Worker(threading.Thread):
        def run(self):
            event.wait()

    event = threading.Event()
    before = leaks.ignore_current()
    worker = Worker(name="worker")
    worker.start()
    (leak,) = leaks.find(before, seconds=0.05)
    assert leak.waiting[0].function.endswith("Worker.run")
    event.set()
    worker.join()


def test_a_thread_is_found_while_the_tests_own_patch_of_start_is_on(monkeypatch, start, stop):
    started = []
    original = threading.Thread.start
    with leaks.tracking():
        before = leaks.ignore_current()
        monkeypatch.setattr(threading.Thread, "start", lambda self: (started.append(self), original(self))[1])
        thread = start(stop.wait)
        (leak,) = leaks.find(before, seconds=0.05)
        monkeypatch.undo()
    assert started == [leak.object] == [thread]
    assert threading.Thread.start is original


def test_a_thread_started_below_threading_is_found(stop):
    begun, ended = threading.Event(), threading.Event()

    def run():
        begun.set()
        stop.wait()
        ended.set()

    before = leaks.ignore_current()
    ident = _thread.start_new_thread(run, ())
    begun.wait()
    (leak,) = leaks.find(before, seconds=0.05)
    assert (leak.kind, leak.object) == ("thread", ident)
    assert leak.waiting[0].function == "run"
    stop.set()
    ended.wait()
    assert leaks.find(before) == []


def test_a_thread_below_threading_that_runs_c_code_is_found_while_tracking():
    lock = _thread.allocate_lock()
    lock.acquire()
    with leaks.tracking():
        before = leaks.ignore_current()
        _thread.start_new_thread(lock.acquire, ())
        (leak,) = leaks.find(before, seconds=0.05)
        assert leak.created.code == "_thread.start_new_thread(lock.acquire, ())"
        assert "running acquire" in str(leak)
        lock.release()
        assert leaks.find(before) == []


def test_a_thread_below_threading_that_has_asked_for_its_thread_object_is_reported_once_and_ends(stop):
    begun = threading.Event()

    def run():
        threading.current_thread()
        begun.set()
        stop.wait()

    before = leaks.ignore_current()
    _thread.start_new_thread(run, ())
    begun.wait()
    (leak,) = leaks.find(before, seconds=0.05)
    assert leak.kind == "thread"
    stop.set()
    assert leaks.find(before) == []


def test_raw_threads_that_take_over_an_ident_are_told_apart_while_tracking():
    with leaks.tracking():
        for _ in range(10):
            first, second = _thread.allocate_lock(), _thread.allocate_lock()
            first.acquire()
            second.acquire()
            empty = leaks.ignore_current()
            _thread.start_new_thread(first.acquire, ())
            assert len(leaks.find(empty, tries=0)) == 1
            with_first = leaks.ignore_current()
            first.release()
            assert leaks.find(empty) == []
            _thread.start_new_thread(second.acquire, ())
            assert len(leaks.find(with_first, tries=3, seconds=0.003)) == 1
            second.release()
            assert leaks.find(empty) == []


def test_no_leak_is_reported_for_threads_that_have_ended(start):
    before = leaks.ignore_current()
    start(int).join()
    assert leaks.find(before) == []


def test_a_thread_that_ends_50_ms_later_is_waited_for(start):
    before = leaks.ignore_current()
    thread = start(time.sleep, 0.05)
    assert leaks.find(before) == []
    assert not thread.is_alive()


def test_the_main_thread_and_the_one_that_asks_are_no_leaks(start):
    answers = []
    before = leaks.ignore_current()
    start(lambda: answers.append(leaks.find(before))).join()
    assert answers == [[]]


def test_threads_that_start_and_end_all_the_time_are_no_leaks(stop, start):
    def churn():
        while not stop.is_set():
            thread = threading.Thread(target=int)
            thread.start()
            thread.join()
            _thread.start_new_thread(int, ())

    before = leaks.ignore_current()
    churner = start(churn)
    for _ in range(20):
        found = leaks.find(before, leaks.ignore(name=churner.name))
        assert found == []


def test_the_outermost_function_of_a_very_deep_stack_can_be_ignored(start, stop):
    arrived = threading.Event()

    def down(depth):
        if depth:
            down(depth - 1)
        else:
            arrived.set()
            stop.wait()

    def target():
        down(600)

    before = leaks.ignore_current()
    start(target)
    assert arrived.wait(5)
    assert len(leaks.find(before, tries=0)) == 1
    assert leaks.find(before, leaks.ignore(any_function="*.target"), tries=0) == []


def test_a_forked_child_does_not_report_its_parents_threads():
    with leaks.tracking():
        lock = _thread.allocate_lock()
        lock.acquire()
        _thread.start_new_thread(lock.acquire, ())
        child = os.fork()
        if child == 0:
            os._exit(len(leaks.find(tries=0)))
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        lock.release()
