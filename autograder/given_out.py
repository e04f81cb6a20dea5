"""What the course gives out: a task's starting code and files, and whether a solution still is what was given out."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from autograder import checks
from autograder.catalogue import all_items
from autograder.files import read_text
from autograder.notebook import notebook_cells, solution_cells
from course.marks import same_code

LARGEST_CODE = 200_000
"""Characters of one cell or Python file. Reading code takes a thousand times its size in memory."""


def folder_of(section: str) -> Path:
    """Return where a section's notebook and files lie as they were given out, if they are on this machine."""
    folders = [Path(checks_folder).parent.parent / "source" / section for checks_folder in checks.__path__]
    return next(filter(Path.is_dir, folders), folders[0])


def starting_code(task: str) -> str:
    """A task's starting code as the course gives it out, whatever a learner's notebook has; empty if it is not here."""
    sections = {item.section for item in all_items().values() if item.task == task}
    return next((code for section in sections if (code := _given_out(section).get(task))), "")


def solution_cell(task: str, starting: str) -> str:
    """Return what a task's solution cell holds as it is given out, from the cell of its starting code."""
    _, _, body = starting.partition("\n")
    return f"# solution: {task}\n{body}"


@cache
def _given_out(section: str) -> Mapping[str, str]:
    """The starting code of each task of a section."""
    found: dict[str, str] = {}
    for path in sorted(folder_of(section).glob("*.ipynb")):
        for cell in solution_cells(notebook_cells(path, read_text(path))):
            match cell.kind():
                case ("starting code", task):
                    found[task] = cell.source
    return found


def is_as_given(text: str, given: str) -> bool:
    """Whether a solution cell still holds the starting code, or no code."""
    return len(text) <= LARGEST_CODE and (is_empty(text) or bool(given and same_code(text, given)))


def is_empty(text: str) -> bool:
    """Whether there is nothing in it but comments, texts, imports and `raise NotImplementedError`."""
    try:
        statements = ast.parse(text).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return all(
        isinstance(statement, ast.Import | ast.ImportFrom | ast.Pass)
        or (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant))
        or (isinstance(statement, ast.Raise) and "NotImplementedError" in ast.dump(statement))
        for statement in statements
    )
