"""What a graded cell does in a kernel that runs the notebook: `nbgrader validate`, or nbgrader without our part."""

from __future__ import annotations

from autograder.catalogue import all_items
from autograder.classroom import live_notebook
from autograder.run import sandbox
from autograder.run.judge import judge
from autograder.show.report import Report
from course.selfcheck import ItemDoesNotHold


def grade(item: str) -> None:
    """Print the verdict on an item, or raise `ItemDoesNotHold`, which scores the cell 0."""
    try:
        sandbox.require()
        sandboxed = True
    except sandbox.NoSandbox:
        # The kernel has run this code with all its rights before this line.
        sandboxed = False
    (verdict,) = judge(live_notebook.submission(), [all_items()[item]], sandboxed=sandboxed)
    if verdict.status == "not_attempted":
        raise ItemDoesNotHold(f"○ {item}  not attempted. {verdict.message}")
    if verdict.score < verdict.points:
        raise ItemDoesNotHold(str(Report([verdict])))
    print(Report([verdict]))
