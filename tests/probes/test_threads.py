from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from autograder.probes.stubs import Stub
from autograder.probes.threads import (
    Call,
    Started,
    WatchedQueue,
    Work,
    all_return,
    at_once,
    close_waits,
    entry,
    is_free,
    nothing_left,
    runs,
    seconds_to_end,
    stop_ends,
    until,
    worst_moment,
)

# Each scenario runs in a forked process, on virtual time; `threaded` returns what it returns or the text of its error.


def test_a_call_knows_its_result_when_it_began_and_how_long_it_took(threaded):
    def scenario():
        call = Call(lambda x: (time.sleep(0.5), x)[1], 7)
        early = call.ended(within=0.1)
        return early, call.ending, call.returned(), round(call.took, 2), call.ending

    assert threaded(scenario) == [False, "not ended", 7, 0.5, "returned"]


def test_an_error_of_the_learners_comes_out_as_it_is(threaded):
    assert threaded(lambda: Call(int, "x").returned()).startswith("ValueError: invalid literal")


def test_a_call_that_does_not_return_is_told_with_the_line_it_waits_at(threaded):
    text = "import threading\ndef work():\n    threading.Event().wait()\n"
    assert threaded(lambda solution: Call(solution.work).returned(within=3), text) == (
        "Failed: Expected: `work` returns.\nSeen: it had not returned 3 s after it was called.\n"
        "Where: cell 9, line 3, in `work`: `threading.Event().wait()`"
    )


def test_the_place_of_a_call_that_has_returned_is_the_line_it_returned_from(threaded):
    def scenario(solution):
        call = Call(solution.work)
        call.returned()
        return call.place

    text = "def work():\n    for _ in range(3):\n        return helper()\ndef helper():\n    return 1\n"
    assert threaded(scenario, text) == "cell 9, line 3, in `work`: `return helper()`"


def test_calls_at_once_begin_at_the_same_moment(threaded):
    def scenario():
        process = Stub("process(job)", latency=1)
        calls = at_once(*[(process.function, number) for number in range(20)])
        for call in calls:
            call.returned()
        return process.most_at_once, max(call.began for call in calls) - min(call.began for call in calls) < 0.001

    assert threaded(scenario) == [20, True]


def test_the_worst_moment_is_just_after_a_poller_has_looked(threaded):
    def scenario():
        def poll():
            while True:
                time.sleep(0.3)

        began = time.monotonic()
        threading.Thread(target=poll, daemon=True).start()
        time.sleep(0.1)
        worst_moment(longer_than=0.1)
        polled = time.monotonic() - began
        worst_moment(longer_than=0.5, within=2.0)
        return round(polled, 2), round(time.monotonic() - began, 2)

    assert threaded(scenario) == [0.3, 2.3]


def test_started_are_the_learners_threads_without_calls_and_spare_ones_of_a_pool(threaded):
    def scenario():
        started = Started()
        Call(time.sleep, 60)
        theirs = threading.Thread(target=time.sleep, args=(1,), name="theirs", daemon=True)
        theirs.start()
        pool = ThreadPoolExecutor(1)
        pool.submit(time.sleep, 0.5)
        both = len(started.running())
        ends = round(seconds_to_end(started.running, within=2), 2)
        return both, ends, runs(theirs), started.running()

    assert threaded(scenario) == [2, 1.0, False, []]


def test_threads_that_begin_in_the_same_function_have_the_same_entry(threaded):
    text = (
        "import threading\ndef work():\n    helper()\ndef other():\n    helper()\n"
        "def helper():\n    threading.Event().wait()\n"
    )

    def scenario(solution):
        plain = [threading.Thread(target=target) for target in (solution.work, solution.work, solution.other)]
        timer = threading.Timer(60, solution.work)
        for thread in (*plain, timer):
            thread.start()
        time.sleep(1)
        return [entry(thread).co_name for thread in (*plain, timer)]

    assert threaded(scenario, text) == ["work", "work", "other", "work"]


