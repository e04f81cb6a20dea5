"""The `autograder` command, as a script calls it."""

from __future__ import annotations

import csv
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import time

import psutil
import pytest

from course.hints import all_hints
from tests.toys import ENVIRONMENT, RIGHT, SECTION, SOURCE

ITEMS = ["91.1a", "91.1b", "91.1c", "91.2a"]
ITEM, HINTS = next(iter(all_hints().items()))
FIELDS = {"id", "task", "title", "points", "score", "status", "message", "seconds", "clock", "fingerprint", "marked"}


def autograder(*arguments, **options):
    command = [sys.executable, "-m", "autograder", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, **{"env": ENVIRONMENT, **options})


@pytest.fixture(scope="module")
def released(toy_class):
    return toy_class / "release" / SECTION / SOURCE.name


@pytest.fixture
def right(tmp_path):
    """The path of a right solution of 91.1."""
    path = tmp_path / "right.py"
    path.write_text(RIGHT)
    return path


def test_items_lists_every_item_of_a_section_in_order():
    listed = json.loads(autograder("items", "--json").stdout)
    assert [item["id"] for item in listed if item["section"] == SECTION] == ITEMS
    assert all(set(item) == {"id", "task", "section", "title", "points", "grading"} for item in listed)
    text = autograder("items").stdout
    assert all(item["title"] in text for item in listed)


def test_items_can_be_those_of_a_task_or_of_a_section():
    assert [item["id"] for item in json.loads(autograder("items", "--task", "91.1", "--json").stdout)] == ITEMS[:3]
    assert [item["id"] for item in json.loads(autograder("items", "--section", "91", "--json").stdout)] == ITEMS


def test_check_judges_all_tasks_of_a_section(released):
    said = json.loads(autograder("check", "--section", "91", released, "--json").stdout)
    assert [item["id"] for item in said["items"]] == ITEMS


def test_hints_are_shown_by_number():
    first, second = autograder("hint", ITEM).stdout, autograder("hint", ITEM, "2").stdout
    assert [first.strip(), second.strip()] == [text.strip() for text in HINTS[:2]]


def test_check_prints_one_object_with_an_item_for_each_line_of_the_checklist(right):
    run = autograder("check", "--task", "91.1", right, "--json")
    said = json.loads(run.stdout)
    assert run.returncode == 0
    assert (said["score"], said["max_score"]) == (6, 6)
    assert [item["id"] for item in said["items"]] == ITEMS[:3]
    assert all(set(item) == FIELDS for item in said["items"])


def test_check_prints_a_table_a_person_can_read(tmp_path):
    wrong = tmp_path / "wrong.py"
    wrong.write_text("async def first(urls, fetch):\n    return undefined\n")
    run = autograder("check", "--task", "91.1", wrong)
    assert run.returncode == 0
    assert "0 of 3 items pass, 0 of 6 points" in run.stdout
    assert "NameError" in run.stdout
    assert "Traceback" not in run.stdout


def test_grading_the_reference_gives_every_point_and_the_release_none(released):
    run = autograder("grade", SOURCE, released, "--json")
    assert run.returncode == 0, run.stderr
    reference, released = map(json.loads, run.stdout.splitlines())
    assert [item["status"] for item in reference["items"]] == ["passed"] * 4
    assert (reference["score"], reference["max_score"]) == (8, 8)
    assert [item["status"] for item in released["items"]] == ["not_attempted"] * 4
    assert (released["score"], released["max_score"]) == (0, 8)


def test_grade_writes_a_line_an_item_to_a_csv_file(tmp_path, released):
    table = tmp_path / "scores.csv"
    autograder("grade", released, "--csv", table)
    rows = list(csv.DictReader(table.open()))
    assert len(rows) == 4
    assert rows[0]["submission"] == str(released)
    assert rows[0]["status"] == "not_attempted"


