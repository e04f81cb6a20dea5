"""How often code that computes looks at its `stop`, and how soon it ends: by processor time, on however busy a machine.

    run = Computation(solution.count, 10**9, sets_after=1.0)
    run.ended(within=0.5)
    run.looks, run.latency, run.result

`stop` goes in as the last argument. It sets itself right after a look, which leaves the longest wait for the next one;
where nobody looks, it is set half a second later. A look counts in the thread that does the work, whichever that is.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from math import inf
from time import monotonic, process_time, thread_time
from types import CodeType, FrameType
from typing import Any, NamedTuple

from autograder.probes import processor
from autograder.run.own_files import files
from autograder.run.places import at, caller, where

_TICK = 0.020
"""Seconds between two looks at whether it has ended."""

_GRACE = 0.5
"""Seconds of processor time after which `stop` is set, though nobody has looked at it."""

_IDLE = 3.0
"""Seconds for which it may wait for something else than a processor."""


class Gap(NamedTuple):
    """Seconds of processor time without a look, when they began, and the learner's line that had looked last."""

    seconds: float
    began: float
    place: str


class Stop(threading.Event):
    """A `stop` that notes when it is looked at, and that sets itself after so many seconds of processor time."""

    def __init__(self, sets_after: float = inf) -> None:
        super().__init__()
        self.looks = 0
        self.longest = Gap(0.0, 0.0, "")
        self._sets_after = sets_after
        self._working_looks = 0
        self._line: tuple[CodeType, int] | None = None
        self._of_thread = threading.local()
        self._set_at = inf
        self.taken_back = ""  # the learner's line that has cleared it, in words
        self.begin()

    def begin(self) -> None:
        """Begins to count the time, in the thread that is to work."""
        self._began = self._last = process_time()
        self._of_thread.used = thread_time()

    def is_set(self) -> bool:
        works = self._look(sys._getframe(1))
        answer = super().is_set()
        self._perhaps_set(works)
        return answer

    def wait(self, timeout: float | None = None) -> bool:
        works = self._look(sys._getframe(1))
        answer = super().wait(timeout)
        self._perhaps_set(works)
        return answer

    def set(self) -> None:
        if self._set_at == inf:
            self._of_thread.kept_waiting = processor.kept_waiting()
            self._set_at = monotonic()
        super().set()

    def clear(self) -> None:
        self.taken_back = caller()
        super().clear()

    @property
    def since_set(self) -> float:
        """Seconds since it was set, without those for which the thread that asks was kept from a processor since."""
        own = self._of_thread
        kept = processor.kept_waiting() - own.kept_waiting if hasattr(own, "kept_waiting") else 0.0
        return max(0.0, monotonic() - self._set_at - kept)

    @property
    def is_quietly_set(self) -> bool:
        """Whether it is set; to ask is no look."""
        return super().is_set()

    @property
    def worked(self) -> float:
        """Seconds of processor time since it was made."""
        return process_time() - self._began

    @property
    def place(self) -> str:
        """The learner's line that has looked last, in words."""
        code, line = self._line or (None, 0)
        return at(code.co_filename, line, code.co_name) if code and code.co_filename in files else ""

    def note_gap(self) -> None:
        """Notes the time since the last look, if it is the longest."""
        now = process_time()
        if now - self._last > self.longest.seconds:
            self.longest = Gap(now - self._last, self._last - self._began, self.place)
        self._last = now

    def _look(self, frame: FrameType) -> bool:
        """Notes a look; whether it is one of the thread that does the work."""
        self.looks += 1
        now, own, mine = process_time(), thread_time(), self._of_thread
        if getattr(mine, "since_look", None) != self._working_looks:
            # Since the last look of the one that works, this thread has used at most what it has since its own last.
            mine.since_look, mine.used_then = self._working_looks, getattr(mine, "used", 0.0)
        mine.used = own
        works = own - mine.used_then >= (now - self._last) / 2
        if works:
            self.note_gap()
            self._working_looks += 1
            self._line = frame.f_code, frame.f_lineno
        return works

    def _perhaps_set(self, works: bool) -> None:
        if works and self._set_at == inf and self.worked >= self._sets_after:
            self.set()


class Computation:
    """A call of learners' code that computes until it is done, or until `stop`, in a thread of its own.

    `result` and `error` are what it returned or raised, `used` the seconds of processor time that it took, `latency`
    the seconds that it went on after `stop` was set, without those for which it was kept from a processor. `looks` is
    how often it has looked at `stop`.
    """

    def __init__(self, function: Callable[..., Any], *arguments: Any, sets_after: float = inf) -> None:
        self.result: Any = None
        self.error: BaseException | None = None
        self.used = self.latency = inf
        self.stop = Stop(sets_after)
        self._call = function, arguments, sets_after
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    @property
    def looks(self) -> int:
        return self.stop.looks

    @property
    def place(self) -> str:
        """The learner's line that it is at, or the function."""
        return where(*filter(None, [self.error]), self._thread, self._call[0])

    def ended(self, within: float) -> bool:
        """Whether it has ended after so many seconds of processor time, from when `stop` is set if it is to be."""
        _, _, sets_after = self._call
        end, patient_until = within, _IDLE
        began = monotonic()
        while self._thread.is_alive():
            self._thread.join(_TICK)
            worked = self.stop.worked
            waited = monotonic() - began - worked - processor.kept_waiting(self._thread)
            if sets_after < inf and not self.stop.is_quietly_set:
                end, patient_until = worked + within, waited + _IDLE
                if worked > sets_after + _GRACE or waited > _IDLE:
                    self.stop.set()
            elif worked > end or waited > patient_until:
                break
        return self.used < inf

    def longest_gap(self, limit: float) -> Gap:
        """The longest time without a look; where it is over the limit, that of a second run if it is shorter there.

        A processor may be slow for a moment.
        """
        function, arguments, sets_after = self._call
        if self.used == inf:
            self.stop.note_gap()
        elif self.stop.longest.seconds > limit:
            again = Computation(function, *arguments, sets_after=sets_after)
            again.ended(_GRACE)
            return min(self.stop.longest, again.stop.longest)
        return self.stop.longest

    def _run(self) -> None:
        function, arguments, _ = self._call
        self.stop.begin()
        try:
            self.result = function(*arguments, self.stop)
        except BaseException as error:
            self.error = error
        self.latency = self.stop.since_set
        if not self.stop.is_quietly_set:  # or else it is ending
            self.stop.note_gap()
        self.used = self.stop.worked
