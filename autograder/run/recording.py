"""A recording of one run on virtual time: what each thread or task did, waited for and held, to the moment it broke.

    recorder = Recorder(clock)
    recorder.waits(thread, "check 3", stack)      # the kernel of threads says what happens, when it happens
    recorder.look(loop)                           # a loop is looked at before each turn: time passes in between only
    recorder.recording()                          # plain data, for JSON

Virtual time makes a run that failed repeatable: so it is recorded when somebody asks to see it, and at no other time.
"""

from __future__ import annotations

import asyncio
import os
import re
import threading
import weakref
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from types import FrameType
from typing import Any

from autograder.run import own_files, places
from course.leaks import Frame
from course.leaks.frames import blocking_call, frame_of, stack_of_awaitable, stack_of_frame, stand_ins

MOST_LANES = 150
MOST_SPANS = 60
"""Of a lane, the latest."""

THE_CHECK = "the check"
"""The name of the lane of the check itself, which calls the learner's code."""

_GRADER = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep
_DEFAULT_NAME = re.compile(r"(Thread|Task)-\d+( \(.*\))?")
_LOCK_IN_A_LINE = re.compile(r"with ([\w.]+)|([\w.]+)\.acquire")


@dataclass
class Span:
    """From `start` to `end` a lane waits or runs.

    `what` is what it waits in, such as "Queue.put", or the lock that it waits for; `does` says the same in a few words,
    and `place` is the learner's line.
    """

    start: float
    end: float | None
    kind: str  # "waits" or "runs"
    what: str
    does: str
    place: str


@dataclass
class Hold:
    """From `start` to `end` a lane holds the lock that its code calls `what`."""

    start: float
    end: float | None
    what: str
    place: str


@dataclass
class Lane:
    """One thread or task. `how` it ended: "" if it is alive, "returned", "cancelled" or "raised …"."""

    kind: str
    name: str
    began: float
    ended: float | None = None
    how: str = ""
    learners: bool = False  # whether it is the learner's, or ever had code of theirs on its stack
    started: str = ""  # the learner's line that started it, where that is known
    spans: list[Span] = field(default_factory=list)
    holds: list[Hold] = field(default_factory=list)


class Recorder:
    """Takes down what happens, with the time of `clock`."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lanes: list[Lane] = []
        self._threads: dict[int, Lane] = {}  # by the kernel's number
        self._tasks: dict[int, tuple[weakref.ref[asyncio.Task[Any]], Lane]] = {}  # those alive, by their id
        self._seen_at: dict[int, list[int]] = {}  # by the id of the task
        self._held: dict[int, Hold] = {}  # by the id of the lock
        self._given_up: dict[str, Any] | None = None

    def give_up(self) -> None:
        """Note what there is now: a deadlock or the end of time is raised, and on its way out it changes much."""
        self._given_up = self.recording()

    def recording(self, given_up: bool = False) -> dict[str, Any]:
        """Return what was recorded up to this moment, or to that at which the kernel has `given_up`."""
        if given_up and self._given_up:
            return self._given_up
        lanes = [lane for lane in self._lanes if lane.learners]
        for lane in lanes:
            lane.spans = lane.spans[-MOST_SPANS:]
            lane.holds = lane.holds[-MOST_SPANS:]
        return {"moment": self._clock(), "lanes": [asdict(lane) for lane in lanes[-MOST_LANES:]]}

    # -- of threads: called by the kernel

    def started(self, number: int, thread: threading.Thread | None, frame: FrameType | None) -> None:
        """A thread was started by the code of `frame`: the learner's threads are shown, whatever they run."""
        own = [one for one in stack_of_frame(frame) if one.file in own_files.files]
        name = thread.name if thread and own else ""
        if isinstance(thread, threading.Timer):
            name = f"Timer({getattr(thread.function, '__name__', name)})"
        lane = self._threads[number] = self._new("thread", name)
        lane.learners, lane.started = bool(own), places.where(*own) if own else ""

    def waits(self, number: int, frame: FrameType, does: str = "") -> None:
        called = ""
        caller: FrameType | None = frame
        while caller is not None and caller.f_code.co_filename in stand_ins:
            called, caller = caller.f_code.co_qualname, caller.f_back
        stack = stack_of_frame(caller)
        self._put(self._lane(number), "waits", stack, does, "" if blocking_call(stack) else called)

    def goes_on(self, number: int) -> None:
        lane = self._lane(number)
        self._put(lane, "runs", [])

    def enters(self, number: int, frame: FrameType) -> None:
        """The thread calls a function of the learner's."""
        lane = self._lane(number)
        lane.learners = True
        self._name(lane, [frame_of(frame)])

    def ended(self, number: int) -> None:
        self._end(self._lane(number), "returned")

    def holds(self, number: int, lock: object, frame: FrameType | None) -> None:
        """The lock was taken by the code of `frame`; it counts if that is the learner's, or threading's for it."""
        while frame is not None and frame.f_globals.get("__name__") in ("threading", "autograder.run.threads.locks"):
            frame = frame.f_back
        if frame is None or frame.f_code.co_filename not in own_files.files:
            return
        place = places.line_of(frame)
        if not (name := _lock_in(place)):
            return
        lane = self._lane(number)
        hold = Hold(self._clock(), None, name, place)
        self._held[id(lock)] = hold
        lane.holds.append(hold)

    def lets_go(self, lock: object) -> None:
        if hold := self._held.pop(id(lock), None):
            hold.end = self._clock()

    def _lane(self, number: int) -> Lane:
        if number not in self._threads:
            self._threads[number] = self._new("thread", THE_CHECK)
        return self._threads[number]

    # -- of tasks: a look before each turn of the loop

    def look(self, loop: asyncio.AbstractEventLoop) -> None:
        """Take down where each of the loop's tasks waits now, and which have ended since the last look."""
        alive = asyncio.all_tasks(loop)
        for number, (reference, lane) in [*self._tasks.items()]:
            task = reference()
            if task not in alive:
                self._end(lane, _how(task))
                del self._tasks[number], self._seen_at[number]
        for task in sorted(alive, key=_number):
            if id(task) not in self._tasks:
                lane = self._new("task", _name(task) if self._lanes else THE_CHECK)
                lane.learners = not _is_ours(task)
                self._tasks[id(task)] = weakref.ref(task), lane
            at = _instructions(task)
            if self._seen_at.get(id(task)) == at:
                continue  # Many a task waits for long, and one that spins is looked at often.
            self._seen_at[id(task)] = at
            stack, _ = stack_of_awaitable(task.get_coro())
            self._put(self._tasks[id(task)][1], "waits" if _waits(task) else "runs", stack)

    # -- lanes

    def _new(self, kind: str, name: str) -> Lane:
        self._lanes.append(Lane(kind, "" if _DEFAULT_NAME.fullmatch(name) else name, self._clock()))
        return self._lanes[-1]

    def _put(self, lane: Lane, kind: str, stack: Iterable[Frame], does: str = "", called: str = "") -> None:
        stack = [*stack]
        own = [frame for frame in stack if frame.file in own_files.files]
        place = places.where(*own) if own else lane.started
        looks_on = lane.name == THE_CHECK and not own
        what = (called or blocking_call(tuple(stack))) if kind == "waits" and not does and not looks_on else ""
        does = does or (f"{kind} in {what}" if what else kind)
        if what.startswith("Lock."):
            what = _lock_in(place) or "a lock"
            does = f"waits for {what}"
        lane.learners = lane.learners or bool(own)
        self._name(lane, own)
        now = self._clock()
        if lane.spans:
            last = lane.spans[-1]
            if last.end is None:
                if (last.does, last.place) == (does, place):
                    return
                last.end = now
        lane.spans.append(Span(now, None, kind, what, does, place))
        if len(lane.spans) > 4 * MOST_SPANS:
            del lane.spans[: 2 * MOST_SPANS]

    def _name(self, lane: Lane, own: list[Frame]) -> None:
        """A thread or task that has no name of its own is called after the learner's function that it runs."""
        if not lane.name and own:
            lane.name = own[-1].function

    def _end(self, lane: Lane, how: str) -> None:
        lane.ended, lane.how = self._clock(), how
        if lane.spans and lane.spans[-1].end is None:
            lane.spans[-1].end = lane.ended


