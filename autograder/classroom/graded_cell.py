"""What a graded cell does in a kernel that runs the notebook: `nbgrader validate`, or nbgrader without our part."""

from __future__ import annotations

from autograder.catalogue import all_items
from autograder.classroom import live_notebook
from autograder.run import sandbox
from autograder.run.judge import judge
from autograder.verdict import Verdict


def verdict_on(item: str) -> Verdict:
    """Judge an item by the cells that were run in this notebook."""
    try:
        sandbox.require()
        sandboxed = True
    except sandbox.NoSandbox:
        # The kernel has run this code with all its rights before this line.
        sandboxed = False
    (verdict,) = judge(live_notebook.submission(), [all_items()[item]], sandboxed=sandboxed)
    return verdict
