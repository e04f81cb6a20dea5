"""From sources to verdicts: each task is judged in a worker process of its own, several of them at once."""

from __future__ import annotations

import errno
import json
import os
import re
import secrets
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from itertools import groupby
from typing import Any

from autograder import checks
from autograder.item import Item
from autograder.run import judging_process, sandbox
from autograder.run.attempt import LONGEST_RECORDING
from autograder.source import Source
from autograder.submission import Submission
from autograder.verdict import CLOCKS, OUTCOMES, Verdict, printable

_START_SECONDS = 30.0
_UIDS = range(40_000, 60_000)


class JudgeError(Exception):
    """Judging itself is broken, whatever the submission; the text says how."""


def judge(
    submission: Submission, items: Sequence[Item], *, sandboxed: bool, jobs: int | None = None, schedule: str = ""
) -> list[Verdict]:
    """Return the verdicts on `items`, in their order.

    `sandboxed` is for code that is not trusted; raises `sandbox.NoSandbox` where that cannot be had. `jobs` tasks are
    judged at once, by default one a processor. Items whose schedules are searched are judged on `schedule` alone if it
    is given.
    """
    by_task = [(task, list(group)) for task, group in groupby(items, key=lambda item: item.task)]
    with ThreadPoolExecutor(jobs or os.cpu_count(), thread_name_prefix="autograder") as pool:  # not for live plots
        judged = pool.map(lambda pair: judge_task(submission, *pair, sandboxed=sandboxed, schedule=schedule), by_task)
        return [verdict for verdicts in judged for verdict in verdicts]


def judge_task(
    submission: Submission,
    task: str,
    items: Sequence[Item],
    *,
    sandboxed: bool,
    real_time: bool = False,
    schedule: str = "",
    recordings: dict[str, dict] | None = None,
) -> list[Verdict]:
    """Return the verdicts on items of one task; with `real_time`, all of them on the machine's clock.

    `recordings`, where it is given, gets the recording of each run on virtual time that failed, by the item's id.
    """
    source = submission.tasks.get(task)
    if source is None:
        status = "not_attempted"
        files = " and no ".join(items[0].files)
        message = submission.lacks(task) + (f", and beside it there is no {files}." if files else ".")
    elif source.problem:
        status, message = "error", source.problem
    elif source.untouched:
        status, message = "not_attempted", "The starting code has not been changed."
    else:
        automatic = [item for item in items if item.grading == "automatic"]
        how = {"sandboxed": sandboxed, "real_time": real_time, "schedule": schedule, "record": recordings is not None}
        records = _records(source, automatic, how)
        for id, record in records.items():
            recording = record.pop("recording", None)
            if recording and recordings is not None:
                recordings[id] = recording
        _say_once(records)
        return [_verdict(item, **records.get(item.id, _BY_HAND)) for item in items]
    return [_verdict(item, status, message) for item in items]


def is_repeatable(item: Item) -> bool:
    """Return whether a run of the item's check can be shown: it is the same each time, and of the learner's code."""
    return item.grading == "automatic" and item.clock == "virtual" and item.tracked


def _say_once(records: dict[str, dict]) -> None:
    """Refers to an earlier item where the message is the same, as for a wrong signature."""
    said: dict[str, str] = {}
    for id, record in records.items():
        if record["status"] == "failed":
            first = said.setdefault(record["message"], id)
            if first != id:
                record["message"] = f"The same as {first}."


_BY_HAND = {"status": "manual", "message": "A person grades this item."}


def _records(source: Source, items: Sequence[Item], how: dict[str, Any]) -> dict[str, dict]:
    """What the worker says of each item. A worker that is brought down is started again for the items after."""
    records: dict[str, dict] = {}
    waiting = list(items)
    while waiting:
        records |= _heard(_run_worker(source, waiting, how), waiting)
        first, waiting = waiting[0], [item for item in waiting if item.id not in records]
        if waiting and waiting[0] is first:
            waiting.pop(0)
            message = (
                "Expected: the code ends, within its limits.\n"
                "Seen: it brought down the process that judged it, or spoke in its place."
            )
            records[first.id] = {"status": "error", "message": message}
    return records


_LONGEST_LINE = LONGEST_RECORDING + (1 << 20)
"""Bytes, with the recording of a run."""

