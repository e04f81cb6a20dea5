"""Task 7.1, the tests of the service: `test_start_close`, `test_submit_after_close` and `test_concurrent_close`."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from math import inf
from time import sleep
from typing import Any

from autograder.checking import Implementation, Task
from autograder.probes.services import Refused, Service, variant

task = Task("7.1", provides={"Service": Service, "ServiceClosed": Refused})

LATE = 0.300
"""Seconds after its `close()` at which a faulty service ends."""

INTERFACE = "which has the constructor, `submit` and `close`"


def right_ones() -> Iterator[Implementation]:
    for what, service in (
        ("`close()` joins both threads", variant()),
        ("`close()` joins both threads, which are daemons", variant(daemon=True, names=(None, None))),
        ("`close()` flushes once more", variant(flushes_when_closed=True, looks_every=0.002)),
        ("`close()` leaves `stop` as it is", variant(sets_stop=False, looks_every=0.06)),
    ):
        yield Implementation(what, True, {"Service": service, "ServiceClosed": Refused})


def faulty_ones(*faulty: tuple[str, type[Service]]) -> Iterator[Implementation]:
    for what, service in faulty:
        yield Implementation(what, False, {"Service": service, "ServiceClosed": Refused})


@task.learners_test("a", test="test_start_close", interface=INTERFACE, hanging_fails=True)
def start_close() -> Iterator[Implementation]:
    """`test_start_close` starts a service, submits a message, closes it: no thread remains."""
    yield from right_ones()
    early = "`close()` returns 300 ms before"
    yield from faulty_ones(
        (f"{early} the thread that consumes ends", variant(consumer_ends_after=LATE)),
        (f"{early} the thread that flushes ends", variant(flusher_ends_after=LATE)),
        (f"{early} a thread, a daemon, ends", variant(flusher_ends_after=LATE, daemon=True, names=(None, None))),
        ("`close()` leaves the thread that consumes", variant(consumer_ends_after=inf, daemon=True)),
        ("`close()` leaves the thread that flushes", variant(flusher_ends_after=inf, names=("MainThread", None))),
        ("`close()` leaves a timer", variant(leaves=lambda: threading.Timer(LATE, print).start())),
    )


@task.learners_test("b", test="test_submit_after_close", interface=INTERFACE, hanging_fails=True)
def submit_after_close() -> Iterator[Implementation]:
    """`test_submit_after_close` asserts that after `close` an error is raised by `submit`."""
    yield from right_ones()
    yield from faulty_ones(
        ("a `submit` after `close()` returns, and the message is lost", variant(submit_when_closed=lambda *_: None)),
        ("a `submit` after `close()` returns, after `stop` alone raises", variant(submit_when_closed=unless_closed)),
        ("a `submit` after `close()` returns, and delivers", variant(submit_when_closed=lambda it, msg: it.sink(msg))),
        ("a `submit` after `close()` returns an error, and raises none", variant(submit_when_closed=returns_error)),
        ("a `submit` after `close()` returns False", variant(submit_when_closed=lambda *_: False)),
        ("a `submit` after `close()` prints that it is too late", variant(submit_when_closed=prints)),
        ("a `submit` after `close()` waits for 5 s, and returns", variant(submit_when_closed=lambda *_: sleep(5.0))),
    )


def unless_closed(service: Service, msg: Any) -> None:
    if not service._closed.is_set():
        raise Refused("the service is stopped")


def returns_error(service: Service, msg: Any) -> Exception:
    return Refused("the service is closed")


def prints(service: Service, msg: Any) -> None:
    print("too late:", msg)


@task.learners_test("c", test="test_concurrent_close", interface=INTERFACE, hanging_fails=True)
def concurrent_close() -> Iterator[Implementation]:
    """`test_concurrent_close`: 10 threads close at once; no exception, no leak, exactly one shutdown."""
    yield from right_ones()
    again = "a `close()` that comes while another one is under way"
    yield from faulty_ones(
        (f"{again} raises an exception", variant(close_again=raises)),
        (f"{again} raises an exception now and then", variant(close_again=raises_once)),
        (f"{again} shuts down a second time", variant(close_again=shuts_down_again)),
        (f"{again} leaves a thread, a daemon", variant(close_again=leaves_a_thread)),
        (f"{again} never returns", variant(close_again=hangs)),
        ("`close()` leaves a thread, also when it comes alone", variant(flusher_ends_after=inf)),
    )
    at_once = "two `close()`s that find it open at the same moment"
    for what, service in ((f"{at_once} both shut it down", ShutTwice), (f"{at_once} raise an exception", Popped)):
        yield Implementation(what, False, {"Service": service, "ServiceClosed": Refused}, races=(service.close,))


def is_under_way(service: Service) -> bool:
    """Whether the other call of `close` has not ended: a call that comes after it is right."""
    return not service._is_shut


def raises(service: Service) -> None:
    if is_under_way(service):
        raise RuntimeError("cannot close a service that is closing")


def raises_once(service: Service) -> None:
    if is_under_way(service) and not hasattr(service, "raised"):
        service.raised = True  # type: ignore[attr-defined]
        raise AttributeError("'NoneType' object has no attribute 'join'")


def shuts_down_again(service: Service) -> None:
    if is_under_way(service):
        for thread in service._threads:
            thread.join()
        deliver_again(service)


def deliver_again(service: Service) -> None:
    for message in [*service.delivered, "flush", "flush"]:
        service.sink(message)


def leaves_a_thread(service: Service) -> None:
    if is_under_way(service):
        threading.Thread(target=lambda: sleep(LATE), daemon=True).start()


def hangs(service: Service) -> None:
    if is_under_way(service):
        threading.Event().wait()


class ShutTwice(Service):
    """Between its first two lines another `close` may come."""

    called = is_closing = False
    shutdowns = 0

    def close(self) -> None:
        is_first = not self.is_closing
        self.is_closing = True
        super().close()
        if is_first:
            self.shutdowns += 1
            if self.shutdowns > 1:
                deliver_again(self)


class Popped(Service):
    """Here too."""

    called = False

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self.to_shut = [self._threads]

    def close(self) -> None:
        if self.to_shut:
            self.to_shut.pop()
        super().close()
