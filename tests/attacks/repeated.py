"""Grades a mixed class again and again, and kills the grader at random moments: what comes out is always the same.

python -m tests.attacks.repeated --students 30 --times 10 --kills 50
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import click
import psutil

from tests.mixed_class import make_course, scores
from tests.toys import ENVIRONMENT

Outcome = dict[str, dict[str, str]]
JOBS = (1, 2, 8)


def grade(course: Path, jobs: int) -> Outcome:
    """Grade all of a course, and return each notebook's statuses by its items."""
    return statuses(_start(course, jobs).communicate()[0])


def statuses(text: str) -> Outcome:
    """Return what `autograder grade --json` has said."""
    said: list[dict[str, Any]] = [json.loads(line) for line in text.splitlines()]
    return {one["submission"]: {item["id"]: item["status"] for item in one["items"]} for one in said}


def killed(course: Path, after: float) -> tuple[list[int], list[str]]:
    """Start to grade, kill the grader after so many seconds, and return the processes and folders that it left."""
    folder = course.parent / "temporary"
    folder.mkdir(exist_ok=True)
    process = _start(course, 2, {"TMPDIR": str(folder)})
    time.sleep(after)
    family = psutil.Process(process.pid).children(recursive=True) if process.poll() is None else []
    process.send_signal(signal.SIGKILL)
    process.communicate()
    _, alive = psutil.wait_procs(family, timeout=10)
    return [one.pid for one in alive], sorted(os.listdir(folder))


def _start(course: Path, jobs: int, more: dict[str, str] | None = None) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "autograder", "grade", "submitted", "--json", "--jobs", str(jobs)]
    environment = {**ENVIRONMENT, **(more or {})}
    pipe = subprocess.PIPE
    return subprocess.Popen(command, cwd=course, env=environment, stdout=pipe, stderr=subprocess.DEVNULL, text=True)


@click.command()
@click.option("--students", default=30)
@click.option("--times", default=10)
@click.option("--kills", default=50)
def main(students: int, times: int, kills: int) -> None:
    """Print what differs, and how often all was the same."""
    with tempfile.TemporaryDirectory() as scratch:
        course = Path(scratch, "course")
        make_course(course, students)
        began = time.monotonic()
        first = grade(course, 2)
        seconds = time.monotonic() - began
        recorded = scores(course)
        same = 0
        for number in range(times - 1):
            found = grade(course, JOBS[number % len(JOBS)])
            differs = [name for name in first if found.get(name) != first[name]]
            same += not differs and scores(course) == recorded
            print(f"run {number + 2} at {JOBS[number % len(JOBS)]} jobs: {differs or 'the same'}", flush=True)
        print(f"{same} of {times - 1} runs the same as the first, which took {seconds:.0f} s")
        left = 0
        for number in range(kills):
            if number % 10 == 0:
                shutil.rmtree(course / "autograded", ignore_errors=True)
            processes, folders = killed(course, random.uniform(0.2, seconds))
            left += bool(processes or folders)
            if processes or folders:
                print(f"kill {number + 1} left {processes} {folders}", flush=True)
        if kills:
            again = grade(course, 2)
            print(f"{kills} kills, {left} left something; afterwards {again == first}, {scores(course) == recorded}")


if __name__ == "__main__":
    main()