def test_a_csv_file_that_cannot_be_written_is_named_and_stays_as_it_was(tmp_path, released):
    table = tmp_path / "scores.csv"
    table.write_text("last year's")
    run = autograder(
        "grade", released, "--csv", table, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))
    )
    assert run.returncode == 1
    assert run.stderr == f"autograder: {table}: cannot be written: File too large\n"
    assert table.read_text() == "last year's"
    assert os.listdir(tmp_path) == ["scores.csv"]
    assert "0 of 4 items pass" in run.stdout


def test_a_csv_file_may_be_a_pipe(released):
    run = autograder("grade", released, "--json", "--csv", "/dev/stderr")
    assert len(list(csv.DictReader(run.stderr.splitlines()))) == 4


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_full_disk_under_the_output_is_named(unbuffered):
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "autograder", "items"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            env={**ENVIRONMENT, "PYTHONUNBUFFERED": unbuffered},
        )
    assert done.returncode == 1
    assert "No space left on device" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_terminal_that_does_not_know_our_signs_is_no_error(released):
    run = autograder("grade", released, env={**ENVIRONMENT, "PYTHONIOENCODING": "ascii"})
    assert (run.returncode, run.stderr) == (0, "")
    assert "91.1a" in run.stdout


def test_names_of_any_kind_are_graded_and_written_down(tmp_path, released):
    folder = tmp_path / "-odd, name" / "ünï cödé"
    folder.mkdir(parents=True)
    names = [os.path.join(os.fsencode(folder), name) for name in (b"-.ipynb", b"no text \xff.ipynb")]
    for name in names:
        shutil.copy(released, name)
    (folder / "folder.ipynb").mkdir()
    table = tmp_path / "scores.csv"
    for arguments in (["--json"], []):
        run = autograder("grade", "--csv", table, *arguments, "--", "-odd, name", cwd=tmp_path)
        assert (run.returncode, run.stderr) == (0, "")
        assert "ünï cödé" in run.stdout
    rows = list(csv.DictReader(table.open()))
    assert {row["submission"] for row in rows} == {
        "'-odd, name/ünï cödé/-.ipynb",  # the mark says that it is no formula
        r"'-odd, name/ünï cödé/no text \udcff.ipynb",
    }


