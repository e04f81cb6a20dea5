"""The kernel: threads run one at a time, on a clock that moves by what they do and jumps when all of them wait.

They are real threads. Each waits at its gate, a real lock, until whoever ran before opens it: the baton is passed on.
So idents, thread locals, `sys._current_frames` and tracebacks are the true ones. Who comes next is the schedule's
choice; a run is a function of the code, the check and the schedule, and of nothing else.

The thread that installs the kernel is the judge. It is polite: when its wait is over, all that is due at the same
moment runs first, for a millisecond at most; that is what makes limits exact. While learners' code is on its stack it
is a thread like any other.
"""

from __future__ import annotations

import contextlib
import dis
import gc
import heapq
import os
import sys
import threading
import weakref
from collections import deque
from collections.abc import Callable
from types import CodeType, FrameType
from typing import Any

from autograder.run import places
from autograder.run.recording import Recorder
from autograder.run.threads import real
from autograder.run.threads.schedules import RoundRobin, Schedule
from course.leaks.frames import beneath_stand_ins

STEP = 1e-6
"""Virtual seconds that a line of a learner's costs, or an operation on a lock."""

SLICE = 0.005
"""Virtual seconds for which a thread runs while others want to, as in CPython."""

SLACK = 0.001
"""Virtual seconds for which the judge lets others finish what is due at the same moment."""

SPINS = ((0.2, 250), (0.02, 25))
"""After so many virtual seconds of work without a wait a thread's steps cost so many times as much: who spins goes on
spinning, and need not be watched line by line."""

IDLE_SPIN = 2.0
"""Virtual seconds of such work after which a thread that reads no clock is taken to wait for the others: it reaches the
next one's timer in a few hundred steps, however far that is."""

COLLECT = 0.01
"""Virtual seconds between two looks of the garbage collector."""

REAL_WAIT = 0.001
"""Real seconds at a time that pass while somebody waits for what is outside."""

LONGEST_WORK = 120.0
"""Virtual seconds of work, of all threads together, after which the judge is told that they do not end."""


class Deadlock(BaseException):
    """Every thread waits, and nothing is left that could wake one. The text says where they wait.

    No `Exception`: a learner's test that expects one would take it for its own.
    """


class OutOfTime(BaseException):
    """The limit of virtual time or of work is over."""


