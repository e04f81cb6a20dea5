from __future__ import annotations

import asyncio
import json
import os
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from autograder.run import learner
from autograder.run.threads import install, real
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


@pytest.fixture
def threaded() -> Callable:
    """Runs a function in a forked process, on virtual time for threads, with a learner's module if there is a text.

    Returns what it returned, as JSON has it, or the text of the error that it raised.
    """

    def run(scenario: Callable, text: str = "") -> Any:
        readable, writable = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                install.install(learner.files)
                with leaks.tracking():
                    solution = learner.load(Source("cell 9", {"cell 9": text}))
                    said = scenario(solution) if text else scenario()
            except BaseException as error:
                said = f"{type(error).__name__}: {error}"
            real.write(writable, json.dumps(said).encode())
            os._exit(0)
        os.close(writable)
        with open(readable) as file:
            said = file.read()
        os.waitpid(child, 0)
        return json.loads(said)

    return run
