"""Task 1.5, a ticker that is not stopped: `Heartbeat(ping, interval, stop)` with `close()`, and its test."""

from __future__ import annotations

import inspect
import itertools
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from time import sleep
from typing import Any

from autograder.checking import Implementation, Task, where
from autograder.probes.errors import unforeseen
from autograder.probes.methods import method
from autograder.probes.stubs import Stub
from autograder.probes.threads import Call, Started, Work, close_waits, entry, nothing_left, stop_ends
from autograder.probes.threads.moments import until, worst_moment
from autograder.probes.words import duration, quoted, require

task = Task("1.5", needs=("Heartbeat(ping, interval)",))

CLOSE_LIMIT = 0.100
STOP_LIMIT = 0.250
CPU_SHARE = 0.05
NOTICES = 0.7
"""Seconds within which `close()` returns where another item says how soon."""

LONG = 60.0
FEWEST, MOST = 0.65, 1.4
"""How much of its interval may pass between two ticks, on average."""


class Pulse:
    """A heartbeat and its `ping`."""

    def __init__(self, solution: Any, interval: float, *stop: Any, **ping: Any) -> None:
        self.interval = interval
        self.ping = Stub("ping()", **ping)
        self.started = Started()
        self.began = time.monotonic()
        self.heartbeat = solution.Heartbeat(self.ping.function, interval, *stop)
        self.made_at = where(solution.Heartbeat)

    def ticks(self) -> None:
        """Waits for a ping in hand."""
        pings = until(lambda: self.ping.calls, within=10 * self.interval)
        seen = f"{duration(10 * self.interval)} after it was made it had not called `ping`."
        require(pings, f"with an interval of {duration(self.interval)} a heartbeat ticks.", seen, self.place)

    @property
    def place(self) -> str:
        return where(*self.started.running()) or self.made_at

    @property
    def close(self) -> Callable[[], Any]:
        return method(self.heartbeat, "close", "`Heartbeat` makes an object", self.made_at)


@task.item("a")
def it_ticks_until_it_is_closed(solution: Any) -> None:
    """A `Heartbeat` ticks about every interval; `close()` waits for its thread and may be called twice."""
    seen = f"it is a {type(solution.Heartbeat).__name__}."
    require(isinstance(solution.Heartbeat, type), "`Heartbeat` is a class.", seen, where(solution.Heartbeat))
    for interval in (0.050, 0.100, LONG):
        ticks_every(interval, Pulse(solution, interval))
    for is_stopped in (False, True):
        stop = threading.Event()
        pulse = Pulse(solution, 0.025, *[stop] * is_stopped, latency=first_only(30.0))
        pulse.ticks()
        if is_stopped:
            stop.set()
        when = "when `stop` was set already" if is_stopped else ""
        close_waits(pulse.close, pulse.ping, within=NOTICES, when=when)
        close_waits(pulse.close, within=NOTICES, when="when called for the second time")


def first_only(seconds: float) -> Callable[[], float]:
    """A latency of the first call only: who makes up for what it has missed since is not held again."""
    return itertools.chain([seconds], itertools.repeat(0.0)).__next__


def ticks_every(interval: float, pulse: Pulse) -> None:
    time.sleep(0.01)
    work = Work(pulse.started.running())
    time.sleep(min(1.0, 10 * interval))
    expected = f"it waits between two ticks: it uses less than {CPU_SHARE * 100:.0f} % of a processor."
    require(work.share < CPU_SHARE, expected, f"{work.said}.", work.place, pulse.made_at)
    at = [call.began - pulse.began for call in pulse.ping.calls]
    ticks = ", ".join(map(duration, at[:12])) or "never"
    seen = f"with an interval of {duration(interval)} it ticked, since it was made, after: {ticks}.{shared_stop(pulse)}"
    if interval == LONG:
        require(len(at) <= 1, "it ticks about once in every interval.", seen, pulse.made_at)
        return
    in_time = at and at[0] <= interval * MOST
    require(in_time, "the first tick comes at construction, or one interval after it.", seen, pulse.made_at)
    average = (at[-1] - at[0]) / (len(at) - 1) if len(at) > 1 else LONG
    is_steady = FEWEST * interval <= average <= MOST * interval
    require(is_steady, "it ticks about once in every interval.", seen, pulse.made_at)
    close_waits(pulse.close, pulse.ping, within=NOTICES)


def shared_stop(pulse: Pulse) -> str:
    """Says so where the default of a parameter is an event that the `close()` of an earlier heartbeat has set."""
    parameters = inspect.signature(type(pulse.heartbeat)).parameters.values()
    shared = [each.name for each in parameters if getattr(each.default, "is_set", bool)()]
    return f" The default of `{shared[0]}` is one event for all, and an earlier `close()` has set it." if shared else ""


