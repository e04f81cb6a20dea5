from __future__ import annotations

import threading
from math import inf

import pytest

from autograder.probes.words import count, duration, error, names, quoted, require
from autograder.verdict import Failed
from course.leaks import Leak


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "0 ms"),
        (0.0004, "0.4 ms"),
        (0.02, "20 ms"),
        (0.9999, "1 s"),
        (1.25, "1.25 s"),
        (60.0, "60 s"),
        (3600, "3600 s"),
        (inf, "never"),
        (-inf, "never"),
    ],
)
def test_a_time_is_said_in_the_unit_that_a_learner_would_use(seconds, said):
    assert duration(seconds) == said


def test_a_value_is_quoted_short_whatever_its_repr_does():
    class Rude:
        def __repr__(self):
            raise SystemExit

    assert quoted(Rude()) == "<Rude>"
    assert len(quoted("x" * 10_000)) <= 100


def test_an_exception_is_quoted_with_what_it_says():
    assert error(KeyError("a")) == "KeyError('a')"
    assert error(TimeoutError()) == "TimeoutError"


def test_things_are_counted_in_singular_and_plural():
    assert [count(1, "URL"), count(0, "URL"), count(2, "URL")] == ["1 URL", "0 URLs", "2 URLs"]


def test_leaks_are_named_by_the_first_and_their_number():
    assert names([Leak("thread", "a")]) == "the thread 'a'"
    assert names([Leak("thread", "a"), Leak("task", "b"), Leak("task", "c")]) == "the thread 'a' and 2 more"


def test_what_holds_raises_nothing_and_what_does_not_names_the_first_place_there_is():
    require(True, "this.", "that.")
    with pytest.raises(Failed, match=r"^Expected: this\.\nSeen: that\.\nWhere: line 3$"):
        require([], "this.", "that.", "", "line 3", "line 4")


def test_a_thread_is_quoted_without_its_number_which_the_next_run_would_not_repeat():
    thread = threading.Thread(name="worker 7", target=int, daemon=True)
    thread.start()
    thread.join()
    assert quoted(thread) == "<Thread(worker 7, stopped daemon)>"
    assert quoted(threading.main_thread()) == "<_MainThread(MainThread, started)>"
