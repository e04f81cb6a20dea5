"""Services to be swapped in for a learner's `Service`, right ones and faulty ones, for the tests that learners write.

    Quick, Late = variant(looks_every=0.002), variant(consumer_ends_after=0.3)
    Implementation("`close()` returns 300 ms before a thread ends", False, {"Service": Late, "ServiceClosed": Refused})

Each is a class of its own. All have `Service(stop, *, sink=print, flush_interval=1.0)`, `submit(msg)` and `close()`; a
right one delivers what it has accepted, and notices `stop` at the latest `looks_every` seconds after it is set.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from math import inf
from time import monotonic, sleep
from typing import Any


class Refused(Exception):
    """What `submit` raises once it takes no more: the `ServiceClosed` that goes with these services."""


def _refuse() -> None:
    raise Refused("the service is closed")


class Service:
    """A right one; its attributes are what a variant may change."""

    called = False
    looks_every = 0.02
    daemon = False
    names: tuple[str | None, str | None] = ("consume", "flush")
    sets_stop = True
    flushes_when_closed = False
    pause: Callable[[Service, str], object] = staticmethod(lambda service, loop: None)
    """Called at the beginning of each turn of a loop, `consume` or `flush`."""

    work: Callable[[Service], object] | None = None
    """What a third thread does, if there is to be one; `close` waits for its end."""

    consumer_ends_after: float | None = None
    flusher_ends_after: float | None = None
    """Seconds after its time that a thread ends, for which `close` does not wait; `inf`: never."""

    leaves: Callable[[], object] = staticmethod(lambda: None)
    """Called when it has been closed: starts what is to be left behind."""

    submit_when_closed: Callable[[Service, Any], object] = staticmethod(lambda service, msg: _refuse())
    """What `submit` does once it is closed."""

    close_again: Callable[[Service], object] = staticmethod(lambda service: None)
    """What a call of `close` does that comes when another has begun, before it waits for the end as that one does."""

    def __init__(
        self, stop: threading.Event, *, sink: Callable[[Any], object] = print, flush_interval: float = 1.0
    ) -> None:
        # A class that a learner has derived from it counts as well.
        next(each for each in type(self).__mro__ if "called" in vars(each)).called = True  # type: ignore[attr-defined]
        self._stop, self.sink, self._interval = stop, sink, flush_interval
        self._closed = threading.Event()
        self._messages: queue.Queue[Any] = queue.Queue(maxsize=100)
        self._submitting, self._closing, self._is_shut = threading.Lock(), threading.Lock(), False
        self.delivered: list[Any] = []
        loops: list[Callable[[], object]] = [self._consume, self._flush]
        if work := self.work:
            loops.append(lambda: work(self))
        self._threads = [
            # A test is to find them by neither their names nor their targets.
            threading.Thread(target=lambda loop=loop: loop(), name=name, daemon=self.daemon)
            for loop, name in zip(loops, (*self.names, None), strict=False)
        ]
        for thread in self._threads:
            thread.start()

    def submit(self, msg: Any) -> None:
        with self._submitting:
            if not self._is_over():
                self._messages.put(msg)
                return
        self.submit_when_closed(self, msg)

    def close(self) -> None:
        with self._submitting:
            is_first = not self._closed.is_set()
            self._closed.set()
        if self.sets_stop:
            self._stop.set()
        if not is_first:
            self.close_again(self)
        late = (self.consumer_ends_after, self.flusher_ends_after, None)
        for thread, seconds in zip(self._threads, late, strict=False):
            if seconds is None:
                thread.join()
        with self._closing:
            if not self._is_shut:
                self._is_shut = True
                if self.flushes_when_closed:
                    self.sink("flush")
                self.leaves()

    def wait(self, seconds: float) -> bool:
        """Waits so many seconds, or until it is over; returns whether it is."""
        end = monotonic() + seconds
        while not self._is_over() and (left := end - monotonic()) > 0:
            self._closed.wait(min(self.looks_every, left))
        return self._is_over()

    def _is_over(self) -> bool:
        return self._closed.is_set() or self._stop.is_set()

    def _consume(self) -> None:
        while True:
            self.pause(self, "consume")
            try:
                msg = self._messages.get(timeout=self.looks_every)
            except queue.Empty:
                if self._is_over() and self._messages.empty():
                    break
                continue
            sleep(0.01)
            self.sink(msg)
            self.delivered.append(msg)
        _outstay(self.consumer_ends_after)

    def _flush(self) -> None:
        while not self._is_over():
            self.pause(self, "flush")
            if not self.wait(self._interval):
                self.sink("flush")
        _outstay(self.flusher_ends_after)


def _outstay(seconds: float | None) -> None:
    if seconds == inf:
        threading.Event().wait()
    elif seconds:
        sleep(seconds)


def variant(**attributes: Any) -> type[Service]:
    """Makes a class of services that differ from the right one in these attributes of `Service`.

    >>> variant(daemon=True).daemon
    True
    """
    own = {name: staticmethod(value) if callable(value) else value for name, value in attributes.items()}
    return type("Service", (Service,), {"called": False, **own})
