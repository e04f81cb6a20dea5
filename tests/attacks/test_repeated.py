"""The same every time: with any number of jobs, and after the grader was killed. `repeated` does the same at length."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import psutil
import pytest

from tests.attacks import repeated
from tests.mixed_class import make_course, scores
from tests.toys import ENVIRONMENT


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A hand-in of each kind, graded one after another; what came of them, and what was recorded."""
    folder = tmp_path_factory.mktemp("mixed") / "course"
    make_course(folder, 5)
    return folder, repeated.grade(folder, 1), scores(folder)


def test_a_class_comes_out_the_same_with_eight_jobs(course):
    folder, said, recorded = course
    assert len(said) == 4  # one is no notebook
    assert repeated.grade(folder, 8) == said
    assert scores(folder) == recorded


def test_a_grader_that_is_killed_leaves_nothing_and_started_again_records_the_same(course):
    folder, said, recorded = course
    for seconds in (1.5, 4):
        assert repeated.killed(folder, seconds) == ([], [])
    assert repeated.grade(folder, 2) == said
    assert scores(folder) == recorded


def test_a_check_that_is_killed_takes_its_folder_and_its_processes_with_it(tmp_path):
    (tmp_path / "solution.py").write_text("while True:\n    pass\n")
    command = [sys.executable, "-m", "autograder", "check", "--task", "91.2", "solution.py", "--no-sandbox"]
    folder = tmp_path / "temporary"
    folder.mkdir()
    process = subprocess.Popen(command, cwd=tmp_path, env={**ENVIRONMENT, "TMPDIR": str(folder)})
    end = time.monotonic() + 30
    while not os.listdir(folder) and time.monotonic() < end:
        time.sleep(0.05)
    assert os.listdir(folder)
    family = psutil.Process(process.pid).children(recursive=True)
    process.send_signal(signal.SIGKILL)
    process.wait()
    _, alive = psutil.wait_procs(family, timeout=20)
    assert (alive, os.listdir(folder)) == ([], [])
