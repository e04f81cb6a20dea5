"""Counts are reported."""

import threading

from feedwatch.metrics import Counters, Reporter


def test_counts_are_summed_and_begin_anew():
    counters = Counters()
    counters.add("looks")
    counters.add("looks", 2)
    assert counters.take() == {"looks": 3}
    assert counters.take() == {}


def test_a_flush_hands_over_the_counts():
    said = threading.Event()
    counters = Counters()
    reporter = Reporter(counters, lambda counts: said.set())
    counters.add("looks")
    reporter.flush()
    assert said.wait(5)
    reporter.close()


def test_the_last_counts_are_handed_over_on_close():
    reports, said = [], threading.Event()
    counters = Counters()

    def sink(counts):
        reports.append(counts)
        said.set()

    reporter = Reporter(counters, sink)
    reporter.start()
    counters.add("entries", 7)
    reporter.close()
    assert said.wait(5)
    assert reports == [{"entries": 7}]
