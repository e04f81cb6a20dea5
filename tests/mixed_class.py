"""A class whose hand-ins are of every kind: right, wrong, untouched, broken, hostile. For what holds of all of them."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Any

import nbformat
from nbgrader.api import Gradebook

from tests.attacks.judging import attacks
from tests.cases import ROOT, all_cases, solution_cell

SECTION = "01-warm-up"
NOTEBOOK = "warm-up.ipynb"
HOSTILE = (
    "exhaust/a_fork_bomb_of_orphans",
    "survive/a_daemon",
    "forge/finds_the_token_in_the_frames",
    "exhaust/endless_loop",
)


def make_course(folder: Path, students: int) -> None:
    """Make a course in a new folder, section 1 released, with so many hand-ins; nothing is graded yet."""
    shutil.copytree(ROOT / "source" / SECTION, folder / "source" / SECTION)
    shutil.copy(ROOT / "nbgrader_config.py", folder)
    nbgrader(folder, "generate_assignment", SECTION)
    makers = [_right, _wrong, _hostile, _untouched, _broken, _right, _wrong, _right]
    for number in range(students):
        kind = makers[number % len(makers)]
        hand_in = folder / "submitted" / f"{kind.__name__.strip('_')}-{number:02}" / SECTION
        hand_in.mkdir(parents=True)
        kind(folder, hand_in / NOTEBOOK, number)


def nbgrader(folder: Path, *arguments: str) -> None:
    """Run an nbgrader command in a course's folder. Raises CalledProcessError."""
    command = [str(Path(sys.executable).parent / "nbgrader"), *arguments]
    subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)


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


def _write(course: Path, file: Path, solution: Callable[[str], str | None]) -> None:
    """Write the released notebook with these solutions of its tasks."""
    notebook: Any = nbformat.read(course / "release" / SECTION / NOTEBOOK, as_version=4)
    for cell in notebook.cells:
        if cell.id.endswith("-solution"):
            cell.source = solution(cell.id.removesuffix("-solution").replace("_", ".")) or cell.source
    nbformat.write(notebook, file)


def _case(task: str, right: bool, number: int) -> str:
    cases = [case for case in all_cases().values() if case.task == task and bool(case.fails) != right]
    return solution_cell(next(islice(cases, number % len(cases), None)).name)


def _right(course: Path, file: Path, number: int) -> None:
    _write(course, file, lambda task: _case(task, True, number))


def _wrong(course: Path, file: Path, number: int) -> None:
    _write(course, file, lambda task: _case(task, (number + int(task[-1])) % 2 == 0, number))


def _untouched(course: Path, file: Path, number: int) -> None:
    _write(course, file, lambda task: None)


def _hostile(course: Path, file: Path, number: int) -> None:
    code = attacks()[HOSTILE[number // 8 % len(HOSTILE)]].code
    _write(course, file, lambda task: f"# solution: 1.1\n{code}" if task == "1.1" else _case(task, True, number))


def _broken(course: Path, file: Path, number: int) -> None:
    file.write_text('{"cells": [')
