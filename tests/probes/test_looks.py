from __future__ import annotations

import threading
import time

from autograder.probes.looks import Computation, Stop
from autograder.probes.processor import kept_waiting
from course import leaks


def work(seconds: float) -> None:
    """Uses so many seconds of processor time in this thread."""
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        pass


def test_a_computation_that_is_done_has_its_result_and_what_it_used():
    run = Computation(lambda n, stop: (work(0.02), n)[1], 7)
    assert run.ended(within=5)
    assert (run.result, run.error, run.looks) == (7, None, 0)
    assert run.used >= 0.02


def test_an_error_of_a_computation_is_kept():
    run = Computation(lambda stop: int("x"))
    assert run.ended(within=5)
    assert isinstance(run.error, ValueError)


def test_stop_is_set_right_after_a_look():
    def count(answers, stop):
        while len(answers) < 5:
            work(0.02)
            answers.append(stop.is_set())
            if answers[-1]:
                return

    answers: list[bool] = []
    run = Computation(count, answers, sets_after=0.03)
    assert run.ended(within=5)
    assert answers == [False, False, True]
    assert 0.02 <= run.latency < run.used


def test_a_wait_is_a_look_as_well():
    run = Computation(lambda stop: [work(0.01), stop.wait(0), stop.wait(0)], sets_after=0.0)
    assert run.ended(within=5)
    assert (run.result, run.looks) == ([None, False, True], 2)


def test_where_nobody_looks_stop_is_set_in_the_end():
    def deaf(stop):
        while not threading.Event.is_set(stop):
            pass

    run = Computation(deaf, sets_after=0.0)
    assert run.ended(within=5)
    assert run.looks == 0


def test_a_computation_that_does_not_end_is_told_with_its_line(learners):
    solution = learners("def spin(end, stop):\n    while not end.is_set():\n        pass\n")
    end = threading.Event()
    run = Computation(solution.spin, end)
    assert not run.ended(within=0.05)
    assert "in `spin`" in run.place
    end.set()
    assert run.ended(within=5)


def test_a_long_time_without_a_look_is_told_with_the_line_that_had_looked_last(learners):
    solution = learners(
        "def count(work, stop):\n    work(0.01)\n    stop.is_set()\n    work(0.05)\n    stop.is_set()\n"
    )
    run = Computation(solution.count, work)
    assert run.ended(within=5)
    gap = run.longest_gap(0.02)
    assert 0.05 <= gap.seconds < run.used
    assert gap.place == "cell 9, line 3, in `count`: `stop.is_set()`"


def test_the_time_after_the_last_look_is_a_gap_too():
    run = Computation(lambda stop: (stop.is_set(), work(0.05)))
    assert run.ended(within=5)
    assert run.longest_gap(0.02).seconds >= 0.05


def test_a_gap_that_a_second_run_does_not_have_is_not_told():
    runs = iter([0.05, 0.0])
    run = Computation(lambda stop: (stop.is_set(), work(next(runs, 0.0)), stop.is_set()))
    assert run.ended(within=5)
    assert run.longest_gap(0.02).seconds < 0.02


def test_a_look_of_a_thread_that_does_not_work_closes_no_gap():
    def count(stop):
        watcher = threading.Thread(target=lambda: [stop.wait(0.001) for _ in range(20)])
        watcher.start()
        work(0.06)
        watcher.join()

    run = Computation(count)
    assert run.ended(within=5)
    assert run.looks == 20
    assert run.longest_gap(0.02).seconds >= 0.05


def test_to_wait_for_stop_or_to_set_it_by_hand_is_what_it_is_of_any_event():
    stop = Stop()
    assert not stop.wait(0)
    stop.set()
    assert stop.wait(60)
    assert stop.is_set()
    assert stop.since_set >= 0


def test_a_thread_that_sleeps_is_not_kept_waiting_for_a_processor():
    with leaks.no_leaks():
        thread = threading.Thread(target=time.sleep, args=(0.2,))
        thread.start()
        began = kept_waiting(thread)
        time.sleep(0.1)
        assert kept_waiting(thread) - began < 0.1
        thread.join()


def test_a_stop_that_is_cleared_knows_by_whom(learners):
    undo = learners("def undo(stop):\n    stop.clear()\n").undo
    stop = Stop()
    stop.set()
    assert stop.taken_back == ""
    undo(stop)
    assert stop.taken_back == "cell 9, line 2, in `undo`: `stop.clear()`"
