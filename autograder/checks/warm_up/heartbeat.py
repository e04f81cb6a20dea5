"""Task 1.5, a ticker that is not stopped: `Heartbeat(ping, interval, stop)` with `close()`, and its test."""

from __future__ import annotations

import inspect
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from time import monotonic, sleep
from typing import Any

from autograder.checking import Failed, Implementation, Task, retried, where
from autograder.checks.warm_up import _waits
from autograder.checks.warm_up._threads import (
    Call,
    Ending,
    Started,
    gave_up,
    outliving,
    place_of,
    record_crashes,
    time_endings,
)
from course import leaks
from course.leaks.frames import frame_of

NAMES = ("Heartbeat",)
task = Task("1.5", needs=NAMES, clock="real")

CLOSE_LIMIT = 0.100
STOP_LIMIT = 0.250
TOLERANCE = 0.025
"""Seconds that a limit may be passed by: a thread needs a moment to be scheduled."""

GRACE = 0.050
"""Seconds that a thread may still be alive once `close()` has said that it has ended."""

PATIENCE = 2.0
"""Seconds after which what has not happened is taken never to happen."""

HANGS = 0.7
"""Seconds after which a `close()` with no ping in hand is taken never to return, where it is tried three times."""

LONG = 60.0
"""An interval, in seconds, that does not pass while a check runs."""


class Pulse:
    """A heartbeat and the pings that it has made. `held`: each ping lasts until `release`."""

    def __init__(self, solution: Any, interval: float, *arguments: Any, held: bool = False, **named: Any) -> None:
        self.interval = interval
        self.pings: list[float] = []
        self.threads: set[threading.Thread] = set()
        self.entries: set[Any] = set()
        self._held = held
        self._released = threading.Event()
        self._pinged = threading.Event()
        self._solution = solution
        self.made = monotonic()

        def ping() -> None:
            self._ping()

        ping.__qualname__ = "ping"  # as an error names it
        if not _takes(solution, ping, interval, *arguments, **named):
            seen = f"it takes `{inspect.signature(solution.Heartbeat)}`."
            raise Failed("`Heartbeat` takes `(ping, interval, stop=None)`.", seen, where(solution.Heartbeat))
        with Started() as started:
            self.heartbeat = solution.Heartbeat(ping, interval, *arguments, **named)
        self.started = started.threads

    def _ping(self) -> None:
        self.threads.add(threading.current_thread())
        self.entries.add(_entry(threading.current_thread()))
        self.pings.append(monotonic() - self.made)
        self._pinged.set()
        if self._held:
            self._released.wait()

    def release(self) -> None:
        self._released.set()

    def lateness(self, since: float, until: float) -> float:
        """Seconds that the machine has added between two of its pings."""
        # In a chain of timers each waits once; an ident may be that of several.
        each = {
            thread.ident: _waits.lateness({thread}, self.made + since, self.made + until)
            for thread in self.all_threads()
        }
        pinging = sum(each[ident] for ident in {thread.ident for thread in self.threads})
        return max([pinging, *each.values()])

    def all_threads(self) -> set[threading.Thread]:
        """The threads that it is known to have."""
        return {*self.threads, *self.started}

    def place(self) -> str:
        """Where the heartbeat is now, or else where its class is."""
        return place_of(self.threads, self.started) or where(self._solution.Heartbeat)

    def wait_for_ping(self) -> bool:
        """Whether it pings, within what is many times its interval."""
        return self._pinged.wait(PATIENCE / 4)

    @property
    def close(self) -> Callable[[], Any]:
        """The heartbeat's method `close`."""
        close = getattr(self.heartbeat, "close", None)
        if not callable(close):
            raise Failed(
                "a `Heartbeat` has a method `close()`.",
                f"{type(self.heartbeat).__name__!r} has none.",
                where(self._solution.Heartbeat),
            )
        return close


