"""Task 8, measure and enforce a cancellation latency: `test_cancellation_latency`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from time import sleep

from autograder.checking import Implementation, Task
from autograder.probes.services import Refused, Service, variant

task = Task("8", provides={"Service": Service, "ServiceClosed": Refused})

TEST = "test_cancellation_latency"
INTERFACE = "which has the constructor, `submit` and `close`"
WAIT = 0.200
"""Seconds that each turn of a loop begins with, deaf to `stop` or not."""

A_MINUTE = 60.0


def pauses(how: Callable[[Service, float], object], *loops: str) -> Callable[[Service, str], object]:
    """A pause at the beginning of each turn of these loops, or of both."""
    return lambda service, loop: how(service, WAIT) if loop in (loops or ("consume", "flush")) else None


def deafly(service: Service, seconds: float) -> None:
    sleep(seconds)


def deaf_until_over(service: Service) -> None:
    while not service.wait(0.0):
        sleep(WAIT)


def on_stop(service: Service, seconds: float) -> None:
    service._stop.wait(seconds)


def implementations(passes: bool, *services: tuple[str, type[Service]]) -> Iterator[Implementation]:
    for what, service in services:
        yield Implementation(what, passes, {"Service": service, "ServiceClosed": Refused})


@task.learners_test("a", test=TEST, interface=INTERFACE, hanging_fails=True)
def passes_on_clean_ones() -> Iterator[Implementation]:
    """The test passes on clean implementations, which end 60 ms after `stop` or at once."""
    yield from implementations(
        True,
        ("every thread ends at once", variant(looks_every=0.001)),
        ("every thread ends at most 20 ms after `stop`", variant()),
        (
            "every thread, a daemon, ends at most 60 ms after",
            variant(looks_every=0.06, daemon=True, names=(None, None)),
        ),
        ("every thread ends in 20 ms, and `close()` flushes once more", variant(flushes_when_closed=True)),
        ("every thread ends in 40 ms, and `close()` leaves `stop`", variant(looks_every=0.04, sets_stop=False)),
        ("every one of three threads ends in 20 ms", variant(work=lambda service: service.wait(A_MINUTE))),
    )


@task.learners_test("b", test=TEST, interface=INTERFACE, hanging_fails=True)
def fails_on_a_deaf_sleep() -> Iterator[Implementation]:
    """The test fails where each turn of a loop begins with a 200 ms sleep that is deaf to `stop`."""
    deaf = "begins each turn, the first as well, with a deaf `time.sleep(0.2)`"
    consumes, flushes = pauses(deafly, "consume"), pauses(deafly, "flush")
    yield from implementations(
        False,
        (f"the thread that consumes {deaf}", variant(pause=consumes)),
        (f"the thread that flushes {deaf}", variant(pause=flushes)),
        (f"the thread that consumes, a daemon, {deaf}", variant(pause=consumes, daemon=True, names=(None, None))),
        (f"the thread that flushes, a daemon, {deaf}", variant(pause=flushes, daemon=True, names=("consume", None))),
        (f"`close()` leaves `stop`, and the consumer {deaf}", variant(pause=consumes, sets_stop=False)),
        (f"`close()` flushes once more, and the flusher {deaf}", variant(pause=flushes, flushes_when_closed=True)),
        (f"a third thread {deaf}", variant(work=deaf_until_over)),
    )


@task.learners_test("c", test=TEST, interface=INTERFACE, hanging_fails=True)
def passes_where_the_wait_is_interruptible() -> Iterator[Implementation]:
    """The test passes again where the same 200 ms wait, in the same place, is interruptible."""
    waits = "begins each turn with a wait of 200 ms that `stop` ends"
    consumes, flushes = pauses(Service.wait, "consume"), pauses(Service.wait, "flush")
    yield from implementations(
        True,
        (f"the thread that consumes {waits}", variant(pause=consumes)),
        (f"the thread that flushes {waits}", variant(pause=flushes)),
        ("the thread that flushes begins each turn with `stop.wait(0.2)`", variant(pause=pauses(on_stop, "flush"))),
        (f"the thread that consumes, a daemon, {waits}", variant(pause=consumes, daemon=True, names=(None, None))),
        (f"the thread that flushes {waits} within 60 ms", variant(pause=flushes, looks_every=0.06)),
        (f"each of its threads {waits} at once", variant(pause=pauses(Service.wait), looks_every=0.001)),
        (f"`close()` leaves `stop`, and each thread {waits}", variant(pause=pauses(Service.wait), sets_stop=False)),
    )
