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

import nbformat
import pytest

from autograder.catalogue import all_items
from tests.toys import ENVIRONMENT, ROOT, SECTION, WRONG, nbgrader, scores, toy_cell

STUDENTS = ("ada", "bob", "cyd")
README = (ROOT / "README.md").read_text()


def submit(course, student, solutions):
    """Hands in the released notebook with these solutions: cell id to source."""
    notebook = nbformat.read(course / "release" / SECTION / "toy-code.ipynb", as_version=4)
    for cell in notebook.cells:
        cell.source = solutions.get(cell.id, cell.source)
    folder = course / "submitted" / student / SECTION
    folder.mkdir(parents=True)
    nbformat.write(notebook, folder / "toy-code.ipynb")


@pytest.fixture(scope="module")
def course(toy_class, tmp_path_factory):
    """A course with three submissions: all right, one wrong solution, and the release as it was."""
    course = shutil.copytree(toy_class, tmp_path_factory.mktemp("class") / "course")
    right = {id: toy_cell(id) for id in ("91_1-solution", "91_2-solution")}
    submit(course, "ada", right)
    submit(course, "bob", {**right, "91_1-solution": WRONG})
    submit(course, "cyd", {})
    return course


@pytest.fixture(scope="module")
def by_nbgrader(course):
    """Each student's scores, as `nbgrader autograde` records them."""
    nbgrader(course, f"nbgrader autograde {SECTION}")
    return scores(course, STUDENTS)


@pytest.fixture(scope="module")
def graded(course, tmp_path_factory):
    """A run of `autograder grade` over the same submissions and two that cannot be graded; the course's folder."""
    other = tmp_path_factory.mktemp("other") / "course"
    shutil.copytree(course, other, ignore=shutil.ignore_patterns("autograded"))
    broken = other / "submitted" / "ben" / SECTION / "toy-code.ipynb"
    not_released = other / "submitted" / "bob" / "09-later" / "later.ipynb"
    for notebook in (broken, not_released):
        notebook.parent.mkdir(parents=True)
        notebook.write_text("{")
    command = [sys.executable, "-m", "autograder", "grade", "submitted", "--json"]
    return subprocess.run(command, cwd=other, capture_output=True, text=True, env=ENVIRONMENT), other


@pytest.fixture(scope="module")
def printed(graded):
    """What `autograder grade` printed, an object a submission."""
    done, _ = graded
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_nbgrader_and_autograder_give_every_item_the_same_score(by_nbgrader, graded, printed):
    _, other = graded
    assert by_nbgrader == scores(other, STUDENTS)
    as_printed = [{item["id"].replace(".", "_"): item["score"] for item in said["items"]} for said in printed]
    assert as_printed == list(by_nbgrader.values())


def test_right_solutions_get_all_points_wrong_ones_lose_theirs_and_the_release_gets_none(by_nbgrader):
    assert by_nbgrader["ada"] == {"91_1a": 2, "91_1b": 2, "91_1c": 2, "91_2a": 2}
    assert by_nbgrader["bob"] == {"91_1a": 0, "91_1b": 2, "91_1c": 0, "91_2a": 2}
    assert by_nbgrader["cyd"] == dict.fromkeys(by_nbgrader["ada"], 0)


def test_an_untouched_notebook_says_nothing_but_not_attempted(printed):
    assert {item["status"] for item in printed[2]["items"]} == {"not_attempted"}
    assert sum(item["seconds"] for item in printed[2]["items"]) == 0


def test_an_unreadable_submission_is_named_and_the_others_are_recorded(graded):
    """Ben's comes after Ada's and before Bob's."""
    done, other = graded
    assert done.returncode == 1
    assert "submitted/ben/91-toy-code/toy-code.ipynb: not a notebook" in done.stderr
    assert sum(scores(other, STUDENTS)["ada"].values()) == 8
    assert sum(scores(other, STUDENTS)["bob"].values()) > 0