def _takes(solution: Any, *arguments: Any, **named: Any) -> bool:
    """Whether the signature of `Heartbeat`, where it is known, allows these arguments."""
    try:
        inspect.signature(solution.Heartbeat).bind(*arguments, **named)
    except ValueError:
        return True
    except TypeError:
        return False
    return True


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms"


def _entry(thread: threading.Thread) -> Any:
    """The function of the learner's in which `thread` began, or will begin if it is a timer; None if there is none."""
    frame, entry = sys._current_frames().get(thread.ident or 0), None
    while frame is not None:
        if where(frame_of(frame)):
            entry = frame.f_code
        frame = frame.f_back
    if entry is None and isinstance(thread, threading.Timer):
        function = getattr(thread.function, "func", thread.function)
        entry = getattr(function, "__code__", function)
    return entry


SHORT_INTERVAL, INTERVAL = 0.050, 0.100
WATCHED = 0.230
"""Seconds in which ticks are counted, with both intervals."""

FEWEST, MOST = 0.65, 1.4
"""How much of its interval may pass between two ticks, on average, on an idle machine."""

KEPT = 0.9
"""How much of its interval passes at least, on any machine, where none is too short."""


@task.item("a")
def it_ticks_until_it_is_closed(solution: Any) -> None:
    """A `Heartbeat` ticks about every interval; `close()` waits for its thread and may be called twice."""
    record_crashes()
    _waits.watch(solution)
    if not isinstance(solution.Heartbeat, type):
        seen = f"it is a {type(solution.Heartbeat).__name__}."
        raise Failed("`Heartbeat` is a class.", seen, where(solution.Heartbeat))
    retried(lambda: _ticks_and_closes(solution))


def _ticks_and_closes(solution: Any) -> None:
    rare, quick, slow = (Pulse(solution, interval) for interval in (LONG, SHORT_INTERVAL, INTERVAL))
    held = Pulse(solution, SHORT_INTERVAL / 2, held=True)
    _close_waits_for_a_ping(solution, held)
    stop = threading.Event()
    if _takes(solution, print, SHORT_INTERVAL, stop):  # that it does is the business of 1.5c
        held = Pulse(solution, SHORT_INTERVAL / 2, stop, held=True)
        _close_waits_for_a_ping(solution, held, stop)
    for pulse in (quick, slow):
        watched = WATCHED
        sleep(max(0.0, pulse.made + watched - monotonic()))
        while len(pulse.pings) < 2 and watched < 2 * WATCHED:
            watched = monotonic() - pulse.made
            sleep(0.005)
        _check_rate(solution, pulse, pulse.pings[:])
    if len(rare.pings) > 1:
        raise _wrong_rate(solution, rare, rare.pings[:])
    for pulse in (quick, slow):
        _closed(pulse, Call(_close_and_look, pulse, pulse.close, hurried=True))


def _check_rate(solution: Any, pulse: Pulse, pings: list[float]) -> None:
    interval = pulse.interval
    if not pings or pings[0] - pulse.lateness(0.0, pings[0]) > interval * MOST + TOLERANCE:
        expected = "the first tick comes at construction, or one interval after it."
        raise _wrong_rate(solution, pulse, pings, expected)
    if len(pings) < 2:
        raise _wrong_rate(solution, pulse, pings)
    # A heartbeat that makes up for a late tick keeps to its interval as seen, any other as it has asked for.
    late = pulse.lateness(pings[0], pings[-1])
    seen_gap, asked_gap = (
        seconds / (len(pings) - 1) for seconds in (pings[-1] - pings[0], pings[-1] - pings[0] - late)
    )
    if asked_gap > MOST * interval or (asked_gap < FEWEST * interval and seen_gap < KEPT * interval):
        raise _wrong_rate(solution, pulse, pings)


def _wrong_rate(
    solution: Any, pulse: Pulse, pings: list[float], expected: str = "it ticks about once in every interval."
) -> Failed:
    ticks = ", ".join(_ms(ping) for ping in pings[:12]) or "never"
    interval = "60 s" if pulse.interval == LONG else _ms(pulse.interval)
    seen = f"with an interval of {interval} it ticked, since it was made, after: {ticks}."
    return Failed(expected, seen, where(solution.Heartbeat))