class Fiber:
    """One thread under the kernel."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.ident = self.native = 0
        self.gate = real.allocate_lock()
        self.gate.acquire()
        self.state = "ready"  # ready, running, blocked, stalled, away (in a call into C), dead
        self.woken = False
        self.token = 0  # of its latest wait: the timers of earlier ones are stale
        self.look: Callable[[], Any] | None = None
        self.found: Any = None
        self.watches = self.asks = False  # waits for the answer to a question of its own; has been woken to ask it
        self.ask_at = 0.0
        self.asked_after = 0
        self.began = 0.0
        self.until: float | None = None
        self.cpu = 0.0  # virtual seconds of work
        self.waited_at = 0.0  # of them, those before the end of its last wait
        self.read_clock_at = -1.0  # and those before it last read a clock
        self.wakeups = 0
        self.error: BaseException | None = None
        self.polite = False
        self.end_markers: list[Any] = []
        self.owner: weakref.ref[threading.Thread] | None = None

    @property
    def thread(self) -> threading.Thread | None:
        """None where it was started below `threading`."""
        return self.owner() if self.owner else None

    @property
    def timeout(self) -> float | None:
        """Of the wait that it is in, or was in last."""
        return None if self.until is None else self.until - self.began


class Kernel:
    """All threads of this process, and the one clock."""

    def __init__(self) -> None:
        self.installed = False
        self.now, self.epoch = 1000.0, 1_700_000_000.0
        self.worked = 0.0  # of self.now, what somebody has worked
        self.worked_then = 0.0  # what had been worked when the judge's last wait began or ended
        self.next_event = 0.0
        self.cost = STEP
        self.slice_end = self.resumed_at = self.collect_at = self.now
        self.ready: deque[Fiber] = deque()
        self.timers: list[tuple[float, int, int, Fiber]] = []
        self.lookers: list[Fiber] = []
        self.watchers: list[Fiber] = []
        self.fibers: dict[int, Fiber] = {}  # by ident, those that are alive
        self.by_thread: dict[int, Fiber] = {}  # by the id of the Thread; an entry counts while its thread is the same
        self.count = self.switches = self.changes = 0
        self.inside = False  # in here: what a finalizer does meanwhile must not switch
        self.leaving: Any = None  # the end, below Python, of the thread that ran before
        self.limit, self.longest_work = float("inf"), LONGEST_WORK
        self.schedule: Schedule = RoundRobin()
        self.own_files: set[str] = set()
        self.collected = 0  # times
        self.racing = False
        self.judge_ready: float | None = None
        self.away: set[int] = set()
        self.returned: list[Fiber] = []
        self.foreign = real.allocate_lock()
        self.stuck_since = 0.0  # real time since when the judge has been in a call into C
        self.real_waits = 0  # how often real time had to pass
        self.recorder: Recorder | None = None  # where somebody wants to see the run
        self.stopped_loop: tuple[float, CodeType, int] | None = None  # by the first sleep in a coroutine, and its line

    # -- who is there

    def adopt(self, schedule: Schedule, own_files: set[str]) -> None:
        """Makes the calling thread the judge."""
        self.schedule, self.own_files = schedule, own_files
        self.judge = self.current = self._fiber(threading.current_thread())
        self.judge.ident = real.get_ident()
        self.judge.native, self.judge.state = threading.get_native_id(), "running"
        self.fibers[self.judge.ident] = self.judge
        self.installed = True
        self._plan()

    def _fiber(self, thread: Any) -> Fiber:
        self.count += 1
        fiber = Fiber(self.count)
        if isinstance(thread, threading.Thread):
            fiber.owner = weakref.ref(thread)
            self.by_thread[id(thread)] = fiber
        return fiber

    def of(self, thread: threading.Thread) -> Fiber | None:
        """The fiber of a thread, whether it runs or has ended; None if it has not started under the kernel."""
        fiber = self.by_thread.get(id(thread))
        return fiber if fiber and fiber.thread is thread else None

    def start(self, function: Callable[..., Any], args: tuple = (), kwargs: dict[str, Any] | None = None) -> int:
        """Starts a thread, as `_thread.start_new_thread` does."""
        fiber = self._fiber(getattr(function, "__self__", None))
        handle: list[Any] = []

        def run() -> None:
            nonlocal function, args, kwargs
            fiber.gate.acquire()
            fiber.native = threading.get_native_id()
            own_end = None
            if real.set_sentinel:
                own_end = real.set_sentinel()
                own_end.acquire()
            self._resumed(fiber)
            sys.settrace(self.trace)
            try:
                function(*args, **(kwargs or {}))
            except SystemExit:
                pass
            except BaseException:
                sys.excepthook(*sys.exc_info())
            finally:
                sys.settrace(None)
                function = args = kwargs = None  # type: ignore[assignment]
                self._exit(fiber, own_end or handle[0])

        if real.start_joinable_thread:
            handle.append(real.start_joinable_thread(run, daemon=True))
            fiber.ident = handle[0].ident
        else:
            fiber.ident = real.start_new_thread(run, ())
        self.fibers[fiber.ident] = fiber
        if self.recorder:
            self.recorder.started(fiber.number, fiber.thread, sys._getframe(1))
        self._make_ready(fiber)
        self.step()
        return fiber.ident

    def _exit(self, fiber: Fiber, own_end: Any) -> None:
        self.rejoin()
        fiber.state = "dead"
        if self.recorder:
            self.recorder.ended(fiber.number)
        self._account()
        del self.fibers[fiber.ident]
        for marker in fiber.end_markers:
            marker.release_quietly()
        following = self._pick()
        self.leaving = own_end
        self._pass_to(following)

    def after_fork(self) -> None:
        """In a forked process only the thread that forked is there."""
        me = self.fibers[real.get_ident()]
        self.judge = self.current = me
        self.fibers = {me.ident: me}
        me.native = threading.get_native_id()
        me.state = "running"
        self.ready.clear()
        self.timers, self.lookers, self.watchers = [], [], []
        self.judge_ready = None
        self.away, self.returned, self.foreign = set(), [], real.allocate_lock()
        self.leaving, self.stuck_since = None, 0.0

    # -- running and switching

    def step(self) -> None:
        """Any operation that others could notice: it costs a little, and may be followed by another thread."""
        if self.away:
            self.rejoin()
        if self.inside or self.leaving is not None:
            return
        self.now += self.cost
        if self.now >= self.next_event:
            self._event(False)

    def trace(self, frame: FrameType, event: str, arg: Any) -> Any:
        """The trace function of every thread: each line of a learner's is a step."""
        # Not by its code: who asks for that is looked at, and this is asked for each call of anything.
        if frame.f_globals.get("__file__") not in self.own_files:
            return None
        if self.recorder:
            self.recorder.enters(self.current.number, frame)
        if self.schedule.opcodes or _tight_loops[frame.f_code]:
            frame.f_trace = self._line  # from 3.13 the next line counts only where there is one
            frame.f_trace_opcodes = True
        return self._line

    def _line(self, frame: FrameType, event: str, arg: Any) -> Any:
        self.now += self.cost
        if event == "opcode" and self.racing and not self.inside:
            if self.away:
                self.rejoin()
            if stall := self.schedule.interrupt(frame, self.current.number):
                self._stall(stall)
        if self.now >= self.next_event:
            if self.away:
                self.rejoin()
            if not self.inside:
                self._event(True)
        return self._line

    def _stall(self, seconds: float) -> None:
        """Holds up the thread that runs: it could go on, and is not let."""
        me = self.current
        me.state, me.polite = "stalled", False
        me.token += 1
        heapq.heappush(self.timers, (self.now + seconds, me.number, me.token, me))
        if self.recorder:
            self.recorder.waits(me.number, sys._getframe(1), "is held up")
        self._switch(me)
        if self.recorder:
            self.recorder.goes_on(me.number)

    def begin_race(self) -> None:
        """From here on the schedule may interrupt threads."""
        self.racing = True
        self.schedule.begin_race(self.own_files)

    def _event(self, in_learners_code: bool) -> None:
        me = self.current
        if self.stuck_since:
            self.now += real.monotonic() - self.stuck_since
            self.stuck_since = 0.0
            self.real_waits += 1
        self.inside = True
        self._expire()
        self._look()
        self._let_watchers_ask(everyone_waits=False)
        over = (self.ready or (in_learners_code and self.timers)) and self.now >= self.slice_end
        switch = (over or self._judge_is_due()) and (me is not self.judge or in_learners_code)
        self.inside = False
        if self._is_over():
            self.limit = self.longest_work = float("inf")
            if me is self.judge:
                raise OutOfTime(self.place(me))
            self._raise_in_judge(OutOfTime(self.place(me)))
        if self.now > self.collect_at:
            # At no other moment: what the collector calls may take locks, and must come at the same step each time.
            self.collect_at = self.now + COLLECT
            self.collected += 1
            gc.collect(2 if self.collected % 100 == 0 else 1 if self.collected % 10 == 0 else 0)
        if switch:
            if stall := self.schedule.stall():
                self._stall(stall)
            else:
                me.polite = False
                self._make_ready(me)
                self._switch(me)
        else:
            self._plan()
            self.cost = self._cost(me)

    def _plan(self) -> None:
        """Sets when the one that runs must next be looked after."""
        end = self.slice_end if self.ready else self.slice_end + SLICE
        if self.timers:
            end = min(end, self.timers[0][0])
        if self.judge_ready is not None:
            end = min(end, self.judge_ready + SLACK)
        if self.lookers:
            end = min(end, self.now + SLICE / 5)
        for fiber in self.watchers:
            end = min(end, fiber.ask_at)
        self.next_event = min(end, self.limit)

    def _make_ready(self, fiber: Fiber) -> None:
        fiber.state = "ready"
        if fiber.polite:
            self.judge_ready = self.now
            self.next_event = min(self.next_event, self.now + SLACK)
            return
        self.ready.append(fiber)
        if fiber is not self.current and self.next_event > self.slice_end:
            self.next_event = max(self.now, self.slice_end)

    def _is_over(self) -> bool:
        """Whether the limit is, or somebody works without end while the judge waits without a timeout, or works."""
        waits_without_end = self.judge.state == "blocked" and self.judge.until is None
        too_long = self._worked() - self.worked_then > self.longest_work
        return self.now > self.limit or (too_long and (waits_without_end or self.judge is self.current))

    def _worked(self) -> float:
        return self.worked + self.now - self.resumed_at

    def read_clock(self) -> float:
        """The time, as the thread that runs reads it."""
        me = self.current
        me.read_clock_at = me.cpu + self.now - self.resumed_at
        return self.now

    def _cost(self, me: Fiber) -> float:
        """Virtual seconds that a step of the thread that runs costs."""
        worked = me.cpu + self.now - self.resumed_at - me.waited_at
        cost = next((STEP * times for enough, times in SPINS if worked > enough), STEP)
        if worked > IDLE_SPIN and me.read_clock_at < me.waited_at and self._next_timer():
            cost = max(cost, (self.timers[0][0] - self.now) / 50)
            self.next_event = self.now
        return cost

    def _judge_is_due(self) -> bool:
        return self.judge_ready is not None and self.now > self.judge_ready + SLACK

    # -- waiting and waking

    def wake_one(self, waiting: deque[Fiber]) -> None:
        """Wakes the first that still waits: one that has timed out meanwhile would swallow the wake-up."""
        while waiting and not self.wake(waiting.popleft()):
            pass

    def wake(self, fiber: Fiber, found: Any = None) -> bool:
        """Wakes a thread if it waits; whether it did."""
        if fiber.state != "blocked":
            return False
        fiber.woken, fiber.found = True, found
        self._end_wait(fiber)
        return True

    def _end_wait(self, fiber: Fiber) -> None:
        fiber.token += 1
        if fiber.look is not None:
            fiber.look = None
            self.lookers.remove(fiber)
        if fiber.watches:
            fiber.watches = False
            self.watchers.remove(fiber)
        self._make_ready(fiber)

    def block(self, timeout: float | None, look: Callable[[], Any] | None = None, watches: bool = False) -> bool:
        """Waits to be woken, or until `look()` is true; whether that came before the timeout."""
        if self.leaving is not None:
            return False  # a finalizer of a thread that has ended waits for nothing
        me = self.current
        inside, self.inside = self.inside, False
        me.woken, me.found = False, None
        me.began, me.until = self.now, None if timeout is None else self.now + timeout
        if me is self.judge:
            self.worked_then = self._worked()
        if self.recorder:
            self.recorder.waits(me.number, sys._getframe(1))
        if me.until is not None and len(self.fibers) == 1 and me.until < self.limit and not _has_children():
            # A loop without threads, mostly: no need to ask who is next.
            self._account()
            self.now = me.until
            self._resumed(me)
        else:
            self._wait_for_turn(me, look, watches)
        if self.recorder:
            self.recorder.goes_on(me.number)
        me.wakeups += 1
        me.waited_at = me.cpu
        if me is self.judge:
            self.worked_then = self._worked()
        self.cost = STEP
        self.inside = inside
        return me.woken

    def _wait_for_turn(self, me: Fiber, look: Callable[[], Any] | None, watches: bool) -> None:
        me.state = "blocked"
        me.polite = me is self.judge and not self._in_learners_code(sys._getframe(2))
        me.token += 1
        if me.until is not None:
            heapq.heappush(self.timers, (me.until, me.number, me.token, me))
        if look is not None:
            me.look = look
            self.lookers.append(me)
        if watches:
            me.watches = True
            self.watchers.append(me)
        self._switch(me)

    def _in_learners_code(self, frame: FrameType | None) -> bool:
        while frame is not None and frame.f_code.co_filename not in self.own_files:
            frame = frame.f_back
        return frame is not None

    def pause(self) -> None:
        """Lets all others run who want to."""
        me = self.current
        me.polite = me is self.judge and not self._in_learners_code(sys._getframe(1))
        self._make_ready(me)
        self._switch(me)

    def look(self, look: Callable[[], Any], timeout: float | None) -> Any:
        """What `look()` finds. It is called on whatever thread gives up its turn, and must neither wait nor lock."""
        self.step()
        found = look()
        if found or (timeout is not None and timeout <= 0):
            return found
        self.block(timeout, look)
        return self.current.found

    def until(self, question: Callable[[], Any], timeout: float | None) -> Any:
        """The answer to `question()` when it is true, or when the time is over.

        It is asked by the thread that waits, when all that was due has been done and, while others work on, every
        millisecond (of a long wait every hundredth). Asking costs no time.
        """
        self.step()
        me = self.current
        began = self.now
        end = None if timeout is None else began + timeout
        while True:
            inside, self.inside = self.inside, True
            try:
                answer = question()
            finally:
                self.inside = inside
            if answer or (end is not None and self.now >= end):
                self.changes += 1
                return answer
            me.ask_at = self.now + max(SLACK, (self.now - began) / 100)
            me.asked_after = self.changes
            self.block(None if end is None else end - self.now, watches=True)
            me.asks = False

    def _let_watchers_ask(self, everyone_waits: bool) -> bool:
        """Wakes those whose question may have another answer than when they asked it last; whether there are any."""
        due = [
            fiber
            for fiber in self.watchers
            if (fiber.asked_after != self.changes if everyone_waits else self.now >= fiber.ask_at)
        ]
        for fiber in due:
            fiber.asks = True
            self.wake(fiber)
        return bool(due)

    def _switch(self, me: Fiber) -> None:
        self._account()
        following = self._pick()
        if following is not me:
            self._pass_to(following)
            me.gate.acquire()
        self._resumed(me)
        if me.error is not None:
            error, me.error = me.error, None
            raise error

    def _pass_to(self, fiber: Fiber) -> None:
        self.switches += 1
        self.current = fiber
        fiber.gate.release()

    def _account(self) -> None:
        spent = self.now - self.resumed_at
        self.current.cpu += spent
        self.worked += spent
        self.resumed_at = self.now

    def _resumed(self, me: Fiber) -> None:
        if self.leaving is not None:
            # The one before has ended: gone from the interpreter's lists as well before anyone looks.
            # What it still lets go of, finalizers may note; it is nobody's step.
            self.leaving.join() if hasattr(self.leaving, "join") else self.leaving.acquire()
            self.leaving = None
        me.state = "running"
        self.resumed_at = self.now
        self.slice_end = self.now + self.schedule.slice(SLICE, STEP)
        self._plan()
        self.cost = self._cost(me)

    def _pick(self) -> Fiber:
        """The one that runs next; moves the clock where nobody can run."""
        self.inside = True
        try:
            while True:
                self._expire()
                self._look()
                self._welcome_back()
                if self.now > self.limit and self.judge.state == "blocked":
                    self.limit = float("inf")
                    self._raise_in_judge(OutOfTime())
                if self.ready and not self._judge_is_due():
                    following = self.schedule.choose(self.ready)
                    self.changes += not following.asks
                    return following
                if self.judge_ready is not None:
                    self.judge_ready = None
                    self.changes += not self.judge.asks
                    return self.judge
                if not self._let_watchers_ask(everyone_waits=True):
                    self._pass_time()
        finally:
            self.inside = False

    # -- time

    def _pass_time(self) -> None:
        """Nobody can run: lets the clock jump to the nearest timer, or real time pass for what is outside."""
        self.changes += 1
        if self.away or _has_children():
            self._wait_in_real_time()
        elif self._next_timer():
            self.now = max(self.now, self.timers[0][0])
        elif not self._comes_from_outside():
            self._raise_in_judge(Deadlock(self.places()))

    def _wait_in_real_time(self) -> None:
        self.real_waits += 1
        started = real.monotonic()
        most = self.timers[0][0] - self.now if self._next_timer() else REAL_WAIT
        real.sleep(min(max(most, 0.0), REAL_WAIT))
        self.now += real.monotonic() - started

    def _comes_from_outside(self) -> bool:
        """Whether what somebody waits to read comes from outside after all, for which it gets a few moments."""
        for _ in range(20):
            if not self.lookers:
                return False
            self._wait_in_real_time()
            self._look()
            if self.ready or self.judge_ready is not None:
                return True
        return False

    def _expire(self) -> None:
        """Ends the waits whose time is over."""
        while self.timers and self.timers[0][0] <= self.now:
            _, _, token, fiber = heapq.heappop(self.timers)
            if fiber.token == token and fiber.state in ("blocked", "stalled"):
                self._end_wait(fiber)

    def _next_timer(self) -> bool:
        while self.timers and self.timers[0][2] != self.timers[0][3].token:
            heapq.heappop(self.timers)  # who waited has been woken since
        return bool(self.timers)

    def _look(self) -> None:
        for fiber in self.lookers[:]:
            try:
                found = fiber.look()  # type: ignore[misc]
            except BaseException as error:  # it belongs to who asked, not to whose stack this is
                found, fiber.error = True, error
            if found:
                self.wake(fiber, found)

    def _raise_in_judge(self, error: BaseException) -> None:
        if self.recorder:
            self.recorder.give_up()
        if self.judge.state == "ready":
            with contextlib.suppress(ValueError):
                self.ready.remove(self.judge)
            self.judge.state = "blocked"
        self.judge.error = error
        self.judge.polite = True
        self.wake(self.judge)

    # -- calls into C that cannot be seen through

    def let_go(self, fiber: Fiber) -> None:
        """Lets others run while the thread whose turn it is waits in a call into C."""
        self.real_waits += 1
        fiber.state = "away"
        self._account()
        self.away.add(fiber.ident)
        self.next_event = 0.0
        self._pass_to(self._pick())

    def rejoin(self) -> None:
        """Waits for its turn if this thread was let go: to be called before anything that others can notice."""
        if self.away and (ident := real.get_ident()) in self.away:
            fiber = self.fibers[ident]
            with self.foreign:
                self.returned.append(fiber)
            fiber.gate.acquire()
            self._resumed(fiber)

    def _welcome_back(self) -> None:
        if self.returned:
            with self.foreign:
                back, self.returned = self.returned, []
            for fiber in back:
                self.away.discard(fiber.ident)
                self._make_ready(fiber)

    # -- for reports

    def frame(self, ident: int) -> FrameType | None:
        """The innermost frame of a thread that is not the kernel's own."""
        return beneath_stand_ins(sys._current_frames().get(ident))

    def place(self, fiber: Fiber) -> str:
        """Where in the learner's code a thread is, in words; empty if it is not in it."""
        frame = self.frame(fiber.ident)
        while frame is not None and frame.f_code.co_filename not in self.own_files:
            frame = frame.f_back
        return places.at(frame.f_code.co_filename, frame.f_lineno, frame.f_code.co_name) if frame else ""

    def places(self) -> str:
        """Where in the learner's code threads wait, each place once."""
        found = [place for fiber in self.fibers.values() if fiber.state == "blocked" and (place := self.place(fiber))]
        counted = {place: found.count(place) for place in found}
        return "; ".join(place if count == 1 else f"{place} ({count} threads)" for place, count in counted.items())


def _has_children() -> bool:
    try:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return False
    return True


class _TightLoops(dict[CodeType, bool]):
    """Whether code has a loop on one line: 3.11 does not trace the lines of `while True: pass`."""

    def __missing__(self, code: CodeType) -> bool:
        line_at = {offset: line for start, end, line in code.co_lines() for offset in range(start, end, 2)}
        self[code] = tight = any(
            "JUMP" in op.opname and "BACKWARD" in op.opname and line_at.get(op.argval) == line_at.get(op.offset)
            for op in dis.get_instructions(code)
        )
        return tight


_tight_loops = _TightLoops()

kernel = Kernel()
"""The one of this process."""
