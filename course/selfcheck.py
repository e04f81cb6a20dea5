"""`check("1.1")`: a learner judges the cells that they have run."""

from __future__ import annotations

from typing import Any

from course.markdown import Markdown


def check(ids: str) -> Any:
    """What holds and what does not, item by item: for a task (`"1.1"`), an item (`"1.1a"`) or a section (`"1"`).

    For each task, the cell that was run last and begins with `# solution: 1.1` is judged, in a process of its own: it
    cannot harm the notebook. Where the autograder is not installed, it says that items are graded after you submit.
    """
    try:
        from autograder import catalogue
        from autograder.classroom import live_cells
        from autograder.run import judge
        from autograder.show import report
    except ImportError:
        return Markdown(f"`{ids}` is graded after you submit: the autograder is not installed here.")
    try:
        chosen = catalogue.select(str(ids))  # check(1.1) is meant well
        submission = live_cells.submission(untouched_counts=False)
    except (catalogue.UnknownItem, live_cells.NoNotebook) as error:
        return Markdown(str(error))
    return report.Report(judge.judge(submission, chosen, sandboxed=False))