def test_until_says_whether_it_came_to_be_in_time(threaded):
    def scenario():
        began = time.monotonic()
        return until(lambda: time.monotonic() > began + 0.5), until(lambda: False, within=1)

    assert threaded(scenario) == [True, False]


POLL = "import time\ndef poll(pause):\n    while True:\n        time.sleep(pause)\n"
SPIN = "def poll(_):\n    number = 0\n    while True:\n        number += 1\n"


@pytest.mark.parametrize(
    ("text", "share", "said"),
    [(POLL, "little", "it used 0 % of a processor, and woke 10 times in 1 s"), (SPIN, "much", "it spins: it never")],
)
def test_a_spin_is_told_from_polling(threaded, text, share, said):
    def scenario(solution):
        thread = threading.Thread(target=solution.poll, args=(0.1,), daemon=True)
        thread.start()
        time.sleep(0.01)
        work = Work([thread])
        time.sleep(1.0)
        return "little" if work.share < 0.05 else "much", work.said, work.place

    seen_share, seen, place = threaded(scenario, text)
    assert seen_share == share
    assert seen.startswith(said)
    assert place.startswith("cell 9, line ")


def test_a_deadlock_is_told_from_starvation(threaded):
    def crossed(solution):
        calls = at_once((solution.one,), (solution.other,))
        all_return(calls, "both get on", within=60, also=lambda: "none was done, and ")

    crossing = """
import threading, time
first, second = threading.Lock(), threading.Lock()
def one():
    with first:
        time.sleep(0.1)
        with second: pass
def other():
    with second:
        time.sleep(0.1)
        with first: pass
"""
    polling = crossing.replace("with second: pass", "second.acquire(timeout=1)\n        one()").replace(
        "first, second = threading.Lock(), threading.Lock()", "first, second = threading.RLock(), threading.Lock()"
    )
    assert threaded(crossed, crossing) == (
        "Failed: Expected: both get on, without a deadlock.\n"
        "Seen: a deadlock: each waits for what another one holds. none was done, and 2 threads did not end.\n"
        "Where: cell 9, line 7, in `one`: `with second: pass`; cell 9, line 11, in `other`: `with first: pass`"
    )
    assert "Seen: no deadlock, but nobody gets on" in threaded(crossed, polling)


def test_calls_that_all_return_are_fine_and_one_that_raises_is_told(threaded):
    def scenario(divisor):
        all_return(at_once((time.sleep, 30), (divmod, 1, divisor)), "all get on", within=60)

    assert threaded(lambda: scenario(1)) is None
    assert threaded(lambda: scenario(0)).startswith(
        "Failed: Expected: all get on.\nSeen: `divmod` raised ZeroDivisionError("
    )


def test_a_watched_queue_calls_before_within_and_after_a_put_and_knows_who_takes(threaded):
    def scenario():
        seen = []
        jobs = WatchedQueue(
            1,
            before_put=lambda job: seen.append(("before", job)),
            accept=lambda job: seen.append(("in", job)),
            after_put=lambda job: seen.append(("after", job)),
        )
        jobs.put(1)
        putting = Call(jobs.put, 2)
        waits = not putting.ended(within=30)
        taking = Call(jobs.get)
        putting.returned()
        return waits, taking.returned(), list(jobs.takers) == [taking.thread], seen

    before_room = [["before", 1], ["in", 1], ["after", 1], ["before", 2]]
    assert threaded(scenario) == [True, 1, True, [*before_room, ["in", 2], ["after", 2]]]


def test_what_a_watched_queue_raises_on_a_put_comes_out_and_nothing_is_in_it(threaded):
    def scenario():
        def breaks(job):
            raise OSError("no route")

        jobs = WatchedQueue(accept=breaks)
        call = Call(jobs.put, 1)
        call.ended()
        return call.ending, jobs.qsize()

    assert threaded(scenario) == ["raised OSError('no route')", 0]


