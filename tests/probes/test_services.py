from __future__ import annotations

import threading
import time
from math import inf

import pytest

from autograder.probes.services import Refused, Service, variant
from autograder.probes.threads import Call, Started

# Each scenario runs in a forked process, on virtual time; `threaded` returns what it returned.


def made(service: type[Service], **options) -> tuple[Service, threading.Event, list, Started]:
    seen: list = []
    started, stop = Started(), threading.Event()
    return service(stop, sink=seen.append, **options), stop, seen, started


@pytest.mark.parametrize(
    "attributes",
    [
        {},
        {"daemon": True, "names": (None, None)},
        {"looks_every": 0.001},
        {"sets_stop": False, "looks_every": 0.06},
        {"work": lambda service: service.wait(60)},
        {"pause": lambda service, loop: service.wait(0.2)},
    ],
)
def test_a_right_one_delivers_everything_once_refuses_then_and_leaves_nothing(threaded, attributes):
    def scenario():
        service, _, seen, started = made(variant(**attributes))
        for number in range(5):
            service.submit(number)
        service.close()
        left = len(started.running())
        try:
            service.submit("late")
        except Refused:
            seen.append("refused")
        service.close()
        return seen, left

    assert threaded(scenario) == [[0, 1, 2, 3, 4, "refused"], 0]


def test_a_right_one_flushes_in_every_interval(threaded):
    def scenario():
        service, _, seen, _ = made(variant(), flush_interval=1.0)
        time.sleep(3.5)
        service.close()
        return seen

    assert threaded(scenario) == ["flush"] * 3


def test_one_that_flushes_when_closed_does_so_once_however_often_it_is_closed(threaded):
    def scenario():
        service, _, seen, _ = made(variant(flushes_when_closed=True), flush_interval=60)
        for call in [Call(service.close) for _ in range(10)]:
            call.returned()
        return seen

    assert threaded(scenario) == ["flush"]


def test_its_parents_stop_ends_it_within_the_time_in_which_it_looks(threaded):
    def scenario():
        _, stop, _, started = made(variant(looks_every=0.06), flush_interval=60)
        time.sleep(0.01)
        stop.set()
        time.sleep(0.061)
        return len(started.running())

    assert threaded(scenario) == 0


@pytest.mark.parametrize(
    ("attributes", "left"),
    [
        ({"consumer_ends_after": 0.3}, [1, 0]),
        ({"flusher_ends_after": 0.3, "daemon": True}, [1, 0]),
        ({"flusher_ends_after": inf}, [1, 1]),
        ({"leaves": lambda: threading.Timer(0.3, print).start()}, [1, 0]),
    ],
)
def test_a_faulty_one_leaves_a_thread_for_a_while_or_for_ever(threaded, attributes, left):
    def scenario():
        service, _, _, started = made(variant(**attributes))
        service.close()
        at_once = len(started.running())
        time.sleep(0.35)
        return at_once, len(started.running())

    assert threaded(scenario) == left


@pytest.mark.parametrize("loop", ["consume", "flush"])
def test_one_that_begins_each_turn_with_a_deaf_sleep_ends_as_late_as_that(threaded, loop):
    def scenario():
        service, stop, _, _ = made(variant(pause=lambda _, name: time.sleep(0.2) if name == loop else None))
        time.sleep(0.01)
        stop.set()
        began = time.monotonic()
        service.close()
        return 0.18 < time.monotonic() - began < 0.25

    assert threaded(scenario) is True


def test_what_a_second_call_of_close_or_a_late_submit_does_may_be_faulty(threaded):
    def scenario():
        service, _, seen, _ = made(
            variant(
                submit_when_closed=lambda service, msg: service.sink(f"{msg}, late"),
                close_again=lambda service: service.sink("closed again"),
            )
        )
        service.close()
        service.close()
        service.submit("hello")
        return seen

    assert threaded(scenario) == ["closed again", "hello, late"]


def test_variants_are_noted_as_used_each_for_itself_derived_classes_too(threaded):
    def scenario():
        used, derived_from, unused = variant(), variant(), variant()
        made(used)[0].close()
        made(type("Recorder", (derived_from,), {}))[0].close()
        return used.called, derived_from.called, unused.called, Service.called

    assert threaded(scenario) == [True, True, False, False]