def _number(task: asyncio.Task[Any]) -> int:
    """Its place among those that have no name of their own: a set has no order, and a run must be drawn the same."""
    name = task.get_name()
    return int(name.removeprefix("Task-")) if re.fullmatch(r"Task-\d+", name) else 0


def _instructions(task: asyncio.Task[Any]) -> list[int]:
    """The instructions that a task's coroutine, and what it awaits, are at: where it is, and cheap to learn."""
    found, awaited = [], task.get_coro()
    while (frame := getattr(awaited, "cr_frame", None)) is not None:
        found.append(frame.f_lasti)
        awaited = awaited.cr_await  # type: ignore[union-attr]
    return [*found, id(type(awaited)), _waits(task)]


def _waits(task: asyncio.Task[Any]) -> bool:
    """Whether it waits for something; else it has its turn next, as after `sleep(0)`: again and again, it spins."""
    return task._fut_waiter is not None  # type: ignore[attr-defined]


def _name(task: asyncio.Task[Any]) -> str:
    """Its own, or else what its coroutine is called where that is the library's."""
    name, code = task.get_name(), getattr(task.get_coro(), "cr_code", None)
    if code is None or code.co_filename in own_files.files or not _DEFAULT_NAME.fullmatch(name):
        return name
    return code.co_qualname


def _is_ours(task: asyncio.Task[Any]) -> bool:
    """Whether it runs code of the grader's."""
    code = getattr(task.get_coro(), "cr_code", None)
    return code is not None and code.co_filename.startswith(_GRADER)


def _lock_in(place: str) -> str:
    """What the line calls the lock that it takes; empty if it names none."""
    named = _LOCK_IN_A_LINE.search(place.rpartition(": `")[2])
    return (named[1] or named[2]) if named else ""


def _how(task: asyncio.Task[Any] | None) -> str:
    if task is None:
        return "destroyed while pending"
    if task.cancelled():
        return "cancelled"
    error = task._exception  # exception() would count as somebody's having asked
    return f"raised {type(error).__name__}" if error else "returned"


def look_before_each_turn(recorder: Recorder) -> None:
    """Have the recorder look at every loop of this process before each of its turns."""
    turn = asyncio.BaseEventLoop._run_once  # type: ignore[attr-defined]

    def recorded(loop: asyncio.BaseEventLoop) -> None:
        recorder.look(loop)
        turn(loop)

    asyncio.BaseEventLoop._run_once = recorded  # type: ignore[attr-defined]
