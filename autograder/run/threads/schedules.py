"""Schedules: who runs next, and for how long. The kernel asks; a run can be repeated by the schedule's name.

Where an item is about state, schedules are searched, systematically first, as CHESS does: `interrupt:1`,
`interrupt:2`, … hold up one thread at one place, each place in the learner's code where shared state is read or
written in turn, while all others run as far as they can. `interrupt:3+1`, `interrupt:3+2`, … hold up another one as
well, at each place that is reached after that. So a race that one interruption shows is always found, one that takes
two is where the scene is small enough, and an edit that changes nothing changes no verdict. What takes more may be
found by `random:1`, `random:2`, …
"""

from __future__ import annotations

import ast
import dis
import itertools
import linecache
import random
import re
from collections import Counter, deque
from collections.abc import Generator, Iterable, Set
from functools import cache
from types import CodeType, FrameType
from typing import Any

USUAL = "round-robin"
"""The schedule on which everything is judged first."""

STALL = 0.3
"""Virtual seconds for which a thread that is interrupted is held up, and the second one for twice as long: others may
give up a poll meanwhile, as on a busy machine. What is searched so must not be about times below a second."""


class Schedule:
    """First come, first served, with a slice as long as CPython's."""

    opcodes = False
    """Whether a switch may come between any two bytecodes, and not between lines only."""

    held_up_at: tuple[tuple[str, int, str], ...] = ()
    """Where the threads were that were interrupted: file, line and function of each."""

    @property
    def points(self) -> tuple[int, int]:
        """How many places there were to interrupt a thread at, and after that another one."""
        return 0, 0

    def slice(self, usual: float, step: float) -> float:
        """Virtual seconds for which the next one may run while others want to."""
        return usual

    def choose(self, ready: deque[Any]) -> Any:
        """Takes the one that runs next out of those that could."""
        return ready.popleft()

    def stall(self) -> float:
        """Virtual seconds for which one whose slice is over is not let run though it could, as on a busy machine."""
        return 0.0

    def begin_race(self, files: Iterable[str]) -> None:
        """What comes from here on, in these files of the learner's, is what the check is about."""

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
    """Holds up one thread at the `first` place and, if there is a `second`, another thread at that one after it.

    A place is a bytecode that reads or writes what may be shared. Places count from 1, in the order in which they are
    reached: each once, and once more when another thread reaches it than the first; all anew after `begin_race`. The
    second one is in the same race: for it those count, anew, that threads reach after the first one was held up, and
    not this one itself. With `within` only those functions have places.
    """

    opcodes = True

    def __init__(self, first: int, second: int = 0, *, within: Set[CodeType] | None = None) -> None:
        self._first, self._second, self._within = first, second, within
        self._places: _Places | None = None
        self._all, self._after = _Count(), _Count()
        self._held_up = 0
        self._in_race = True
        self._before: dict[int, Place] = {}

    @property
    def points(self) -> tuple[int, int]:
        return self._all.points, self._after.points

    def begin_race(self, files: Iterable[str]) -> None:
        if self._places is None:
            self._places = _Places(rebound_in(files))
        self._all.reached.clear()
        self._in_race = not self._held_up

    def interrupt(self, frame: FrameType, thread: int) -> float:
        if self._places is None or (place := self._places.of(frame)) is None:
            return 0.0
        if self._within is not None and frame.f_code not in self._within:
            return 0.0
        before, self._before[thread] = self._before.get(thread), place
        if before and frame.f_back and before == self._places.of(frame.f_back):
            return 0.0  # called from there, where it could be held up, it has touched nothing since
        if self._all.has(place, thread) and self._all.points == self._first:
            self._held_up = thread
            return self._hold_up(frame, STALL)
        if not self._held_up or thread == self._held_up or not self._in_race:
            return 0.0
        if self._after.has(place, thread) and self._after.points == self._second:
            return self._hold_up(frame, 2 * STALL)  # who is held up first goes on first
        return 0.0

    def _hold_up(self, frame: FrameType, seconds: float) -> float:
        self.held_up_at += ((frame.f_code.co_filename, frame.f_lineno, frame.f_code.co_name),)
        return seconds

    def __str__(self) -> str:
        return f"interrupt:{self._first}" + f"+{self._second}" * (self._second > 0)


class _Count:
    """Places in the order in which they are reached."""

    def __init__(self) -> None:
        self.points = 0
        self.reached: dict[Place, set[int]] = {}

    def has(self, place: Place, thread: int) -> bool:
        """Counts a place that a thread has reached; whether it is one more."""
        threads = self.reached.setdefault(place, set())
        if thread in threads or len(threads) == 2:
            return False
        threads.add(thread)
        self.points += 1
        return True