def test_what_a_full_disk_keeps_out_of_the_gradebook_is_named_and_its_verdicts_are_printed(course, tmp_path):
    other = shutil.copytree(course, tmp_path / "course", ignore=shutil.ignore_patterns("ada", "bob", "autograded"))
    (other / "submitted" / "cyd").rename(other / "submitted" / "dee")  # whom the gradebook does not know
    done = subprocess.run(
        [sys.executable, "-m", "autograder", "grade", "submitted", "--json"],
        cwd=other,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000)),  # SQLite cannot tell the two
    )
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert "submitted/dee/91-toy-code: nbgrader did not record it: " in line
    assert "disk I/O error" in line
    assert json.loads(done.stdout)["max_score"] == 8


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
    done = subprocess.run(command, cwd=other, capture_output=True, text=True, env=ENVIRONMENT)
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
    autograded = nbformat.read(course / "autograded" / "ada" / SECTION / "toy-code.ipynb", as_version=4)
    ran = [cell.id for cell in autograded.cells if cell.cell_type == "code" and cell.execution_count]
    assert ran == []


def test_without_our_configuration_a_kernel_runs_the_notebook_to_the_same_scores(course, by_nbgrader, tmp_path):
    other = shutil.copytree(course, tmp_path / "course", ignore=shutil.ignore_patterns("ada", "cyd", "autograded"))
    (other / "nbgrader_config.py").write_text("")
    nbgrader(other, f"nbgrader autograde {SECTION}")
    assert scores(other, ["bob"])["bob"] == by_nbgrader["bob"]


def test_feedback_shows_each_verdict_with_its_message(course, by_nbgrader, printed):
    nbgrader(course, f"nbgrader generate_feedback {SECTION}")
    page = (course / "feedback" / "bob" / SECTION / "toy-code.html").read_text()
    for item in printed[1]["items"]:
        assert f'<tr id="{item["id"]}">' in page
    assert "<dt>Expected</dt>" in page
    assert "cell 91.1, line" in page
    assert "Traceback (most recent call last)" not in page


def test_export_has_the_totals(course, by_nbgrader):
    nbgrader(course, "nbgrader export")
    rows = {row["student_id"]: row for row in csv.DictReader((course / "grades.csv").open())}
    assert {student: float(row["max_score"]) for student, row in rows.items()} == {"ada": 8, "bob": 8, "cyd": 8}
    assert float(rows["ada"]["score"]) == 8
    assert float(rows["cyd"]["score"]) == 0


def test_an_instructors_commands_work_as_the_readme_has_them_in_a_fresh_clone(tmp_path):
    """The reference, handed in as somebody's solution, gets all points; what leaks gets a hint in the feedback."""
    release, autograde, feedback, export, *_ = re.findall(r"^(nbgrader [^#\n]*?) *(?:#.*)?$", README, re.MULTILINE)
    section = release.split()[-1]
    for folder in ("source", "release"):
        shutil.copytree(ROOT / folder / section, tmp_path / folder / section)
    shutil.copy(ROOT / "nbgrader_config.py", tmp_path)
    nbgrader(tmp_path, release, os.environ)
    for student in ("ada", "bob"):
        shutil.copytree(tmp_path / "source" / section, tmp_path / "submitted" / student / section)
    [of_bob] = (tmp_path / "submitted" / "bob" / section).glob("*.ipynb")
    notebook = nbformat.read(of_bob, as_version=4)
    cells = {cell.id: cell for cell in notebook.cells}
    cells["1_1-solution"].source = "# solution: 1.1\nasync def first(urls, fetch):\n    return await fetch(urls[0])"
    nbformat.write(notebook, of_bob)
    for command in (autograde, feedback, export):
        nbgrader(tmp_path, command, os.environ)
    points = sum(item.points for item in all_items().values() if item.section == section)
    points_of = {row["student_id"]: float(row["score"]) for row in csv.DictReader((tmp_path / "grades.csv").open())}
    assert points_of["ada"] == points > points_of["bob"]
    pages = {
        student: next((tmp_path / "feedback" / student / section).glob("*.html")).read_text() for student in points_of
    }
    assert [student for student, page in pages.items() if "<dt>Hint</dt>" in page] == ["bob"]
