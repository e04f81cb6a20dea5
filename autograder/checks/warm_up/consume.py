"""Task 1.3, the loop with a default branch: `consume(jobs, handle)`."""

from __future__ import annotations

import asyncio
import inspect
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

from autograder.checking import Failed, item, retried, where
from course import leaks

WAKE_UPS_A_SECOND = 2
IDLE = 10.0
BURST = 0.001
"""Seconds in which several turns of the loop are one wake-up."""

LATENCY = 0.010
PUTS = (
    (0.237, ()),
    (0.411, (0.0,)),
    (0.673, (0.001,)),
    (0.159, (0.003,)),
    (0.533, (0.0, 0.002)),
    (0.871, ()),
)
"""The pauses before each put, and those before the puts that follow it closely: in every phase of a poller."""

CANCEL_WITHIN = 0.100

CPU_SHARE = 0.05


class Consumer:
    """A running `consume`, and the time at which each job was handled."""

    def __init__(self, consume: Callable[..., Any]) -> None:
        self.jobs: asyncio.Queue[str] = asyncio.Queue()
        self.handled: list[str] = []
        self.times: dict[str, float] = {}
        self.task = asyncio.create_task(self._run(consume))

    async def _run(self, consume: Callable[..., Any]) -> None:
        running = consume(self.jobs, self._handle)
        if not inspect.isawaitable(running):
            seen = f"calling it gave {running!r}, which cannot be awaited."
            raise Failed("`consume` is an `async def`.", seen, where(consume))
        await running

    def _handle(self, job: str) -> None:
        self.handled.append(job)
        self.times.setdefault(job, _now())
