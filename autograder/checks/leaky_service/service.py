"""Task 7, a leaky service: `Service(stop, *, sink, flush_interval)`, `submit(msg)`, `close()`, and `ServiceClosed`."""

from __future__ import annotations

import itertools
import threading
import time
from collections import Counter
from collections.abc import Callable
from typing import Any, ClassVar

from autograder.checking import Task, where
from autograder.probes.methods import method
from autograder.probes.stubs import Stub
from autograder.probes.threads import (
    Call,
    Started,
    at_once,
    close_waits,
    entry,
    nothing_left,
    stop_ends,
    until,
    worst_moment,
)
from autograder.probes.words import count, duration, quoted, require
from autograder.run.threads import begin_race, is_searched

task = Task("7", needs=("Service(stop, *, sink=print, flush_interval=1.0)", "ServiceClosed"))

STOP_LIMIT = 0.250
CLOSE_LIMIT = 0.100
EDGE = 0.005
MESSAGE = 0.010
QUEUE = 100
A_MINUTE = 60.0
BUSY = 30.0
"""Real seconds that a check may take, on a machine that has much else to do."""

SOON = 5.0
"""Seconds within which `close` returns where another item says how soon."""


class Scene:
    """A service that runs, its `stop` and its `sink`."""

    workers: ClassVar[set[Any]] = set()
    """The functions in which the threads begin that call `sink`: a helper is not among them."""

    def __init__(self, solution: Any, interval: float = 1.0, **sink: Any) -> None:
        self.stop, self.sink, self.started = threading.Event(), Stub("sink(message)", **sink), Started()
        self.interval, self.refusal, self.made_at = interval, solution.ServiceClosed, where(solution.Service)
        self.accepted: list[str] = []
        self.service = solution.Service(self.stop, sink=self._sink, flush_interval=interval)
        for name in ("submit", "close"):
            method(self.service, name, "`Service` makes an object", self.made_at)
        self.close: Callable[[], Any] = self.service.close

    def _sink(self, message: str) -> None:
        self.workers.add(entry(threading.current_thread()))
        self.sink.function(message)

    def threads(self) -> list[threading.Thread]:
        return [thread for thread in self.started.running() if entry(thread) in {None, *self.workers}]

    def submit(self, *messages: str) -> bool:
        """Submits them one after the other, until one is refused; returns whether none was."""
        for message in messages:
            try:
                self.service.submit(message)
            except self.refusal:
                return False
            self.accepted.append(message)
        return True

    def works(self) -> None:
        """Submits a message, and waits until it is delivered and the service has flushed."""
        Call(self.submit, "hello")
        within = 2 * self.interval + 1
        until(lambda: {"hello", "flush"} <= {*self.sink.arguments}, within)
        for what, expected in (("hello", "a message that is submitted is given to `sink`"), ("flush", FLUSHES)):
            got = quoted(self.sink.arguments)
            seen = f"{duration(within)} after `submit('hello')` `sink` had been called with {got}."
            require(what in self.sink.arguments, f"{expected}.", seen, where(*self.started.running()), self.made_at)

    def fill(self) -> Call:
        """Submits more than the queue may hold, and returns the call, which waits."""
        call = Call(self.submit, *[f"message {number}" for number in range(1, 2 * QUEUE + 51)])
        call.ended(within=1.0)
        how = f"; the next `submit` {call.ending}" if call.error else ""
        seen = f"`sink` was stuck, and {len(self.accepted)} messages were accepted{how}."
        expected = f"the queue is bounded, with room for {QUEUE} messages at most: `submit` waits while it is full."
        require(not call.done, expected, seen, call.place)
        return call

    def all_delivered(self, when: str, since: int = 0) -> None:
        """Requires that each message that was accepted, `since` so many, has been delivered once."""
        times = Counter(self.sink.arguments)
        expected = "every message that was accepted is given to `sink` once."
        for message in self.accepted[since:]:
            how = f"{times[message]} times" if times[message] else "never"
            seen = f"{when}, {quoted(message)} was accepted, and `sink` got it {how}."
            require(times[message] == 1, expected, seen, where(self.close))


FLUSHES = "once in every `flush_interval` it calls `sink('flush')`"


def for_messages(seconds: float) -> Callable[[str], float]:
    return lambda message: 0.0 if message == "flush" else seconds


