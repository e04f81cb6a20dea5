"""Schedules: who runs next, and for how long. The kernel asks; a run can be repeated by the schedule's name."""

from __future__ import annotations

import random
from collections import deque
from typing import Any


class Schedule:
    """First come, first served, with a slice as long as CPython's."""

    opcodes = False
    """Whether a switch may come between any two bytecodes, and not between lines only."""

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


class RoundRobin(Schedule):
    def __str__(self) -> str:
        return "round-robin"


class Random(Schedule):
    """Anyone next, after any number of steps; now and then one of them is stalled.

    For what must never happen: what must happen in time may be late.
    """

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


def named(name: str) -> Schedule:
    """The schedule of that name: `round-robin` or `random:7`. Raises `ValueError`, which lists what there is."""
    kind, _, number = name.partition(":")
    if name == "round-robin":
        return RoundRobin()
    if kind == "random" and number.isdecimal():
        return Random(int(number))
    raise ValueError(f"there is no schedule {name!r}; there are round-robin and random:N, with a number N")
