from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator

import pytest

from autograder.run import learner
from autograder.run.virtual_time import VirtualClock, VirtualTimeLoop
from autograder.submission import Source
from course import leaks


@pytest.fixture
def virtually(monkeypatch) -> Iterator[Callable]:
    """Runs a coroutine function to its end on virtual time, with what the leak checker needs, as a check is."""
    for name in ("monotonic", "perf_counter", "monotonic_ns", "perf_counter_ns", "time", "sleep"):
        monkeypatch.setattr(time, name, getattr(time, name))
    monkeypatch.setattr(asyncio, "new_event_loop", asyncio.new_event_loop)
    monkeypatch.setattr(asyncio.events, "new_event_loop", asyncio.events.new_event_loop)
    clock = VirtualClock()
    clock.install()
    loop = VirtualTimeLoop(clock)

    def run(scenario, *arguments):
        with leaks.tracking():
            return loop.run_until_complete(scenario(*arguments))

    yield run
    for task in asyncio.all_tasks(loop):
        task.cancel()
    loop.run_until_complete(asyncio.sleep(0))
    loop.close()


@pytest.fixture
def learners(monkeypatch) -> Callable:
    """Makes a text a learner's module, so that messages name its lines."""
    monkeypatch.setattr(learner, "_labels", set())

    def load(text: str):
        return learner.load(Source("cell 9", {"cell 9": text}))

    return load