def for_flushes(*seconds: float) -> Callable[[str], float]:
    """A latency of the flushes, of the first, the second, …; the last one is that of all others."""
    each = itertools.chain(seconds, itertools.repeat(seconds[-1]))
    return lambda message: next(each) if message == "flush" else 0.0


@task.item("a")
def its_parents_stop_ends_it(solution: Any) -> None:
    """Takes its parent's `stop`: setting it ends both threads, within 250 ms when they are idle."""
    for interval in (1.0, A_MINUTE):
        idle = Scene(solution, interval)
        idle.works()
        who = f"an idle service with a flush interval of {duration(interval)}"
        stop_ends(idle.stop, idle.threads, who, STOP_LIMIT)
    unused = Scene(solution)
    stop_ends(unused.stop, unused.threads, "a service that nothing had been submitted to", STOP_LIMIT, watched=0.5)
    busy = Scene(solution, latency=for_messages(1.0))
    Call(busy.submit, "first", "second", "third")
    until(lambda: busy.sink.in_flight)
    limit = 3 * (1.0 + MESSAGE) + STOP_LIMIT  # what is queued may be delivered first
    stop_ends(busy.stop, busy.threads, "a service with three messages, of which each took a second,", limit)


@task.item("b", seconds=BUSY)
def both_threads_watch_it(solution: Any) -> None:
    """Both threads watch `stop`, idle or busy: in a steady stream of messages, with a slow sink."""
    for interval in (1.0, A_MINUTE):
        stream = Scene(solution, interval)
        stream.works()
        Call(keep_submitting, stream)
        time.sleep(0.5)
        who = f"a service in a steady stream of messages, with a flush interval of {duration(interval)},"
        limit = (QUEUE + 2) * (MESSAGE + 0.001) + STOP_LIMIT  # the same
        stop_ends(stream.stop, stream.threads, who, limit, watched=0.3)
    slow = Scene(solution, 0.1, latency=for_flushes(0.3))
    slow.works()
    time.sleep(3)
    who = "a service with a flush interval of 100 ms, of which each flush took 300 ms,"
    stop_ends(slow.stop, slow.threads, who, 2 * 0.3 + STOP_LIMIT, watched=0.1)


def keep_submitting(scene: Scene) -> None:
    for number in range(400):
        if not scene.submit(f"message {number}"):
            return
        time.sleep(0.005)


@task.item("c", schedules=40, seconds=BUSY)
def the_flush_timer_is_interruptible(solution: Any) -> None:
    """The flush timer is interruptible: with a 60 s interval, idle, `close()` takes under 100 ms."""
    limit = SOON if is_searched() else CLOSE_LIMIT  # a thread may be held up for 300 ms
    for idle in (0.0, *(() if is_searched() else (0.5, A_MINUTE))):
        for is_stopped in (False, True):
            begin_race()
            scene = Scene(solution, A_MINUTE)
            time.sleep(idle)
            if idle:
                Call(scene.submit, "hello")
                until(lambda scene=scene: "hello" in scene.sink.arguments)
                worst_moment(longer_than=CLOSE_LIMIT, within=0.5)
            if is_stopped:
                scene.stop.set()
            call = Call(scene.close)
            call.ended(within=limit + EDGE)
            late_at = where(*scene.started.running())
            call.ended(within=2 * A_MINUTE)
            state = ", with `stop` set before," * is_stopped
            seen = f"called {duration(idle)} after construction{state} it took {duration(call.took)}."
            expected = "with a flush interval of 60 s and an empty queue `close()` returns within 100 ms."
            require(call.took <= limit + EDGE, expected, seen, late_at, call.place)


@task.item("d", schedules=30, seconds=BUSY)
def submit_is_refused(solution: Any) -> None:
    """`submit` raises `ServiceClosed` after `close` or `stop`; one that waits does, or is delivered."""
    if not is_searched():
        for how in ("`close()`", "`stop` was set"):
            refused = Scene(solution)
            Call(refused.close if "close" in how else refused.stop.set).ended(within=A_MINUTE)
            time.sleep(0.1)
            call = Call(refused.service.submit, "late")
            call.ended()
            seen = f"after {how} it {call.ending if call.done else 'did not end'}."
            expected = f"after {how} `submit` raises `ServiceClosed`."
            require(isinstance(call.error, refused.refusal), expected, seen, call.place)
        waiting_when(solution, closes=False)
    waiting_when(solution, closes=True)