@task.item("b")
def it_is_released_on_every_way_out(solution: Any) -> None:
    """However it ends, the ticker is released: `close()` returns within 100 ms and leaves no timer."""
    for stop in ((), (threading.Event(),), (None,)):
        with nothing_left("after `close()` of a heartbeat with an interval of 60 s"):
            pulse = Pulse(solution, LONG, *stop)
            worst_moment(longer_than=CLOSE_LIMIT)
            waits_at = pulse.place
            call = Call(pulse.close)
            call.returned(within=CLOSE_LIMIT * 20)
            seen = f"it returned after {duration(call.took)}."
            in_time = call.took <= CLOSE_LIMIT
            require(in_time, "with an interval of 60 s `close()` returns within 100 ms.", seen, waits_at)
    with nothing_left("after `close()` during a ping"):
        # A timer that is armed anew, and does nothing when it is due, is left for five seconds.
        pulse = Pulse(solution, 5.0, latency=first_only(1.0))
        until(lambda: pulse.ping.in_flight, within=5.0 * MOST)
        Call(pulse.close).returned(within=LONG)
    for error in unforeseen("the peer is gone"):
        with nothing_left(f"after `close()` of a heartbeat whose `ping` had raised {type(error).__name__}"):
            pulse = Pulse(solution, 0.005, raises=error)
            time.sleep(0.010)
            call = Call(pulse.close)
            expected = "`close()` returns, also when `ping` has raised an exception."
            require(call.ended(), expected, f"`ping` had raised {quoted(error)}, and it did not.", call.place)


@task.item("c", needs=("Heartbeat(ping, interval, stop=None)",))
def the_callers_stop_ends_it(solution: Any) -> None:
    """The caller's `stop` event ends it too, without `close`, within 250 ms, also with a 60 s interval."""
    entries: dict[Any, None] = {}
    for interval in (0.020, LONG):
        stop = threading.Event()
        pulse = Pulse(
            solution, interval, stop, returns=lambda: entries or entries.setdefault(entry(threading.current_thread()))
        )
        time.sleep(min(0.1, interval))
        who = f"a heartbeat with an interval of {duration(interval)}"
        stop_ends(stop, partial(tickers, pulse, entries), who, STOP_LIMIT, watched=min(1.0, 5 * interval))


def tickers(pulse: Pulse, entries: dict[Any, None]) -> list[threading.Thread]:
    # What begins in another function than the thread that pings is a helper.
    return [thread for thread in pulse.started.running() if not entries or entry(thread) in {None, *entries}]


LATE = 0.300
"""Seconds after its `close()` at which a faulty heartbeat ends."""


@task.learners_test("d", test="test_heartbeat", interface="which has only the constructor and `close()`")
def implementations() -> Iterator[Implementation]:
    """`test_heartbeat` runs a heartbeat for 50 ms, closes it and asserts that no thread remains."""
    for passes, ends, heartbeat in (
        (False, "`close()` returns 300 ms before the thread ends", heartbeat_that(daemon=False, ends=LATE, name=None)),
        (True, "`close()` waits for the thread", heartbeat_that(daemon=False, name=None)),
        (False, "`close()` leaves the thread, a daemon, running", heartbeat_that(daemon=True, ends=None)),
        (True, "`close()` waits for the thread, a daemon", heartbeat_that(daemon=True)),
        (False, "`close()` returns 300 ms before the thread, a daemon, ends", heartbeat_that(daemon=True, ends=LATE)),
        (False, "`close()` leaves the thread running", heartbeat_that(daemon=False, ends=None, name="ticker")),
    ):
        yield Implementation(ends, passes, {"Heartbeat": heartbeat})


def heartbeat_that(*, daemon: bool, ends: float | None = 0.0, name: str | None = "heartbeat") -> type:
    """A `Heartbeat` whose thread, of this name, ends so many seconds after `close()` is called, or never.

    `close()` waits for the thread only if that is at once. Nothing is pinged after `close()` in either case. If `stop`
    is set without it, the thread ends at once.
    """

    class Heartbeat:
        called = False

        def __init__(self, ping: Callable[[], Any], interval: float, stop: threading.Event | None = None) -> None:
            Heartbeat.called = True
            self._ping = ping
            self._interval = interval
            self._stop = threading.Event() if stop is None else stop
            self._closed = False
            # A test is to find it by neither its name nor its target.
            self._thread = threading.Thread(target=lambda: self._beat(), name=name, daemon=daemon)
            self._thread.start()

        def close(self) -> None:
            self._closed = True
            self._stop.set()
            if ends == 0:
                self._thread.join()

        def _beat(self) -> None:
            while not self._stop.wait(self._interval):
                self._ping()
            if not self._closed:
                return
            if ends is None:
                threading.Event().wait()
            elif ends:
                sleep(ends)

    return Heartbeat
