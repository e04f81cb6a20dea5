"""The process in which learners' code runs: started by `judge`, inside the sandbox where there is one.

It reads one request (JSON) from its standard input, forks a child for each item and writes one record (a line of
JSON) an item to its standard output. Having everything imported before it forks makes an item cost milliseconds.
It never runs learners' code itself; it stops a child that does not end, prints without end or eats the machine.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import signal
import sys
import tempfile
import time
from dataclasses import replace
from typing import Any

from autograder import checks
from autograder.item import Item
from autograder.run import processes, sandbox
from autograder.run.attempt import Abandoned, Attempt, Record, SetUpFailed
from autograder.run.marks import acts, changes, words
from autograder.run.threads import install, schedules
from autograder.source import Source

REAL_TIME = 120.0
"""Real seconds that an item may take that is made for virtual time: what waits for longer cannot be judged on it."""

SEARCH = 6
"""How many times as long as a single run a search of schedules may take, in real time."""

_SLOW = {"anyio": "anyio._backends._asyncio"}
"""Libraries that take long to import, and the module of each to import once, before an item's process is forked."""

_PID_IN_SANDBOX = 1
"""The first process of its namespace gets no signal from within that it does not handle: nothing in there stops it."""


def main() -> None:
    """Judge the items of one request."""
    request = json.load(sys.stdin)
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    if request["sandboxed"]:
        _judge_all(request, sandbox.SCRATCH)
        return
    # Whoever gives up asks so; the folder goes with this process.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    with tempfile.TemporaryDirectory(prefix="autograder-", ignore_cleanup_errors=True) as folder:
        os.chdir(folder)
        _judge_all(request, (".",))


def _judge_all(request: dict[str, Any], scratch: tuple[str, ...]) -> None:
    sandboxed = request["sandboxed"]
    if sandboxed and os.getpid() != _PID_IN_SANDBOX:
        # It would end every process that it can see, which must be the sandbox's only.
        raise SystemExit("this process was told that it is in a sandbox, and is not")
    # Nothing that learners' code prints may reach the records, not even from below Python.
    records = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    checks.__path__[:] = request["checks"]
    for module in request["modules"]:
        importlib.import_module(module)
    source = Source.from_json(request["source"])
    for library, module in _SLOW.items():
        if any(library in text for text in source.files.values()):
            with contextlib.suppress(ImportError):
                importlib.import_module(module)
    # Learners' code may run as this same user.
    processes.close_to_others()
    if not sandboxed:
        processes.adopt_orphans()
    uid = request["uid"]
    before = {folder: set(os.listdir(folder)) for folder in scratch}
    items = _items(request["modules"])
    print(json.dumps({"ready": True}), file=records, flush=True)
    install.prepare()
    changes.prepare()
    seen = words.marks({**source.files, **source.texts_beside()})
    for text in source.files.values():
        schedules.rebound(text)
    # What is there now stays: no child need look at it when it collects garbage, and copy it for that.
    gc.freeze()
    broken: Record | None = None
    for item_id in request["items"]:
        try:
            record = broken or _judge(items[item_id], source, request, scratch)
        except SetUpFailed as error:
            print(json.dumps({"set_up_failed": str(error)}), file=records, flush=True)
            return
        except Abandoned:
            return
        if not record.imported:
            # Every item imports the same code: what stopped one would stop them all, and take as long each time.
            broken = record
        record.marks = [*dict.fromkeys([*seen, *record.marks])][: acts.MOST]
        print(json.dumps({"id": item_id, **record.said()}), file=records, flush=True)
        if not all(processes.clear(folder, names, uid) for folder, names in before.items()):
            return  # the items after this one get a sandbox of their own


def longest(item: Item, real_time: bool) -> float:
    """Return the real seconds that an item may take: with all of its schedules, or judged on `real_time`."""
    if real_time and item.clock == "virtual":
        return max(item.seconds, REAL_TIME)
    return item.seconds * (SEARCH if item.schedules > 1 else 1)


def _judge(item: Item, source: Source, request: dict[str, Any], scratch: tuple[str, ...]) -> Record:
    """The record of the first schedule on which the item does not hold, or of the last one tried."""
    if request["real_time"]:
        item = replace(item, seconds=longest(item, True))
    common = item, source, request["uid"], request["sandboxed"], request["record"], scratch
    if item.clock == "real" or request["real_time"]:
        return Attempt(*common).record()
    asked_for = request["schedule"] if item.schedules > 1 else ""
    names = schedules.search(item.schedules)
    name = asked_for or next(names)
    started = time.monotonic()
    while True:
        record = Attempt(*common, name).record()
        if record.status != "passed" and name != schedules.USUAL:
            record.message += f"\nAgain: autograder check --task {item.task} FILE --schedule {name}"
        if record.status != "passed" or asked_for or time.monotonic() > started + longest(item, False):
            break
        try:
            name = names.send(record.points)
        except StopIteration:
            break
    record.seconds = time.monotonic() - started
    return record


def _items(modules: list[str]) -> dict[str, Item]:
    values = [value for name in modules for value in vars(sys.modules[name]).values()]
    return {value.id: value for value in values if isinstance(value, Item)}


if __name__ == "__main__":
    main()
