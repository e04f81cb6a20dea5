"""What nbgrader reads of a hand-in: the cells' sources, and nothing else that a learner or a tool may have changed.

nbgrader knows graded cells by metadata, which are copied with a cell, lost with it, or dropped by other tools. The
gradebook has them all, and it alone says which cells are graded, of what type, and what is in those that are locked.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any, cast

from nbconvert.exporters import NotebookExporter
from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode, from_dict
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_raw_cell
from nbgrader.api import Gradebook
from nbgrader.converters import Autograde
from traitlets import Dict

from autograder import submission as submissions
from autograder.files import read_text, refuse_links
from autograder.notebook import cell_id, joined, notebook_cells
from autograder.submission import Submission

_MAKE = {"code": new_code_cell, "markdown": new_markdown_cell, "raw": new_raw_cell}
_VALID_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}$")


class HandedIn(NotebookExporter):
    """Reads a submitted notebook as `autograder` does, and puts its graded cells in order before nbgrader sees them.

    `submission` is what the learner handed in, for `Judge`.
    """

    texts = Dict(help="Texts of notebooks that were read and judged, by path.").tag(config=True)
    submission = Submission("this notebook", {})

    def from_filename(
        self, filename: str, resources: dict[str, Any] | None = None, **options: Any
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Raise `SubmissionError` where the notebook cannot be read, or a link lies beside it."""
        path = Path(filename)
        coursedir = cast("Autograde", self.parent).coursedir
        if Path(coursedir.root, coursedir.submitted_directory) not in path.parents:
            return super().from_filename(filename, resources, **options)
        refuse_links(path.parent)
        text = self.texts.get(filename) or read_text(path)
        self.submission = submissions.from_text(path, text)
        resources = ResourcesDict(**(resources or {}))
        resources["metadata"] = ResourcesDict(name=path.stem, path=os.fspath(path.parent))
        notebook = new_notebook(cells=_cells(notebook_cells(path, text)))
        names = resources["nbgrader"]
        with Gradebook(names["db_url"]) as gradebook:
            _put_in_order(notebook, gradebook.find_notebook(names["notebook"], names["assignment"]))
        return self.from_notebook_node(notebook, resources, **options)


def _cells(cells: list[dict[str, Any]]) -> list[NotebookNode]:
    """The cells as they are without outputs and with ids that are valid, each with `grade_id`, nbgrader's for it."""
    made = []
    ids: set[str] = set()
    for cell in cells:
        if not isinstance(cell.get("cell_type"), str) or cell["cell_type"] not in _MAKE:
            continue
        known = cell_id(cell)
        new = _MAKE[cell["cell_type"]](joined(cell.get("source", "")))
        own = cell.get("id")
        if isinstance(own, str) and _VALID_ID.match(own) and own not in ids:
            new.id = own
        ids.add(new.id)
        if cell["cell_type"] == "markdown" and isinstance(cell.get("attachments"), dict):
            new.attachments = from_dict(cell["attachments"])  # the pictures of an answer in words
        new.metadata.nbgrader = {"grade_id": known}
        made.append(new)
    return made


def _put_in_order(notebook: NotebookNode, given: Any) -> None:
    """Give each cell that the gradebook knows its metadata, type and, if locked, source; add those that are gone."""
    left = {cell.name: cell for cell in given.source_cells}
    metadata = {name: _metadata(cell, given) for name, cell in left.items()}
    for number, cell in enumerate(notebook.cells):
        name = cell.metadata.pop("nbgrader")["grade_id"]
        if name in left:
            notebook.cells[number] = _as_given(cell, left.pop(name), metadata[name])
    for name, source in left.items():
        if metadata[name]["grade"] or metadata[name]["task"]:
            notebook.cells.append(_as_given(_MAKE[source.cell_type](source.source), source, metadata[name]))


def _as_given(cell: NotebookNode, given: Any, metadata: dict[str, Any]) -> NotebookNode:
    if cell.cell_type != given.cell_type:
        cell = _MAKE[given.cell_type](cell.source, id=cell.id)
    if given.locked:
        cell.source = given.source
    cell.metadata.nbgrader = metadata
    return cell


def _metadata(cell: Any, notebook: Any) -> dict[str, Any]:
    """What nbgrader wrote into the cell when it released it, from its gradebook."""
    graded, solutions, tasks = (
        {known.name: known for known in cells}
        for cells in (notebook.grade_cells, notebook.solution_cells, notebook.task_cells)
    )
    found = {
        "grade_id": cell.name,
        "cell_type": cell.cell_type,
        "checksum": cell.checksum,
        "grade": cell.name in graded,
        "solution": cell.name in solutions,
        "task": cell.name in tasks,
        "locked": cell.locked,
        "schema_version": 3,
    }
    if worth := graded.get(cell.name) or tasks.get(cell.name):
        found["points"] = worth.max_score
    return found
