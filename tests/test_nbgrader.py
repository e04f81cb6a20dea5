"""A class, through nbgrader as it is, from release to export; and the same by `autograder grade`."""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook

ROOT = Path(__file__).parent.parent
SECTION = "01-warm-up"
MUTANTS = {"1_1-solution": "1.1/fire_and_forget.py", "1_3-solution": "1.3/returns_on_cancel.py"}


def run(course, *command):
    done = subprocess.run([sys.executable, "-m", *command], cwd=course, capture_output=True, text=True)
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
    """A course with three submissions: all right, two wrong solutions, and the release as it was."""
    course = tmp_path_factory.mktemp("course")
    shutil.copytree(ROOT / "source", course / "source")
    shutil.copy(ROOT / "nbgrader_config.py", course)
    run(course, "nbgrader", "generate_assignment", SECTION)
    source = nbformat.read(course / "source" / SECTION / "warm-up.ipynb", as_version=4)
    right = {cell.id: cell.source for cell in source.cells if cell.id.endswith("-solution")}
    mutants = {}
    for cell, mutant in MUTANTS.items():
        task = cell.split("-")[0].replace("_", ".")
        text = (ROOT / "tests" / "mutants" / "warm_up" / mutant).read_text()
        mutants[cell] = f"# solution: {task}\n{text}"
    submit(course, "ada", right)
    submit(course, "bob", {**right, **mutants})
    submit(course, "cyd", {})
    return course


@pytest.fixture(scope="module")
def gradebooks(course, tmp_path_factory):
    """Each student's scores, as nbgrader has them and as `autograder grade` does, and what that printed."""
    other = shutil.copytree(course, tmp_path_factory.mktemp("other") / "course")
    run(course, "nbgrader", "autograde", SECTION)
    said = run(other, "autograder", "grade", "submitted", "--json")
    return scores(course), scores(other), [json.loads(line) for line in said.splitlines()]


def scores(course, students=("ada", "bob", "cyd")):
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as gradebook:
        return {
            student: {
                grade.name: grade.auto_score
                for grade in gradebook.find_submission_notebook("warm-up", SECTION, student).grades
            }
            for student in students
        }


def test_nbgrader_and_autograder_give_every_item_the_same_score(gradebooks):
    by_nbgrader, by_autograder, printed = gradebooks
    assert by_nbgrader == by_autograder
    as_printed = [{item["id"].replace(".", "_"): item["score"] for item in said["items"]} for said in printed]
    assert as_printed == list(by_nbgrader.values())


def test_right_solutions_get_all_points_wrong_ones_lose_theirs_and_the_release_gets_none(gradebooks):
    by_nbgrader, _, _ = gradebooks
    assert len(by_nbgrader["ada"]) == 17
    assert sum(by_nbgrader["ada"].values()) == 34
    lost = {item for item, score in by_nbgrader["bob"].items() if score == 0}
    marks = [(ROOT / "tests/mutants/warm_up" / mutant).read_text().splitlines()[0] for mutant in MUTANTS.values()]
    assert lost == {item.replace(".", "_") for mark in marks for item in mark.split()[2:]}
    assert sum(by_nbgrader["cyd"].values()) == 0


def test_an_untouched_notebook_says_nothing_but_not_attempted(gradebooks):
    _, _, printed = gradebooks
    assert {item["status"] for item in printed[2]["items"]} == {"not_attempted"}
    assert sum(item["seconds"] for item in printed[2]["items"]) == 0


def test_nothing_of_a_submission_is_run_in_the_graders_kernel(course, gradebooks):
    graded = nbformat.read(course / "autograded" / "ada" / SECTION / "warm-up.ipynb", as_version=4)
    ran = [cell.id for cell in graded.cells if cell.cell_type == "code" and cell.execution_count]
    assert ran == []


def test_without_our_configuration_a_kernel_runs_the_notebook_to_the_same_scores(course, gradebooks, tmp_path):
    other = shutil.copytree(course, tmp_path / "course", ignore=shutil.ignore_patterns("ada", "cyd", "autograded"))
    (other / "nbgrader_config.py").write_text("")
    run(other, "nbgrader", "autograde", SECTION)
    by_nbgrader, _, _ = gradebooks
    assert scores(other, ["bob"])["bob"] == by_nbgrader["bob"]


def test_feedback_shows_each_verdict_with_its_message(course, gradebooks):
    run(course, "nbgrader", "generate_feedback", SECTION)
    page = (course / "feedback" / "bob" / SECTION / "warm-up.html").read_text()
    _, _, printed = gradebooks
    for item in printed[1]["items"]:
        assert f"{item['id']}  " in page
    assert "Expected: " in page
    assert "cell 1.1, line" in page
    assert "Traceback (most recent call last)" not in page


def test_export_has_the_totals(course, gradebooks):
    run(course, "nbgrader", "export")
    rows = {row["student_id"]: row for row in csv.DictReader((course / "grades.csv").open())}
    assert {student: float(row["max_score"]) for student, row in rows.items()} == {"ada": 34, "bob": 34, "cyd": 34}
    assert float(rows["ada"]["score"]) == 34
    assert float(rows["cyd"]["score"]) == 0


def test_an_unreadable_submission_is_named_and_the_others_are_recorded(course, tmp_path):
    other = shutil.copytree(course, tmp_path / "course")
    shutil.rmtree(other / "submitted" / "bob")
    folder = other / "submitted" / "eve" / SECTION
    folder.mkdir(parents=True)
    (folder / "warm-up.ipynb").write_text("{")
    done = subprocess.run(
        [sys.executable, "-m", "autograder", "grade", "submitted"], cwd=other, capture_output=True, text=True
    )
    assert done.returncode == 1
    assert "submitted/eve/01-warm-up/warm-up.ipynb: not a notebook" in done.stderr
    assert scores_of(other, "ada") == 34


def scores_of(course, student):
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as gradebook:
        return gradebook.find_submission(SECTION, student).score


def test_an_assignment_that_was_not_released_is_an_error_with_the_way_out(course, tmp_path):
    other = shutil.copytree(course, tmp_path / "course")
    (other / "gradebook.db").unlink()
    done = subprocess.run(
        [sys.executable, "-m", "autograder", "grade", "submitted"], cwd=other, capture_output=True, text=True
    )
    assert done.returncode == 1
    assert "01-warm-up" in done.stderr
    assert "generate_assignment" in done.stderr
    assert "Traceback" not in done.stderr
