"""The feedback page of a hand-in: what holds, what does not and why, the next step, and what a person has said.

It is made from the autograded notebook, which nbgrader hands over with the gradebook's scores and comments. It has no
hidden tests, nothing from elsewhere, and nothing in it runs: learners write text, and text may hold scripts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from nbconvert.exporters.exporter import Exporter
from nbconvert.filters import ansi2html
from nbformat import NotebookNode
from nbgrader.utils import is_grade, is_solution

from autograder.catalogue import all_items
from autograder.item import Item
from autograder.notebook import dotted
from autograder.show.report import MARKS, STYLE, code, explained
from autograder.verdict import STATUSES
from course.hints import all_hints

_PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{title}</title>{style}
<style>
body {{ font-family: system-ui, sans-serif; max-width: 60rem; margin: 1.5rem auto; padding: 0 1rem; line-height: 1.4; }}
pre {{ white-space: pre-wrap; overflow-wrap: anywhere; font-size: 13px; padding: .6em; border: 1px solid #8885; }}
details {{ margin: .6em 0; }} summary {{ cursor: pointer; font-weight: 600; }}
.ansi-green-fg {{ color: #1a7f37 }} .ansi-red-fg {{ color: #cf222e }} .ansi-cyan-fg {{ color: #0e7490 }}
.ansi-bold {{ font-weight: bold }}
.autograder {{ width: 100%; }} .autograder td {{ overflow-wrap: anywhere; }}
</style></head><body>
<h1>{title}</h1>
<p>{total}</p>
{items}
{answers}
</body></html>
"""


class FeedbackPage(Exporter):
    """Writes the page of one notebook."""

    file_extension = ".html"

    def from_notebook_node(  # type: ignore[override]  # a page is text, as every exporter's is
        self, nb: NotebookNode, resources: Any = None, **options: Any
    ) -> tuple[str, Any]:
        """Return the page, and nbgrader's names and scores."""
        nb, resources = super().from_notebook_node(nb, resources, **options)
        names = resources.get("nbgrader", {})
        rows = [_row(*graded) for graded in _graded(nb)]
        heads = "".join(f'<th scope="col">{head}</th>' for head in ("Item", "What must hold", "Verdict", "Points"))
        page = _PAGE.format(
            title=escape(f"{names.get('assignment', '')} {names.get('student', '')}".strip()),
            total=_total(names, nb),
            style=STYLE,
            items=f'<table class="autograder"><thead><tr>{heads}</tr></thead><tbody>{"".join(rows)}</tbody></table>',
            answers="".join(_answers(nb)),
        )
        return page, resources


def _graded(nb: NotebookNode) -> Iterator[tuple[Item, NotebookNode]]:
    """The graded cells of the course's items, in the order of the items."""
    cells = {dotted(cell.metadata.nbgrader.grade_id): cell for cell in nb.cells if is_grade(cell)}
    for id, item in all_items().items():
        if id in cells:
            yield item, cells[id]


def _row(item: Item, cell: NotebookNode) -> str:
    status, message = _verdict(item, cell)
    sign, word, _ = MARKS[status]
    if status in ("failed", "error", "timeout") and (hints := all_hints().get(item.id)):
        message += f"\nHint: {hints[0].strip()}"
    known = cell.metadata.nbgrader
    score = known.get("score")
    points = f"{score:g} of {known.points:g}" if score is not None else f"of {known.points:g}"
    return (
        f'<tr id="{escape(item.id)}"><td class="mark {status}">{sign} {escape(item.id)}</td>'
        f"<td>{code(escape(item.title))}{explained(message)}</td>"
        f'<td class="mark {status}">{word}</td><td class="mark">{points}</td></tr>'
    )


def _verdict(item: Item, cell: NotebookNode) -> tuple[str, str]:
    """The status and message that `Judge`, or a kernel's run of the cell, has left as the cell's output."""
    if item.grading == "manual":
        return "manual", ""
    for output in cell.get("outputs", ()):
        if output.output_type == "error":
            _, *lines = "\n".join(output.traceback).splitlines() or [""]
            status = output.ename if output.ename in STATUSES else "failed"
            return status, "\n".join(line.strip() for line in lines[1:])
    return "passed", ""


def _total(names: Mapping[str, Any], nb: NotebookNode) -> str:
    total = f"{names.get('score', 0):g} of {names.get('max_score', 0):g} points"
    if late := names.get("late_penalty"):
        total += f", {late:g} taken off because it was late"
    return escape(total)


def _answers(nb: NotebookNode) -> Iterator[str]:
    """What the learner wrote, folded, with what a person has said of it. What several tasks changed is shown once."""
    shown = set()
    for cell in nb.cells:
        if is_solution(cell):
            known = cell.metadata.nbgrader
            name = escape(dotted(known.grade_id.removesuffix("-solution")))
            yield f"<details><summary>Your answer to {name}</summary><pre>{escape(cell.source)}</pre></details>"
            for output in cell.get("outputs", ()):  # `Judge` shows there what was changed in files
                yield "<p>The same changes.</p>" if output.text in shown else f"<pre>{ansi2html(output.text)}</pre>"
                shown.add(output.text)
            if comment := known.get("comment"):
                yield f"<p><strong>Comment:</strong> {escape(comment)}</p>"