def test_a_lock_is_free_if_it_can_be_had_in_time_and_is_let_go_again(threaded):
    def scenario():
        lock = threading.Lock()
        Call(lambda: lock.acquire() and (time.sleep(1), lock.release()))
        until(lock.locked)
        return is_free(lock), is_free(lock, within=0.5), is_free(lock, within=2), lock.locked()

    assert threaded(scenario) == [False, False, True, False]


# -- the properties


SERVICE = """
import threading, time

class Service:
    def __init__(self, sink):
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(sink,), daemon=True)
        self._thread.start()
        self._closed = False

    def _run(self, sink):
        sink("message")
        while not self._stop.wait(0.1):
            pass

    def close(self):
        self._stop.set()
        self._thread.join()

class GivesUp(Service):
    def close(self):
        self._stop.set()
        self._thread.join(timeout=10)

class ClosesOnce(Service):
    def close(self):
        if not self._closed:
            self._closed = True
            super().close()

class Raises(Service):
    def close(self):
        super().close()
        raise RuntimeError("closed already")

class Hangs(Service):
    def close(self):
        threading.Event().wait()

class OneMore(Service):
    def close(self):
        super().close()
        threading.Timer(60, print).start()

class Linger(Service):
    def _run(self, sink):
        super()._run(sink)
        time.sleep(1)

    def close(self):
        self._stop.set()
        time.sleep(30)
"""


def closed(kind, at_once=1):
    def scenario(solution):
        sink = Stub("sink(message)", latency=30)
        service = getattr(solution, kind)(sink.function)
        until(lambda: sink.in_flight)
        close_waits(service.close, sink, at_once=at_once)

    return scenario


@pytest.mark.parametrize(("kind", "times"), [("Service", 1), ("Service", 3), ("ClosesOnce", 1)])
def test_a_close_that_waits_is_fine(threaded, kind, times):
    assert threaded(closed(kind, times), SERVICE) is None


@pytest.mark.parametrize(
    ("kind", "times", "seen"),
    [
        ("GivesUp", 1, "it returned 10 s after it was called, with `sink` still running for another 20 s."),
        ("ClosesOnce", 2, "one of 2 calls at once returned 0 ms after it was called, with `sink` still running"),
        ("Raises", 1, "it raised RuntimeError('closed already')."),
        ("Hangs", 1, "it never returned."),
        ("Linger", 1, "it returned, and the thread still ran 50 ms later."),
    ],
)
def test_a_close_that_does_not_wait_or_does_not_end_is_told(threaded, kind, times, seen):
    assert f"Seen: {seen}" in threaded(closed(kind, times), SERVICE)


@pytest.mark.parametrize(("limit", "said"), [(0.25, None), (0.05, "ended 100 ms after `stop` was set.")])
def test_stop_must_end_the_threads_also_at_the_worst_moment(threaded, limit, said):
    def scenario(solution):
        service = solution.Service(print)
        time.sleep(0.05)
        stop_ends(service._stop, lambda: [service._thread], "the service", within=limit)

    text = SERVICE.replace("self._stop.wait(0.1)", "self._stop.is_set() and not time.sleep(0.1)")
    seen = threaded(scenario, text)
    assert seen is None if said is None else said in seen


def test_what_a_block_leaves_is_told_and_no_call_of_the_check(threaded):
    def scenario(kind):
        def leave(solution):
            with nothing_left("after `close()`"):
                service = getattr(solution, kind)(lambda message: None)
                Call(time.sleep, 3600)
                Call(service.close).returned()

        return leave

    assert threaded(scenario("Service"), SERVICE) is None
    told = threaded(scenario("OneMore"), SERVICE)
    assert "Expected: after `close()` nothing is left running.\nSeen: left behind: the threading.Timer 'Thread-" in told
    assert "created at cell 9" in told