def _close_waits_for_a_ping(solution: Any, held: Pulse, stop: threading.Event | None = None) -> None:
    """`stop` is set while the ping is in hand, before `close` is called."""
    if not held.wait_for_ping():
        interval = _ms(held.interval)
        seen = f"{_ms(PATIENCE / 4)} after it was made, with an interval of {interval}, it had not called `ping`."
        raise Failed("a heartbeat ticks from construction.", seen, where(solution.Heartbeat))
    if stop is not None:
        stop.set()
    call = Call(_close_and_look, held, held.close, hurried=True)
    if not call.is_held():
        _raise_from_close(call)
        earlier = ", called when `stop` was set already," if stop is not None else ""
        seen = f"it returned{earlier}{gave_up(call)} while a ping was in hand."
        expected = "`close()` returns only when the thread has ended, however long the ping in hand."
        raise Failed(expected, seen, where(held.close))
    held.release()
    _closed(held, call)


def _close_and_look(pulse: Pulse, close: Callable[[], Any]) -> list[threading.Thread]:
    """Closes the heartbeat; returns those of its threads that have not ended then."""
    close()
    return outliving(set(pulse.threads), GRACE)


def _closed(pulse: Pulse, call: Call) -> None:
    """The call of `close` ends, with the thread, and a second one does no harm."""
    if not call.ended(HANGS):
        seen = f"it had not returned after {_ms(HANGS)}, with no ping in hand."
        raise Failed("`close()` returns when the thread has ended.", seen, where(call.thread))
    _raise_from_close(call)
    if call.result:
        seen = f"{_ms(GRACE)} after it had returned, the thread still ran."
        place = where(call.result[0]) or where(pulse.close)
        raise Failed("`close()` returns only when the thread has ended.", seen, place)
    again = Call(pulse.close, hurried=True)
    if not again.ended(HANGS):
        seen = f"the second call had not returned after {_ms(HANGS)}."
        raise Failed("`close()` may be called twice.", seen, where(again.thread))
    _raise_from_close(again, "second ")


def _raise_from_close(call: Call, nth: str = "") -> None:
    if call.error is not None:
        expected = "`close()` may be called twice." if nth else "`close()` returns."
        raise Failed(expected, f"the {nth}call raised {call.error!r:.200}.", where(call.error))


AGES = (0.010, 0.030, 0.050)
"""Seconds after its construction at which each heartbeat is closed: one that polls may be lucky once."""


@task.item("b")
def it_is_released_on_every_way_out(solution: Any) -> None:
    """However it ends, the ticker is released: `close()` returns within 100 ms and leaves no timer."""
    record_crashes()
    _waits.watch(solution)
    before = leaks.ignore_current()
    retried(lambda: _closes_at_once(solution))
    _find_none(solution, before, "a heartbeat with an interval of 60 s")
    before = leaks.ignore_current()
    _closes_though_ping_raises(solution)
    _find_none(solution, before, "a heartbeat whose `ping` had raised an exception")


def _closes_at_once(solution: Any) -> None:
    pulses = [
        Pulse(solution, LONG),
        Pulse(solution, LONG, threading.Event()),
        Pulse(solution, LONG, stop=None),
    ]
    calls = []
    for pulse, age in zip(pulses, AGES, strict=True):
        sleep(max(0.0, pulse.made + age - monotonic()))
        calls.append(Call(pulse.close))
    for pulse, call in zip(pulses, calls, strict=True):
        place = "" if call.ended(CLOSE_LIMIT / 10) else pulse.place()
        ended = call.ended(6 * CLOSE_LIMIT)
        _raise_from_close(call)
        took = _waits.worst_case({*pulse.all_threads(), call.thread}, call.began, call.ended_at)
        if not ended or took > CLOSE_LIMIT + TOLERANCE / 2:
            late = f"it returned after {_ms(took)}."
            seen = late if ended else f"it had not returned after {_ms(6 * CLOSE_LIMIT)}."
            place = place or where(pulse.close)
            raise Failed("with an interval of 60 s `close()` returns within 100 ms.", seen, place)


