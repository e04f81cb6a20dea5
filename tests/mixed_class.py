"""A class whose hand-ins are of every kind: right, wrong, untouched, broken, hostile. For what holds of all of them."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nbformat
from nbgrader.api import Gradebook

from tests.attacks.judging import attacks
from tests.toys import RIGHT, ROOT, SECTION, TOYS, WRONG, nbgrader, toy_cell

NOTEBOOK = "toy-code.ipynb"
HOSTILE = (
    "exhaust/a_fork_bomb_of_orphans",
    "survive/a_daemon",
    "forge/finds_the_token_in_the_frames",
    "exhaust/endless_loop",
)


def make_course(folder: Path, students: int) -> None:
    """Make a course in a new folder, the toy section released, with so many hand-ins; nothing is graded yet."""
    shutil.copytree(TOYS / "source" / SECTION, folder / "source" / SECTION)
    shutil.copy(ROOT / "nbgrader_config.py", folder)
    nbgrader(folder, f"nbgrader generate_assignment {SECTION}")
    makers = [_right, _wrong, _hostile, _untouched, _broken, _right, _wrong, _right]
    for number in range(students):
        kind = makers[number % len(makers)]
        hand_in = folder / "submitted" / f"{kind.__name__.strip('_')}-{number:02}" / SECTION
        hand_in.mkdir(parents=True)
        kind(folder, hand_in / NOTEBOOK, number)


def scores(folder: Path) -> dict[str, dict[str, tuple[float | None, bool]]]:
    """Return, from the gradebook, each student's items: the score, and whether a person is to look."""
    with Gradebook(f"sqlite:///{folder / 'gradebook.db'}") as gradebook:
        return {
            submission.student.id: {
                grade.name: (grade.auto_score, bool(grade.needs_manual_grade))
                for notebook in submission.notebooks
                for grade in sorted(notebook.grades, key=lambda grade: str(grade.name))
            }
            for submission in gradebook.assignment_submissions(SECTION)
        }


def _write(course: Path, file: Path, solutions: Mapping[str, str]) -> None:
    """Write the released notebook with these solution cells."""
    notebook: Any = nbformat.read(course / "release" / SECTION / NOTEBOOK, as_version=4)
    for cell in notebook.cells:
        cell.source = solutions.get(cell.id, cell.source)
    nbformat.write(notebook, file)


def _right(course: Path, file: Path, number: int) -> None:
    _write(course, file, {"91_1-solution": RIGHT, "91_2-solution": toy_cell("91_2-solution")})


def _wrong(course: Path, file: Path, number: int) -> None:
    _write(course, file, {"91_1-solution": WRONG, "91_2-solution": toy_cell("91_2-solution")})


def _untouched(course: Path, file: Path, number: int) -> None:
    _write(course, file, {})


def _hostile(course: Path, file: Path, number: int) -> None:
    code = attacks()[HOSTILE[number // 8 % len(HOSTILE)]].code
    _write(course, file, {"91_1-solution": f"# solution: 91.1\n{code}", "91_2-solution": toy_cell("91_2-solution")})


def _broken(course: Path, file: Path, number: int) -> None:
    file.write_text('{"cells": [')
