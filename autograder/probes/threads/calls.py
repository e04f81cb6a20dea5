"""A call of learners' code under way, in a thread of its own: the check goes on though the call may never end.

    call = Call(worker.stop)
    if call.ended(within=1.0): ...
    calls = at_once(*[(service.close,)] * 10)

On virtual time a wait costs nothing: whoever gives up after 10 s is found out by 30 s of patience.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from math import inf
from types import FrameType
from typing import Any

from autograder.probes.equality import believed
from autograder.probes.words import duration, error, require
from autograder.run.places import line_of, where
from autograder.run.threads import begin_race, now

PATIENCE = 2.0
"""Seconds after which what has not happened is taken never to happen, unless the check says otherwise."""

EDGE = 0.005
"""Seconds that a limit may be passed by: each line that runs takes some microseconds."""


class Call:
    """A call of a function of the learner's.

    `began` and `ended_at` are on the clock, `ended_at` is `inf` until it has ended; `result` is what it returned,
    `error` what it raised. `name` is how messages call it.
    """

    def __init__(self, function: Callable[..., Any], *arguments: Any, after: threading.Event | None = None) -> None:
        self.name = getattr(function, "__name__", type(function).__name__)
        self.began, self.ended_at = now(), inf
        self.result: Any = None
        self.error: BaseException | None = None
        self._function, self._arguments, self._after = function, arguments, after
        self._last_line = ""
        self.thread = threading.Thread(target=self._run, name=f"the call of {self.name}", daemon=True)
        _threads.append(self.thread)
        self.thread.start()

    @property
    def done(self) -> bool:
        """Whether it has ended."""
        return self.ended_at < inf

    @property
    def took(self) -> float:
        """Seconds from its beginning to its end; `inf` if it has not ended."""
        return self.ended_at - self.began

    @property
    def ending(self) -> str:
        """How it ended, in words that go on a sentence: `returned`, `raised KeyError('url')`; or `not ended`."""
        if not self.done:
            return "not ended"
        return f"raised {error(self.error)}" if self.error else "returned"

    @property
    def place(self) -> str:
        """The learner's line that it waits at, raised at or returned from, in words."""
        waits = () if self.done else (self.thread,)
        return where(*filter(None, [self.error, *waits])) or self._last_line or where(self._function)

    def ended(self, within: float = PATIENCE) -> bool:
        """Whether it has ended, at the latest so many seconds from now."""
        self.thread.join(within)
        return self.done

    def returned(self, within: float = PATIENCE) -> Any:
        """Its result. Raises what it raised, and `Failed` where it does not return."""
        has_ended = self.ended(within)
        seen = f"it had not returned {duration(now() - self.began)} after it was called."
        require(has_ended, f"`{self.name}` returns.", seen, self.place)
        if self.error is not None:
            raise self.error
        return believed(self.result)

    def _run(self) -> None:
        own = sys._getframe()

        def note_line(frame: FrameType, event: str, _: Any) -> None:
            if event == "return" and frame.f_back is own:
                self._last_line = line_of(frame)

        if self._after is not None:
            self._after.wait()
        self.began = now()
        sys.setprofile(note_line)
        try:
            self.result = self._function(*self._arguments)
        except BaseException as error:
            self.error = error
        finally:
            sys.setprofile(None)
            self.ended_at = now()


_threads: list[threading.Thread] = []


def own_threads() -> list[threading.Thread]:
    """The threads of all calls: they are the check's, whatever they are in."""
    return _threads


def at_once(*calls: tuple[Any, ...]) -> list[Call]:
    """Calls that begin at the same moment, each a function and its arguments: who is first is the schedule's choice.

    >>> first, second = at_once((len, "a"), (len, "ab"))
    >>> first.returned(), second.returned()
    (1, 2)
    """
    gate = threading.Event()
    made = [Call(*call, after=gate) for call in calls]
    begin_race()
    gate.set()
    return made
