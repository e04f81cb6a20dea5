"""The graded cells of a source notebook, which are made from the checks: a title is written once.

An automatic item's cell has its title and one line that asks for the verdict: for whoever runs the notebook, as
`nbgrader validate` does, and for nbgrader where it grades without our part. An item graded by hand has a
Markdown cell with the title on top; below it stands the author's text, which a release replaces by a place to answer.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from autograder.item import Item

_GRADED = re.compile(r"\d+(_\d+)?[a-z]")
_MODEL_ANSWER = "### BEGIN SOLUTION\nWhat a good answer says.\n### END SOLUTION"


class CellsError(Exception):
    """A notebook has no place for an item's graded cell; the text names what is missing."""


def write_graded_cells(notebook: NotebookNode, items: Sequence[Item]) -> None:
    """Give a notebook the graded cells of `items` and no others, behind each task's check cell.

    A cell `1_1-graded` that follows the check cell stays between the two. Raises `CellsError`.
    """
    before = {cell.id: cell for cell in notebook.cells if _GRADED.fullmatch(cell.id)}
    cells = [cell for cell in notebook.cells if cell.id not in before]
    for task, group in groupby(items, key=lambda item: item.task):
        name = task.replace(".", "_")
        places = [number for number, cell in enumerate(cells) if cell.id in (f"{name}-check", f"{name}-graded")]
        if not places:
            raise CellsError(f"there is no cell {name}-check, behind which the graded cells of task {task} belong")
        place = places[-1] + 1
        cells[place:place] = [_graded_cell(item, before.get(item.id.replace(".", "_"))) for item in group]
    notebook.cells = cells


def _graded_cell(item: Item, before: NotebookNode | None) -> NotebookNode:
    name = item.id.replace(".", "_")
    by_hand = item.grading == "manual"
    if by_hand:
        old = before.source.partition("\n\n")[2] if before else ""
        cell = new_markdown_cell(f"**{item.id}** {item.title}\n\n{old or _MODEL_ANSWER}", id=name)
    else:
        lines = [
            f"# {item.id}: {item.title}",
            f'from course.selfcheck import graded; graded("{item.id}")',
        ]
        # A learner who runs all cells goes on to the next task.
        cell = new_code_cell("\n".join(lines), id=name, metadata={"tags": ["raises-exception"]})
    cell.metadata.nbgrader = {
        **({} if by_hand else {"cell_type": "code"}),
        "grade": True,
        "grade_id": name,
        "locked": not by_hand,
        "points": item.points,
        "schema_version": 3,
        "solution": by_hand,
        "task": False,
    }
    return cell
