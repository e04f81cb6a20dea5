"""Where a release is not what nbgrader makes of its source, told without nbgrader: that takes seconds to load."""

from __future__ import annotations

from nbformat import NotebookNode

from autograder.given_out import solution_cell
from autograder.notebook import dotted

_STUBS = {"markdown": "YOUR ANSWER HERE", "code": "# YOUR CODE HERE\nraise NotImplementedError()"}
"""What nbgrader puts in the place of a solution."""


def other_cells(source: NotebookNode, release: NotebookNode) -> list[str] | None:
    """Return the ids of the cells that were released otherwise than their source says; None where the cells are others.

    A cell is compared by its kind, its text, and what nbgrader has to know of it, such as its points.
    """
    if [cell.id for cell in source.cells] != [cell.id for cell in release.cells]:
        return None
    starting = {cell.id.removesuffix("-leaky"): cell.source for cell in source.cells if cell.id.endswith("-leaky")}
    return [
        ours.id
        for ours, theirs in zip(source.cells, release.cells, strict=True)
        if ours.cell_type != theirs.cell_type
        or theirs.source != _released(ours, starting.get(ours.id.removesuffix("-solution")))
        or not ours.metadata.get("nbgrader", {}).items() <= theirs.metadata.get("nbgrader", {}).items()
    ]


def _released(cell: NotebookNode, starting: str | None) -> str:
    """What learners get of a cell: the starting code, if it is the solution cell of a task that has some."""
    if not cell.metadata.get("nbgrader", {}).get("solution"):
        return cell.source
    if starting is not None:
        return solution_cell(dotted(cell.id.removesuffix("-solution")), starting)
    before, begins, rest = cell.source.partition("### BEGIN SOLUTION\n")
    return before + _STUBS[cell.cell_type] + rest.partition("### END SOLUTION")[2] if begins else cell.source