def test_interrupted_it_ends_at_once_and_leaves_nothing(tmp_path):
    notebook = tmp_path / "toy-code.ipynb"
    endless = {"cell_type": "code", "source": "# solution: 91.1\nwhile True:\n    pass", "metadata": {}}
    notebook.write_text(json.dumps({"cells": [endless], "nbformat": 4}))
    command = [sys.executable, "-m", "autograder", "grade", notebook, "--csv", tmp_path / "scores.csv"]
    with subprocess.Popen(
        command,
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        # A shell that runs the tests in the background has it ignored, and so would this process.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as running:
        deadline = time.monotonic() + 30
        while len(family := psutil.Process(running.pid).children(recursive=True)) < 3 and time.monotonic() < deadline:
            time.sleep(0.01)
        os.killpg(running.pid, signal.SIGINT)
        said, complaint = running.communicate(timeout=5)
    assert (running.returncode, said) == (1, "")
    assert "Traceback" not in complaint
    assert os.listdir(tmp_path) == ["toy-code.ipynb"]
    gone, alive = psutil.wait_procs(family, timeout=5)
    assert gone
    assert not alive


def test_two_cells_for_one_task_are_named_and_the_other_items_are_judged(tmp_path):
    notebook = json.loads(SOURCE.read_text())
    cells = {cell["id"]: cell for cell in notebook["cells"]}
    kept = [cells[name] for name in ("91_1-solution", "91_2-solution")]
    path = tmp_path / "toy-code.ipynb"
    path.write_text(json.dumps({**notebook, "cells": [*kept, {**kept[0], "id": "copy"}]}))
    said = json.loads(autograder("grade", path, "--json").stdout)
    by_task = {task: [item for item in said["items"] if item["task"] == task] for task in ("91.1", "91.2")}
    assert {item["status"] for item in by_task["91.1"]} == {"error"}
    assert "Cells 1 and 3" in by_task["91.1"][0]["message"]
    assert {item["status"] for item in by_task["91.2"]} == {"passed"}


def test_what_cannot_be_read_is_named_and_the_rest_is_graded(tmp_path, released):
    broken = tmp_path / "broken.ipynb"
    broken.write_text("{")
    other = tmp_path / "other.ipynb"
    other.write_text(json.dumps({"cells": [], "nbformat": 4}))
    run = autograder("grade", broken, tmp_path / "none.ipynb", other, released, "--json")
    assert run.returncode == 1
    for words in (f"{broken}: not a notebook", "none.ipynb: there is no such file", f"{other}: no cell of it"):
        assert words in run.stderr
    assert "Traceback" not in run.stderr
    assert [json.loads(line)["submission"] for line in run.stdout.splitlines()] == [str(released)]


def test_a_missing_or_a_renamed_solution_cell_is_not_attempted_and_the_others_are_judged(tmp_path):
    notebook = json.loads(SOURCE.read_text())
    kept = [cell for cell in notebook["cells"] if cell.get("id") not in ("91_1-solution", "91_2-solution")]
    (renamed,) = [cell for cell in notebook["cells"] if cell.get("id") == "91_2-solution"]
    renamed.update(id="my-cell", metadata={})
    path = tmp_path / "toy-code.ipynb"
    path.write_text(json.dumps({**notebook, "cells": [*kept, renamed]}))
    said = json.loads(autograder("grade", path, "--json").stdout)
    statuses = {item["id"]: item["status"] for item in said["items"]}
    assert {item: status for item, status in statuses.items() if status != "passed"} == {
        "91.1a": "not_attempted",
        "91.1b": "not_attempted",
        "91.1c": "not_attempted",
    }
    assert "# solution: 91.1" in said["items"][0]["message"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ("check --task 9.9 right.py", "'9.9'; the tasks are 90, 91.1, 91.2, 92"),
        ("check --task 911 right.py", "Did you mean 91.1?"),
        ("check --task 91_1 right.py", "Did you mean 91.1?"),
        ("check --task 91.1A right.py", "Did you mean 91.1a?"),
        ("check --task 91 right.py", "for all of them: --section 91"),
        ("check --task 91.1a right.py", "takes one task, such as 91.1"),
        ("check --task 91.1 --section 91 right.py", "not both"),
        ("items --section 99", "the sections are 90, 91, 92"),
        ("items --section 1.1", "--section"),
        (f"hint {ITEM[:-1]}", f"of task {ITEM[:-1]} there are {ITEM}, "),
        (f"hint {ITEM} 4", "NUMBER"),
        ("grade right.py --csv /no/such/folder/scores.csv", "there is no folder /no/such/folder"),
        ("grade right.py --csv .", "is a directory"),
        ("check right.py", "which task PATH solves (--task 1.1)"),
        ("grade", "Missing argument"),
        ("grade right.py --jobs 0", "--jobs"),
        ("judge", "No such command"),
    ],
)
def test_a_wrong_call_exits_with_2_and_says_what_is_wrong(arguments, words, right):
    run = autograder(*arguments.split(), cwd=right.parent)
    assert run.returncode == 2
    assert words in run.stderr


def test_a_task_that_cannot_be_read_exits_with_1(tmp_path):
    run = autograder("check", "--task", "91.1", tmp_path / "none.py", "--json")
    assert run.returncode == 1
    assert "none.py: there is no such file" in run.stderr
    assert run.stdout == ""


def test_without_bubblewrap_grading_is_refused_with_the_way_out(right):
    without = {**ENVIRONMENT, "PATH": "/nowhere"}
    run = autograder("check", "--task", "91.1", right, env=without)
    assert run.returncode == 1
    assert "bubblewrap is not installed" in run.stderr
    assert "--no-sandbox" in run.stderr
    trusted = autograder("check", "--task", "91.1", right, "--no-sandbox", "--json", env=without)
    assert json.loads(trusted.stdout)["score"] == 6
