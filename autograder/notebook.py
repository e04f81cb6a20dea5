"""The cells of a notebook file, and which of them are solutions and starting code.

A cell belongs to the task that a comment at its top names (`# solution: 1.1`) or, where that is gone, to the task of
its nbgrader id or cell id (`1_1-solution`: nbformat and nbgrader allow no dot in an id).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.files import SubmissionError
from course.marks import mark_of, without_magic

NOTEBOOK_FORMAT = 4
"""The newest major version of the notebook format there is."""

CELL_ID = re.compile(r"(?P<task>\d+(_\d+)?)(-(?P<kind>[a-z-]+)|[a-z])$")
_SOLUTION_ID = re.compile(r"\d+(_\d+)?-solution$")
_KINDS = {"solution": "solution", "leaky": "starting code"}


@dataclass
class Cell:
    source: str
    id: str = ""
    number: int = 0

    def __post_init__(self) -> None:
        self.source = without_magic(self.source)

    def kind(self) -> tuple[str, str] | None:
        """`("solution", "1.1")` or `("starting code", "1.1")`, or None for any other cell."""
        if mark := mark_of(self.source):
            return mark
        match = CELL_ID.match(self.id)
        if match and match["kind"] in _KINDS:
            return _KINDS[match["kind"]], dotted(match["task"])
        return None


def dotted(cell_id: str) -> str:
    """Return the task or item that a cell's id names: `1.1a` for `1_1a`."""
    return cell_id.replace("_", ".")


def notebook_cells(path: Path, text: str) -> list[dict[str, Any]]:
    """Return the cells of a notebook as its JSON has them, in format 4. Raises `SubmissionError`."""
    if not text.strip():
        raise SubmissionError(f"{path}: not a notebook: the file is empty")
    try:
        notebook = json.loads(text)
    except ValueError as error:
        raise SubmissionError(f"{path}: not a notebook: it is not JSON ({error})") from None
    except RecursionError:
        raise SubmissionError(f"{path}: not a notebook: its JSON is nested too deeply") from None
    if not isinstance(notebook, dict) or not ("cells" in notebook or "worksheets" in notebook):
        raise SubmissionError(f"{path}: not a notebook: it has no cells")
    version = notebook.get("nbformat", 4 if "cells" in notebook else 3)
    if not isinstance(version, int) or version > NOTEBOOK_FORMAT:
        raise SubmissionError(
            f"{path}: notebook format {version}; the newest that can be read is {NOTEBOOK_FORMAT}. "
            "Save it in JupyterLab and try again"
        )
    if version < NOTEBOOK_FORMAT:
        # Takes over a second to import, and few notebooks need it.
        import nbformat

        try:
            notebook = nbformat.convert(nbformat.from_dict(notebook), NOTEBOOK_FORMAT)
        except Exception as error:  # nbformat raises whatever its converters stumble on
            raise SubmissionError(f"{path}: notebook format {version} that cannot be converted: {error}") from None
    cells = notebook["cells"]
    if not isinstance(cells, list):
        raise SubmissionError(f"{path}: not a notebook: its cells are no list")
    return [cell for cell in cells if isinstance(cell, dict)]


def solution_cells(cells: list[dict[str, Any]]) -> list[Cell]:
    """The code cells, and the solution cells that somebody has turned into text: nbgrader makes them code again."""
    return [
        Cell(joined(cell.get("source", "")), cell_id(cell), number)
        for number, cell in enumerate(cells, 1)
        if cell.get("cell_type") == "code" or _SOLUTION_ID.match(cell_id(cell))
    ]


def joined(source: Any) -> str:
    """Return the source of a cell, which may be a list of its lines."""
    return "".join(map(str, source)) if isinstance(source, list) else str(source)


def cell_id(cell: Mapping[str, Any]) -> str:
    """Return what nbgrader knows a cell by or, without that, its own id."""
    metadata = cell.get("metadata")
    nbgrader = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    grade_id = nbgrader.get("grade_id") if isinstance(nbgrader, dict) else None
    return str(grade_id or cell.get("id") or "")
