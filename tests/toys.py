"""The toy course, for tests of the engine: an author who changes a section of the real one breaks none of them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

import nbformat

ROOT = Path(__file__).parent.parent
TOYS = ROOT / "tests" / "toy_course"
CHECKS = TOYS / "toy" / "checks"

ENVIRONMENT = {**os.environ, "PYTHONPATH": str(TOYS)}
"""In a process with this environment the course is the toy course."""

SECTION = "91-toy-code"
SOURCE = TOYS / "source" / SECTION / "toy-code.ipynb"
"""Its notebook: task 91.1 with three items, 91.2 with one, two points each."""


def toy_cell(cell_id: str) -> str:
    """Return the source of a cell of the toy course's notebook, such as `91_1-solution`."""
    (found,) = [cell.source for cell in nbformat.read(SOURCE, as_version=4).cells if cell.id == cell_id]
    return found


RIGHT = toy_cell("91_1-solution")
LEAKY = toy_cell("91_1-leaky").replace("starting code", "solution")
"""The starting code as a solution: it returns a page and leaves a task; it has no test."""

WRONG = f"{RIGHT}\n\nasync def first(urls, fetch):\n    return await asyncio.Queue().get()\n"
"""Only its test is right: 91.1a and 91.1c do not hold."""


def nbgrader(course: Path, command: str, environment: Mapping[str, str] = ENVIRONMENT) -> str:
    """Run a command such as `nbgrader autograde 91-toy-code` in a course's folder, and return what it printed."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{environment['PATH']}"  # the environment is active
    done = subprocess.run(
        command.split(), cwd=course, env={**environment, "PATH": path}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def scores(course: Path, students: Iterable[str]) -> dict[str, dict[str, float]]:
    """Return each student's scores by item, as the gradebook has them."""
    from nbgrader.api import Gradebook  # takes a second to import

    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as gradebook:
        return {
            student: {
                grade.name: grade.auto_score
                for grade in gradebook.find_submission_notebook("toy-code", SECTION, student).grades
            }
            for student in students
        }
