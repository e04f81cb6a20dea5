"""From sources to verdicts: each task is judged in a worker process of its own, several of them at once."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby
from typing import Any

from autograder import checks
from autograder.item import Item
from autograder.run import judging_process, sandbox
from autograder.source import Source
from autograder.submission import Submission
from autograder.verdict import Verdict, printable

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
        waiting = [item for item in waiting if item.id not in records]
        if waiting:
            lost = waiting.pop(0)
            message = (
                "Expected: the code ends, within its limits.\n"
                "Seen: it brought down the process that judged it, or spoke in its place."
            )
            records[lost.id] = {"status": "error", "message": message}
    return records


_OUTCOMES = {"passed", "failed", "error", "timeout"}
"""What a worker may say: whether a person grades an item is the course's to say."""

_CLOCKS = {"virtual", "real", "mixed"}
_LONGEST_LINE = 4 << 20
"""Bytes, with the recording of a run."""

_TEXTS = ("id", "status", "message", "clock", "fingerprint")
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
    if not isinstance(said, dict) or said.keys() - {"recording"} != {*_TEXTS, "seconds"}:
        return None
    texts = [said[name] for name in _TEXTS]
    sound = (
        all(type(text) is str and len(text) <= _LONGEST_MESSAGE for text in texts)
        and said["status"] in _OUTCOMES
        and said["clock"] in _CLOCKS
        and type(said["seconds"]) in (int, float)
        and 0 <= said["seconds"] < _MOST_SECONDS
        and isinstance(said.get("recording", {}), dict)
    )
    return said if sound else None


def _run_worker(source: Source, items: Sequence[Item], how: dict[str, Any]) -> list[bytes]:
    """Return the lines that the worker has said."""
    sandboxed = how["sandboxed"]
    request = {
        "source": source.to_json(),
        "items": [item.id for item in items],
        "checks": list(checks.__path__),
        "modules": sorted({item.module for item in items}),
        **how,
        # Its own: threads are counted for a user, and others are judged at the same time.
        "uid": secrets.choice(_UIDS) if sandboxed else None,
        "scratch": sandbox.SCRATCH if sandboxed else ["."],
    }
    arguments = ["-P", "-m", judging_process.__name__]
    command = sandbox.command(arguments) if sandboxed else [sys.executable, *arguments]
    with (
        tempfile.TemporaryDirectory(prefix="autograder-", ignore_cleanup_errors=True) as folder,
        subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=folder,
            env={**os.environ, **sandbox.environment()},
        ) as process,
    ):
        try:
            said, complaint = process.communicate(
                json.dumps(request).encode(),
                _START_SECONDS + sum(judging_process.longest(item, how["real_time"]) for item in items),
            )
        except subprocess.TimeoutExpired:
            process.kill()
            said, complaint = process.communicate()
    ready, *records = said.splitlines() or [b""]
    if not ready:
        raise JudgeError(f"the process that judges did not start: {complaint.decode(errors='replace').strip()}")
    return records


def _verdict(item: Item, status: str, message: str, seconds: float = 0.0, **run: Any) -> Verdict:
    score = item.points if status == "passed" else 0
    return Verdict(item.id, item.task, item.title, item.points, score, status, printable(message), seconds, **run)
