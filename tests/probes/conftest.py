from __future__ import annotations

import asyncio
import json
import os
import traceback
from collections.abc import Callable
from typing import Any

import pytest

from autograder.run import loading, own_files
from autograder.run.threads import install, real
from autograder.source import Source
from course import leaks


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Calls a test with `virtually` in a forked process, since nothing ends virtual time but the end of its process."""
    if "virtually" not in pyfuncitem.fixturenames:
        return None

    def call() -> str:
        install.install(own_files.files, trace=False)
        try:
            pyfuncitem.obj(**{name: pyfuncitem.funcargs[name] for name in pyfuncitem._fixtureinfo.argnames})
        except BaseException:
            return traceback.format_exc()
        return ""

    if failure := _forked(call):
        pytest.fail(failure, pytrace=False)
    return True


@pytest.fixture
def virtually() -> Callable:
    """Runs a coroutine function to its end on virtual time, with what the leak checker needs, as a check is."""
    loops: list[asyncio.AbstractEventLoop] = []

    def run(scenario, *arguments):
        loops.append(loops[0] if loops else asyncio.new_event_loop())
        with leaks.tracking():
            return loops[0].run_until_complete(scenario(*arguments))

    return run


@pytest.fixture
def learners(monkeypatch) -> Callable:
    """Makes a text a learner's module, so that messages name its lines."""
    monkeypatch.setattr(own_files, "_labels", set())

    def load(text: str):
        return loading.load(Source("cell 9", {"cell 9": text}))

    return load


@pytest.fixture
def threaded() -> Callable:
    """Runs a function in a forked process, on virtual time for threads, with a learner's module if there is a text.

    Returns what it returned, as JSON has it, or the text of the error that it raised.
    """

    def run(scenario: Callable, text: str = "") -> Any:
        def call() -> Any:
            install.install(own_files.files)
            try:
                with leaks.tracking():
                    solution = loading.load(Source("cell 9", {"cell 9": text}))
                    return scenario(solution) if text else scenario()
            except BaseException as error:
                return f"{type(error).__name__}: {error}"

        return _forked(call)

    return run


def _forked(call: Callable[[], Any]) -> Any:
    """What `call`, which raises nothing, returns in a forked process, as JSON has it."""
    readable, writable = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            real.write(writable, json.dumps(call()).encode())
        finally:
            os._exit(0)
    os.close(writable)
    with open(readable) as file:
        said = file.read()
    os.waitpid(child, 0)
    return json.loads(said)
