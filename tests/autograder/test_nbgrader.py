"""A class, through nbgrader as it is, from release to export; and the same by `autograder grade`."""

from __future__ import annotations

import csv
import json
import os
import re
import resource
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook

from tests.cases import all_cases, solution_cell

ROOT = Path(__file__).parent.parent.parent
SECTION = "01-warm-up"
MUTANTS = {
    "1_1-solution": "01-warm-up/1.1/mutants/fire_and_forget",
    "1_3-solution": "01-warm-up/1.3/mutants/returns_on_cancel",
}


README = (ROOT / "README.md").read_text()
RELEASE, AUTOGRADE, FEEDBACK, EXPORT, *_ = re.findall(r"^(nbgrader [^#\n]*?) *(?:#.*)?$", README, re.MULTILINE)
"""An instructor's commands, as the README has them, for one section."""


def run(course, command):
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"  # the environment is active
    done = subprocess.run(command.split(), cwd=course, env={**os.environ, "PATH": path}, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def submit(course, student, solutions):
    """Hands in the released notebook with these solutions: cell id to source."""
    notebook = nbformat.read(course / "release" / SECTION / "warm-up.ipynb", as_version=4)
    for cell in notebook.cells:
        cell.source = solutions.get(cell.id, cell.source)
    folder = course / "submitted" / student / SECTION
    folder.mkdir(parents=True)
    nbformat.write(notebook, folder / "warm-up.ipynb")


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A fresh clone's course with three submissions: all right, two wrong solutions, and the release as it was."""
    course = tmp_path_factory.mktemp("course")
    for folder in ("source", "release"):
        shutil.copytree(ROOT / folder, course / folder)
    shutil.copy(ROOT / "nbgrader_config.py", course)
    run(course, RELEASE)
    source = nbformat.read(course / "source" / SECTION / "warm-up.ipynb", as_version=4)
    right = {cell.id: cell.source for cell in source.cells if cell.id.endswith("-solution")}
    mutants = {id: solution_cell(name) for id, name in MUTANTS.items()}
    submit(course, "ada", right)
    submit(course, "bob", {**right, **mutants})
    submit(course, "cyd", {})
    return course


@pytest.fixture(scope="module")
def by_nbgrader(course):
    """Each student's scores, as `nbgrader autograde` records them."""
    run(course, AUTOGRADE)
    return scores(course)


@pytest.fixture(scope="module")
def graded(course, tmp_path_factory):
    """A run of `autograder grade` over the same submissions and two that cannot be graded; the course's folder."""
    other = tmp_path_factory.mktemp("other") / "course"
    shutil.copytree(course, other, ignore=shutil.ignore_patterns("autograded"))
    broken = other / "submitted" / "ben" / SECTION / "warm-up.ipynb"
    not_released = other / "submitted" / "bob" / "09-later" / "later.ipynb"
    for notebook in (broken, not_released):
        notebook.parent.mkdir(parents=True)
        notebook.write_text("{")
    command = [sys.executable, "-m", "autograder", "grade", "submitted", "--json"]
    return subprocess.run(command, cwd=other, capture_output=True, text=True), other


@pytest.fixture(scope="module")
def printed(graded):
    """What `autograder grade` printed, an object a submission."""
    done, _ = graded
    return [json.loads(line) for line in done.stdout.splitlines()]


def scores(course, students=("ada", "bob", "cyd")):
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as gradebook:
        return {
            student: {
                grade.name: grade.auto_score
                for grade in gradebook.find_submission_notebook("warm-up", SECTION, student).grades
            }
            for student in students
        }


def test_nbgrader_and_autograder_give_every_item_the_same_score(by_nbgrader, graded, printed):
    _, other = graded
    assert by_nbgrader == scores(other)
    as_printed = [{item["id"].replace(".", "_"): item["score"] for item in said["items"]} for said in printed]
    assert as_printed == list(by_nbgrader.values())


def test_right_solutions_get_all_points_wrong_ones_lose_theirs_and_the_release_gets_none(by_nbgrader):
    assert len(by_nbgrader["ada"]) == 17
    assert sum(by_nbgrader["ada"].values()) == 34
    lost = {item for item, score in by_nbgrader["bob"].items() if score == 0}
    assert lost == {item.replace(".", "_") for name in MUTANTS.values() for item in all_cases()[name].fails}
    assert sum(by_nbgrader["cyd"].values()) == 0


def test_an_untouched_notebook_says_nothing_but_not_attempted(printed):
    assert {item["status"] for item in printed[2]["items"]} == {"not_attempted"}
    assert sum(item["seconds"] for item in printed[2]["items"]) == 0


def test_an_unreadable_submission_is_named_and_the_others_are_recorded(graded):
    """Ben's comes after Ada's and before Bob's."""
    done, other = graded
    assert done.returncode == 1
    assert "submitted/ben/01-warm-up/warm-up.ipynb: not a notebook" in done.stderr
    assert sum(scores(other)["ada"].values()) == 34
    assert sum(scores(other)["bob"].values()) > 0


def test_what_a_full_disk_keeps_out_of_the_gradebook_is_named_and_its_verdicts_are_printed(course, tmp_path):
    other = shutil.copytree(course, tmp_path / "course", ignore=shutil.ignore_patterns("ada", "bob", "autograded"))
    (other / "submitted" / "cyd").rename(other / "submitted" / "dee")  # whom the gradebook does not know
    done = subprocess.run(
        [sys.executable, "-m", "autograder", "grade", "submitted", "--json"],
        cwd=other,
        capture_output=True,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000)),  # SQLite cannot tell the two
    )
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert "submitted/dee/01-warm-up: nbgrader did not record it: " in line
    assert "disk I/O error" in line
    assert json.loads(done.stdout)["max_score"] == 34


