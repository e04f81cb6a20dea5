"""Schedules: who runs next, and for how long. The kernel asks; a run can be repeated by the schedule's name.

Where an item is about state, schedules are searched, systematically first, as CHESS does: `interrupt:1`,
`interrupt:2`, … hold up one thread at one place, each place in the learner's code where shared state is read or
written in turn, while all others run as far as they can. So a race that one interruption shows is always found, and
an edit that changes nothing changes no verdict. What takes several interruptions `random:1`, `random:2`, … may find.
"""

from __future__ import annotations

import dis
import random
from collections import deque
from collections.abc import Generator, Set
from types import CodeType, FrameType
from typing import Any

USUAL = "round-robin"
"""The schedule on which everything is judged first."""

STALL = 0.3
"""Virtual seconds for which a thread that is interrupted is held up: others may give up a poll meanwhile, as on a busy
machine. What is searched so must not be about times below a second."""


class Schedule:
    """First come, first served, with a slice as long as CPython's."""

    opcodes = False
    """Whether a switch may come between any two bytecodes, and not between lines only."""

    held_up_at: tuple[str, int, str] | None = None
    """Where the thread was that was interrupted: file, line and function."""

    points = 0
    """How many places there were to interrupt a thread at."""

    def slice(self, usual: float, step: float) -> float:
        """Virtual seconds for which the next one may run while others want to."""
        return usual

    def choose(self, ready: deque[Any]) -> Any:
        """Takes the one that runs next out of those that could."""
        return ready.popleft()

    def stall(self) -> float:
        """Virtual seconds for which one whose slice is over is not let run though it could, as on a busy machine."""
        return 0.0

    def begin_race(self) -> None:
        """What comes from here on is what the check is about."""

    def interrupt(self, frame: FrameType, thread: int) -> float:
        """Virtual seconds for which the thread of that number is held up before the bytecode that it is at."""
        return 0.0


class RoundRobin(Schedule):
    def __str__(self) -> str:
        return USUAL


class Random(Schedule):
    """Anyone next, after any number of steps; now and then one of them is stalled."""

    opcodes = True

    def __init__(self, seed: int, steps: int = 8, stalled: float = 0.05, longest_stall: float = 0.05) -> None:
        self._seed = seed
        self._random = random.Random(seed)
        self._steps, self._stalled, self._longest = steps, stalled, longest_stall

    def slice(self, usual: float, step: float) -> float:
        return self._random.expovariate(1 / self._steps) * step

    def choose(self, ready: deque[Any]) -> Any:
        ready.rotate(-self._random.randrange(len(ready)))
        return ready.popleft()

    def stall(self) -> float:
        return self._random.random() * self._longest if self._random.random() < self._stalled else 0.0

    def __str__(self) -> str:
        return f"random:{self._seed}"


class Interrupt(Schedule):
    """Holds up one thread at the `number`th place, counted from 1 in the order in which they are first reached.

    A place is a bytecode that reads or writes what may be shared. It counts twice: when it is first reached, and when
    another thread than the first first reaches it; and anew after each `begin_race`. With `within` only those functions
    have such places.
    """

    opcodes = True

    def __init__(self, number: int, within: Set[CodeType] | None = None) -> None:
        self._number = number
        self._within = within
        self._races = 0
        self._first: dict[tuple[int, CodeType, int], int] = {}
        self._again: set[tuple[int, CodeType, int]] = set()

    def begin_race(self) -> None:
        self._races += 1

    def interrupt(self, frame: FrameType, thread: int) -> float:
        if not self._races or frame.f_lasti not in _shared[frame.f_code]:
            return 0.0
        if self._within is not None and frame.f_code not in self._within:
            return 0.0
        place = (self._races, frame.f_code, frame.f_lasti)
        first = self._first.setdefault(place, -1)
        if first == -1:
            self._first[place] = thread
        elif first == thread or place in self._again:
            return 0.0
        else:
            self._again.add(place)
        self.points += 1
        if self.points != self._number:
            return 0.0
        self.held_up_at = (frame.f_code.co_filename, frame.f_lineno, frame.f_code.co_name)
        return STALL

    def __str__(self) -> str:
        return f"interrupt:{self._number}"


_ACCESSES = ("ATTR", "DEREF", "GLOBAL", "SUBSCR", "SLICE", "CALL", "BEFORE_WITH", "CONTAINS_OP", "FOR_ITER", "EXTEND")
_NO_ACCESSES = ("PRECALL", "LOAD_CLOSURE")


class _Shared(dict[CodeType, frozenset[int]]):
    """The offsets of a code's bytecodes that may read or write what is shared; what is between two is nobody's."""

    def __missing__(self, code: CodeType) -> frozenset[int]:
        builtins = vars(__import__("builtins"))
        self[code] = found = frozenset(
            op.offset
            for op in dis.get_instructions(code)
            if any(word in op.opname for word in _ACCESSES)
            and op.opname not in _NO_ACCESSES
            and not ("GLOBAL" in op.opname and op.argval in builtins)
        )
        return found


_shared = _Shared()


def named(name: str) -> Schedule:
    """The schedule of that name: `round-robin`, `interrupt:7` or `random:7`. Raises `ValueError`."""
    kind, _, number = name.partition(":")
    if name == USUAL:
        return RoundRobin()
    if kind in ("interrupt", "random") and number.isascii() and number.isdecimal():
        return Interrupt(int(number)) if kind == "interrupt" else Random(int(number))
    raise ValueError(f"there is no schedule {name!r}; there are round-robin, interrupt:N and random:N, N a number")


def search(most: int) -> Generator[str, int, None]:
    """The names of the schedules to search, at most so many; to be sent how many `points` the run had."""
    yield USUAL
    number = points = 1
    while number <= points and number < most:
        points = yield f"interrupt:{number}"
        number += 1
    for seed in range(1, most - number + 1):
        yield f"random:{seed}"