_TEXTS = ("id", "status", "message", "clock", "fingerprint")
_FIELDS = {*_TEXTS, "seconds", "marks"}
_LONGEST_MESSAGE = 8000
_MOST_SECONDS = 10_000


def _heard(lines: Sequence[bytes], items: Sequence[Item]) -> dict[str, dict]:
    """Return the records among what a worker has said, by their items' ids.

    Learners' code may have got at the worker: what is no record counts for nothing, nor do two on the same item.
    """
    records: dict[str, dict] = {}
    for record in filter(None, map(_record, lines)):
        id = record.pop("id")
        records[id] = {} if id in records else record
    return {item.id: records[item.id] for item in items if records.get(item.id)}


def _record(line: bytes) -> dict[str, Any] | None:
    """Return what a line says, or None where it is not as `judging_process` says it."""
    try:
        said = json.loads(line) if len(line) <= _LONGEST_LINE else None
    except (ValueError, RecursionError):
        return None
    if not isinstance(said, dict) or said.keys() - {"recording"} != _FIELDS:
        return None
    texts = [said[name] for name in _TEXTS]
    sound = (
        all(type(text) is str and len(text) <= _LONGEST_MESSAGE for text in texts)
        and said["status"] in OUTCOMES
        and said["clock"] in CLOCKS
        and type(said["seconds"]) in (int, float)
        and 0 <= said["seconds"] < _MOST_SECONDS
        and isinstance(said.get("recording", {}), dict)
        and type(said["marks"]) is list
        and all(type(mark) is str for mark in said["marks"])
    )
    return said if sound else None


def _run_worker(source: Source, items: Sequence[Item], how: dict[str, Any]) -> list[bytes]:
    """Return the lines that the worker has said. Raises `JudgeError` where it could not do its work."""
    arguments = ["-P", "-m", judging_process.__name__]
    seconds = _START_SECONDS + sum(judging_process.longest(item, how["real_time"]) for item in items)
    with (
        _user_of_its_own() if how["sandboxed"] else nullcontext() as uid,
        sandbox.start(arguments) if how["sandboxed"] else _start(arguments) as process,
    ):
        request = {
            "source": source.to_json(),
            "items": [item.id for item in items],
            "checks": list(checks.__path__),
            "modules": sorted({item.module for item in items}),
            "uid": uid,
            **how,
        }
        try:
            said, complaint = process.communicate(json.dumps(request).encode(), seconds)
        except subprocess.TimeoutExpired:
            process.terminate()
            said, complaint = process.communicate()
    if process.returncode == -signal.SIGINT:  # with whoever asked: no next worker is to be started
        raise JudgeError("judging was interrupted")
    ready, *records = said.splitlines() or [b""]
    if not ready:
        raise JudgeError(f"the process that judges did not start: {complaint.decode(errors='replace').strip()}")
    if records and (failed := _SET_UP_FAILED.fullmatch(records[-1])):
        raise JudgeError(f"the process for a learner's code could not be set up: {failed[1].decode(errors='replace')}")
    return records


_SET_UP_FAILED = re.compile(rb'{"set_up_failed": "(.{0,1000})"}')


def _start(arguments: list[str]) -> subprocess.Popen[bytes]:
    pipe = subprocess.PIPE
    environment = {**os.environ, **sandbox.environment()}
    return subprocess.Popen([sys.executable, *arguments], stdin=pipe, stdout=pipe, stderr=pipe, env=environment)


@contextmanager
def _user_of_its_own() -> Iterator[int]:
    """The id of a user that no other worker on this machine has meanwhile: processes and threads are counted by it."""
    with socket.socket(socket.AF_UNIX) as taken:
        while True:
            uid = secrets.choice(_UIDS)
            try:
                taken.bind(f"\0autograder-{uid}")  # a name without a file, which goes when this process does
            except OSError as error:
                if error.errno != errno.EADDRINUSE:
                    raise
            else:
                yield uid
                return


def _verdict(
    item: Item, status: str, message: str, seconds: float = 0.0, marks: Sequence[str] = (), **run: Any
) -> Verdict:
    score = item.points if status == "passed" else 0
    message, marked = printable(message), printable("\n".join(marks))
    return Verdict(item.id, item.task, item.title, item.points, score, status, message, seconds, marked=marked, **run)