class PingFailed(Exception):
    """What a ping may raise."""


class PingAborted(BaseException):
    """The same, of the kind that `except Exception` does not catch."""


def _closes_though_ping_raises(solution: Any) -> None:
    for error in (PingFailed("the peer is gone"), PingAborted("the peer is gone")):
        for arguments in ((), (threading.Event(),)):
            raised = threading.Event()

            def ping(error: BaseException = error, raised: threading.Event = raised) -> None:
                raised.set()
                raise error

            heartbeat = solution.Heartbeat(ping, 0.005, *arguments)
            ticks = raised.wait(PATIENCE / 4)
            sleep(0.005)
            call = Call(heartbeat.close)
            if not call.ended(PATIENCE):
                seen = f"`ping` had raised {type(error).__name__}, and `close()` had not returned after {PATIENCE:g} s."
                raise Failed("`close()` returns, also when `ping` has raised an exception.", seen, where(call.thread))
            if not ticks:
                return  # that is the business of 1.5a


def _find_none(solution: Any, before: leaks.Rule, closed: str) -> None:
    found = leaks.find(before)
    if not found:
        return
    first, *others = found
    kind = "threading.Timer" if isinstance(first.object, threading.Timer) else first.kind
    more = f" and {len(others)} more" if others else ""
    raise Failed(
        "after `close()` nothing is left running.",
        f"`close()` of {closed} left behind the {kind} {first.name!r}{more}.",
        where(first) or where(solution.Heartbeat),
    )


@task.item("c")
def the_callers_stop_ends_it(solution: Any) -> None:
    """The caller's `stop` event ends it too, without `close`, within 250 ms, also with a 60 s interval."""
    record_crashes()
    _waits.watch(solution)
    retried(lambda: _ends_on_stop(solution))


def _ends_on_stop(solution: Any) -> None:
    before = set(threading.enumerate())
    stops = [threading.Event() for _ in range(3)]
    pulses = [Pulse(solution, 0.020, stops[0]), Pulse(solution, LONG, stop=stops[1])]
    pulses[0].wait_for_ping()
    sleep(0.030)
    pulses.append(Pulse(solution, LONG, stops[2]))
    sleep(0.015)
    others = {thread for pulse in pulses[1:] for thread in pulse.started}

    def tickers(pulse: Pulse) -> list[threading.Thread]:
        # A chain of timers starts others all the time.
        own = set(threading.enumerate()) - before - others if pulse is pulses[0] else pulse.started
        # What begins in another function than the thread that pings is a helper.
        entries = pulses[0].entries
        return [thread for thread in own if not entries or _entry(thread) in {None, *entries}]

    endings = [
        Ending(stop.set, partial(tickers, pulse), pulse.all_threads, lambda pulse=pulse: _place(pulse, tickers(pulse)))
        for pulse, stop in zip(pulses, stops, strict=True)
    ]
    time_endings(endings, STOP_LIMIT)
    for pulse, ending in zip(pulses, endings, strict=True):
        if not ending.done or ending.took > STOP_LIMIT + TOLERANCE:
            interval = "60 s" if pulse.interval == LONG else _ms(pulse.interval)
            did = "ended" if ending.done else "still ran"
            seen = f"a heartbeat with an interval of {interval} {did} {_ms(ending.took)} after `stop` was set."
            raise Failed("the caller's `stop` ends it within 250 ms, without `close()`.", seen, ending.seen_at)


def _place(pulse: Pulse, threads: Iterable[threading.Thread]) -> str:
    for thread in threads:
        if place := where(thread) or where(getattr(thread, "function", None)):
            return place
    return pulse.place()


LATE = 0.300
"""Seconds after its `close()` at which a faulty heartbeat ends."""


@task.learners_test("d", test="test_heartbeat")
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
