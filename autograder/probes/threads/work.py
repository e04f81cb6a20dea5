"""How much threads work while nothing happens: what waits does nothing, what polls wakes itself, what spins works on.

    busy = Work(started.running())
    time.sleep(10)
    require(busy.share < 0.05, "idle, it waits.", f"{busy.said}.", busy.place)

On virtual time a line counts a microsecond, on real time it is the processor's.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable

from autograder.probes.words import duration
from autograder.run.places import where
from autograder.run.threads import cpu, now, wakeups

_SPIN = 0.010
"""Seconds at a time for which what spins works on."""


class Work:
    """What the threads have done since it was made."""

    def __init__(self, threads: Iterable[threading.Thread]) -> None:
        self.began = now()
        self._before = {thread: (cpu(thread), wakeups(thread)) for thread in threads}

    @property
    def share(self) -> float:
        """The share of a processor that they have used together, 1.0 for one that spins."""
        used = sum(cpu(thread) - before for thread, (before, _) in self._before.items())
        return used / (now() - self.began)

    @property
    def wake_ups(self) -> int:
        """How often they have gone on after a wait."""
        return sum(wakeups(thread) - before for thread, (_, before) in self._before.items())

    @property
    def said(self) -> str:
        """What was seen, in words: that they spin, or how much they have used."""
        if self.share * (now() - self.began) > _SPIN * (1 + self.wake_ups):
            return f"it spins: it never waits, and used {self.share * 100:.0f} % of a processor"
        seconds = duration(now() - self.began)
        return f"it used {self.share * 100:.0f} % of a processor, and woke {self.wake_ups} times in {seconds}"

    @property
    def place(self) -> str:
        """The learner's line that the busiest of them is at."""
        busiest = sorted(self._before, key=lambda thread: cpu(thread) - self._before[thread][0], reverse=True)
        return where(*busiest)