def waiting_when(solution: Any, *, closes: bool) -> None:
    """Requires that each of several `submit`s that wait when it closes, or is stopped, ends as it must."""
    scene = Scene(solution, held=True)
    waiting = [scene.fill(), *[Call(scene.submit, f"waiting {number}") for number in (1, 2, 3)]]
    time.sleep(0.1)
    before = len(scene.accepted)
    ending = scene.close if closes else scene.stop.set
    waiting += at_once((ending,), (scene.submit, "late"))
    time.sleep(1)
    scene.sink.release_all()
    until(lambda: all(call.done for call in waiting), within=SOON)
    Call(scene.close).ended(within=A_MINUTE)
    until(lambda: not scene.threads(), within=A_MINUTE)
    when = "it was closed" if closes else "`stop` was set"
    for call in waiting:
        expected = "a `submit` that waits when the service ends raises `ServiceClosed`, or its message is delivered."
        how = call.ending if call.done else "was still waiting 5 s later"
        seen = f"{when} while the queue was full; a `{call.name}` {how}."
        require(call.done and not call.error, expected, seen, call.place)
    scene.all_delivered(f"{when} while the queue was full", since=before)


@task.item("e", schedules=30, seconds=BUSY)
def close_waits_and_loses_nothing(solution: Any) -> None:
    """`close` waits for both threads, however slow the sink, and loses no accepted message."""
    racing(solution)
    if is_searched():
        return
    slow_flush = Scene(solution, 0.1, latency=for_flushes(30.0, 0.0))
    until(lambda: slow_flush.sink.in_flight)
    is_closed(slow_flush, "a flush in hand", at_once=3)
    for latency in (0.0, 1.0):
        for messages in (1, 3, 2 * QUEUE):
            scene = Scene(solution, latency=for_messages(latency))
            Call(scene.submit, *[f"message {number}" for number in range(messages)])
            until(lambda scene=scene: scene.accepted)
            time.sleep(0.1 if messages > 1 else 0)
            is_closed(scene, f"{count(len(scene.accepted), 'message')} accepted")
    for pause in (0.0, 0.05, 10.0):
        stopped = Scene(solution, latency=for_messages(0.2))
        Call(stopped.submit, "first", "second", "third")
        until(lambda stopped=stopped: stopped.accepted)
        time.sleep(0.1)
        stopped.stop.set()
        time.sleep(pause)
        is_closed(stopped, "`stop` set already", at_once=2)


def is_closed(scene: Scene, state: str, at_once: int = 1) -> None:
    """Requires that `close` waits, again when called again, and that every accepted message has been delivered."""
    close_waits(scene.close, scene.sink, threads=scene.threads, at_once=at_once, within=SOON, when=f"with {state}")
    scene.all_delivered(f"`close` was called with {state}")
    close_waits(scene.close, threads=scene.threads, within=SOON, when="when called again")


def racing(solution: Any) -> None:
    """Requires the same where messages are submitted and `close` is called at the same moment."""
    # A message that is accepted too late is lost only if `close` is over while its `submit` is held up.
    scene = Scene(solution, latency=for_messages(0.0 if is_searched() else 1.0))
    *submits, one, other = at_once((scene.submit, "a"), (scene.submit, "b"), (scene.close,), (scene.close,))
    calls = [*submits, one, other]
    until(lambda: all(call.done for call in calls), within=A_MINUTE)
    for call in calls:
        how = call.ending if call.done else "never ended"
        seen = f"two `submit`s and two `close`s came at once; a `{call.name}` {how}."
        require(call.done and not call.error, f"`{call.name}` returns.", seen, call.place)
    scene.all_delivered("two `submit`s and two `close`s came at once")
    for call in (one, other):
        seen = "two `submit`s and two `close`s came at once; one `close` returned while `sink` had a message in hand."
        expected = "each call of `close` returns only when both threads have ended."
        require(scene.sink.last_end <= call.ended_at, expected, seen, call.place)


@task.item("f")
def nothing_is_left(solution: Any) -> None:
    """Leak check: after `close()` nothing is left, whether or not `stop` was ever set."""
    for state in ("an idle service", "a busy service", "a service whose `stop` was set"):
        with nothing_left(f"after `close()` of {state}"):
            scene = Scene(solution, latency=for_messages(1.0))
            time.sleep(0.5)
            if "busy" in state:
                Call(scene.submit, "first", "second")
                until(lambda scene=scene: scene.sink.in_flight)
            if "stop" in state:
                scene.stop.set()
                time.sleep(1.0)
            Call(scene.close).ended(within=A_MINUTE)