@pytest.mark.parametrize(
    ("file", "cause"),
    [
        ("gradebook.db", "gradebook cannot be read: file is not a database"),
        ("nbgrader_config.py", "SyntaxError: "),
    ],
)
def test_a_broken_gradebook_or_configuration_is_named(course, tmp_path, file, cause):
    other = shutil.copytree(course, tmp_path / "course", ignore=shutil.ignore_patterns("ada", "bob", "autograded"))
    (other / file).write_text("no (database and no program")
    command = [sys.executable, "-m", "autograder", "grade", "submitted"]
    done = subprocess.run(command, cwd=other, capture_output=True, text=True)
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert str(other) in line
    assert cause in line


def test_an_assignment_that_was_not_released_is_an_error_with_the_way_out(graded):
    done, _ = graded
    assert "submitted/bob/09-later: the gradebook has no assignment '09-later'" in done.stderr
    assert "nbgrader generate_assignment 09-later" in done.stderr
    assert "Traceback" not in done.stderr


def test_nothing_of_a_submission_is_run_in_the_graders_kernel(course, by_nbgrader):
    autograded = nbformat.read(course / "autograded" / "ada" / SECTION / "warm-up.ipynb", as_version=4)
    ran = [cell.id for cell in autograded.cells if cell.cell_type == "code" and cell.execution_count]
    assert ran == []


def test_without_our_configuration_a_kernel_runs_the_notebook_to_the_same_scores(course, by_nbgrader, tmp_path):
    other = shutil.copytree(course, tmp_path / "course", ignore=shutil.ignore_patterns("ada", "cyd", "autograded"))
    (other / "nbgrader_config.py").write_text("")
    run(other, AUTOGRADE)
    assert scores(other, ["bob"])["bob"] == by_nbgrader["bob"]


def test_feedback_shows_each_verdict_with_its_message(course, by_nbgrader, printed):
    run(course, FEEDBACK)
    page = (course / "feedback" / "bob" / SECTION / "warm-up.html").read_text()
    for item in printed[1]["items"]:
        assert f'<tr id="{item["id"]}">' in page
    assert "<dt>Expected</dt>" in page
    assert "<dt>Hint</dt>" in page
    assert "cell 1.1, line" in page
    assert "Traceback (most recent call last)" not in page


def test_export_has_the_totals(course, by_nbgrader):
    run(course, EXPORT)
    rows = {row["student_id"]: row for row in csv.DictReader((course / "grades.csv").open())}
    assert {student: float(row["max_score"]) for student, row in rows.items()} == {"ada": 34, "bob": 34, "cyd": 34}
    assert float(rows["ada"]["score"]) == 34
    assert float(rows["cyd"]["score"]) == 0
