"""The grader's part in the pytest that runs a suite: repeats, shuffles, delays, plants, notes what came of it.

It goes by the variables of `Run.environment`, in a process of its own.
"""

from __future__ import annotations

import inspect
import itertools
import json
import os
import random
import threading
import time
from pathlib import Path

import pytest

_CHOSEN = json.loads(os.environ["GRADERS_RUN"])
_WAIT = time.sleep  # a test may put another in its place

_tests: dict[str, dict] = {}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if rounds := _CHOSEN["rounds"]:
        metafunc.fixturenames.append("_round")
        metafunc.parametrize("_round", range(rounds))


@pytest.fixture
def _round(request: pytest.FixtureRequest) -> int:
    return request.param


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if _CHOSEN["rounds"]:
        random.Random(_CHOSEN["seed"]).shuffle(items)
    for item in items:
        used = [name for mark in item.own_markers if mark.name == "usefixtures" for name in mark.args]
        parameters = inspect.signature(item.function).parameters if hasattr(item, "function") else ()
        marked = any(mark.name == "leak_check" for mark in item.own_markers)
        _tests[item.nodeid] = {
            "name": getattr(item, "originalname", item.name),
            "marked": marked or "leak_check" in {*used, *parameters},
            "checked": "leak_check" in getattr(item, "fixturenames", ()),
            "errors": [],
        }


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function):
    if pyfuncitem.originalname == _CHOSEN["plant_in"]:
        threading.Thread(target=_WAIT, args=(20,), name="planted by the grader", daemon=True).start()
    return (yield)


def pytest_configure() -> None:
    if not (delay := _CHOSEN["delay"]):
        return
    start = threading.Thread.start

    def late(thread: threading.Thread) -> None:
        run = thread.run

        def run_late() -> None:
            _WAIT(delay)
            run()

        thread.run = run_late  # type: ignore[method-assign]
        start(thread)

    threading.Thread.start = late  # type: ignore[method-assign]


def pytest_collection_finish() -> None:
    if not _CHOSEN["lossy"]:
        return
    from feedwatch.schedule import Bus  # the learner's; only now can it be found

    publish, published = Bus.publish, itertools.count(1)

    def publish_most(bus: Bus, event: object) -> None:
        if next(published) % 7:
            publish(bus, event)

    Bus.publish = publish_most


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.failed and report.nodeid in _tests:
        _tests[report.nodeid]["errors"].append(str(report.longreprtext)[-3000:])


def pytest_sessionfinish(exitstatus: int) -> None:
    Path(_CHOSEN["report"]).write_text(json.dumps({"exit": int(exitstatus), "tests": _tests}))