Place = tuple[CodeType, int]
"""A bytecode, by its code and its offset there."""

_ACCESSES = ("ATTR", "DEREF", "GLOBAL", "SUBSCR", "SLICE", "CALL", "BEFORE_WITH", "CONTAINS_OP", "FOR_ITER", "EXTEND")
_NO_ACCESSES = ("PRECALL", "LOAD_CLOSURE")
_LOOKS = ("_IF_", "TO_BOOL", "UNARY", "BINARY_OP", "COMPARE", "UNPACK")
"""What looks into an object that has just been loaded: it may have changed, though its name has not."""

_LOADS = ("LOAD_GLOBAL", "LOAD_DEREF", "LOAD_CLASSDEREF", "LOAD_ATTR", "LOAD_SUPER_ATTR")


class _Places(dict[CodeType, dict[int, int]]):
    """Of each code the bytecodes that may read or write what is shared; what is between two is nobody's.

    The offsets of each, those of its caches too, are mapped to its own: a caller is at one of them.
    """

    def __init__(self, rebound: frozenset[str]) -> None:
        self._rebound = rebound

    def of(self, frame: FrameType) -> Place | None:
        offset = self[frame.f_code].get(frame.f_lasti)
        return None if offset is None else (frame.f_code, offset)

    def __missing__(self, code: CodeType) -> dict[int, int]:
        found: dict[int, int] = {}
        steps = list(dis.get_instructions(code))
        for step, following in zip(steps, [*steps[1:], steps[-1]], strict=True):
            if self._may_be_shared(step, following):
                found |= dict.fromkeys(range(step.offset, max(following.offset, step.offset + 1)), step.offset)
        self[code] = found
        return found

    def _may_be_shared(self, step: dis.Instruction, following: dis.Instruction) -> bool:
        if step.opname in _LOADS:
            return step.argval in self._rebound or any(word in following.opname for word in _LOOKS)
        return step.opname not in _NO_ACCESSES and any(word in step.opname for word in _ACCESSES)


def rebound_in(files: Iterable[str]) -> frozenset[str]:
    """The names that code in these files may bind again while threads run; to read another one is nobody's concern."""
    return frozenset().union(*(rebound("".join(linecache.getlines(file))) for file in files))


@cache
def rebound(text: str) -> frozenset[str]:
    """The same of one text: attributes set elsewhere than in `__init__`, names bound more than once.

    It is kept: asked for before a process forks, it is there in each child.
    """
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):  # no Python
        return frozenset()
    bound: Counter[str] = Counter()
    constructors = [node for node in ast.walk(tree) if getattr(node, "name", "") == "__init__"]
    constructing = {id(node) for constructor in constructors for node in ast.walk(constructor)}
    for node in ast.walk(tree):
        match node:
            case ast.Global(names) | ast.Nonlocal(names):
                bound.update(2 * names)
            case ast.Attribute(attr=name, ctx=ast.Store() | ast.Del()) if id(node) not in constructing:
                bound[name] += 2
            case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
                bound[name] += 1
    return frozenset(name for name, times in bound.items() if times > 1)


def named(name: str) -> Schedule:
    """The schedule of that name: `round-robin`, `interrupt:7`, `interrupt:7+2` or `random:7`. Raises `ValueError`."""
    if name == USUAL:
        return RoundRobin()
    if numbers := re.fullmatch(r"interrupt:([0-9]+)(?:\+([0-9]+))?", name):
        return Interrupt(*map(int, filter(None, numbers.groups())))
    if number := re.fullmatch(r"random:([0-9]+)", name):
        return Random(int(number[1]))
    known = "round-robin, interrupt:N, interrupt:N+M and random:N, N and M numbers"
    raise ValueError(f"there is no schedule {name!r}; there are {known}")


def search(most: int) -> Generator[str, tuple[int, int], None]:
    """The names of the schedules to search, at most so many; to be sent the `points` that each run had."""
    names = _all()
    points = yield next(names)
    for _ in range(most - 1):
        points = yield names.send(points)


def _all() -> Generator[str, tuple[int, int], None]:
    yield USUAL
    seconds: list[int] = []
    total = 1
    while len(seconds) < total:
        total, after = yield f"interrupt:{len(seconds) + 1}"
        seconds.append(after)
    for first, after in enumerate(seconds, start=1):
        for second in range(1, after + 1):
            yield f"interrupt:{first}+{second}"
    for seed in itertools.count(1):
        yield f"random:{seed}"
