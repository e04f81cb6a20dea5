"""How often the running loop is woken while nothing happens: what waits is woken by nobody, what polls wakes itself.

    wake_ups = await WakeUps.counted(10.0, most=20)
    require(not wake_ups.too_many, "idle, it wakes at most twice a second.", f"{wake_ups.said}.", wake_ups.place)

`place` is the line of what has woken it most. Where how often somebody looks is free, but not whether he waits at all:

    await nobody_spins("between two ticks it waits.")
"""

from __future__ import annotations

import asyncio
import inspect
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

from autograder.probes.words import duration, require
from autograder.run.places import where

_BURST = 0.001
"""Seconds within which all that the loop does is one wake-up."""

_SPINS = 0.5
"""The share of a processor from which on it is called a spin; who looks once a millisecond has a few hundredths."""

_SCHEDULING = ("call_soon", "call_soon_threadsafe", "call_at")


class WakeUps:
    """How often the loop was given something to do, by whatever means: tasks, timers, threads.

    `seconds` is how long it was counted, `share` the share of a processor that all used meanwhile.
    """

    def __init__(self, most: int) -> None:
        self.number = 0
        self.seconds = self.share = 0.0
        self._most = most
        self._burst = float("-inf")
        self._by: Counter[Any] = Counter()
        self._loop = asyncio.get_running_loop()
        self._over = self._loop.create_future()

    @classmethod
    async def counted(cls, seconds: float, most: int) -> WakeUps:
        """Counts for so many seconds, or until there were more than `most`, so that a spinner cannot hold it up."""
        self = cls(most)
        began, worked = self._loop.time(), time.process_time()
        timer = self._loop.call_later(seconds, self._stop)
        for name in _SCHEDULING:
            setattr(self._loop, name, self._counting(getattr(self._loop, name)))
        await self._over
        timer.cancel()
        self.seconds = self._loop.time() - began
        self.share = (time.process_time() - worked) / self.seconds
        return self

    @property
    def said(self) -> str:
        """What was seen, in words: that it woke so often, or that it spins."""
        if self.spins:
            return f"it spins: it never waits, and used {self.share * 100:.0f} % of a processor"
        return f"it woke {self.number} times in {duration(self.seconds)}"

    @property
    def spins(self) -> bool:
        """Whether somebody does not wait, but looks again in the next turn of the loop, as after `sleep(0)`."""
        return self.share > _SPINS

    @property
    def too_many(self) -> bool:
        """Whether there were more than `most`."""
        return self.number > self._most

    @property
    def place(self) -> str:
        """The learner's line of the task or callback that has given the loop most to do."""
        return where(*(by for by, _ in self._by.most_common()))

    def _counting(self, schedule: Callable[..., Any]) -> Callable[..., Any]:
        def noted(*args: Any, **kwargs: Any) -> Any:
            self._note(asyncio.current_task(self._loop) or next(filter(inspect.isfunction, args), None))
            return schedule(*args, **kwargs)

        return noted

    def _note(self, by: asyncio.Task[Any] | Callable[..., Any] | None) -> None:
        now = self._loop.time()
        if by:
            self._by[by] += 1
        if now - self._burst > _BURST:
            self._burst = now
            self.number += 1
            if self.too_many:
                self._stop()

    def _stop(self) -> None:
        if not self._over.done():
            for name in _SCHEDULING:
                delattr(self._loop, name)
            self._over.set_result(None)


async def nobody_spins(expected: str) -> None:
    """Requires that for 100 ms nobody keeps the loop busy who should wait: `expected` says who."""
    wake_ups = await WakeUps.counted(0.1, most=1000)
    require(not wake_ups.spins, expected, f"{wake_ups.said}.", wake_ups.place)
