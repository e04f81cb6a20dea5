"""The submission that a live notebook's own kernel holds: the cells that were run in it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from IPython import get_ipython

from autograder.submission import Submission, from_live_cells


class NoNotebook(RuntimeError):
    """There is no notebook around this call."""


def submission(*, untouched_counts: bool = True) -> Submission:
    """For each task the last cell run that begins with `# solution: …`. Raises `NoNotebook`.

    Without `untouched_counts` the starting code is taken for a solution like any other: a learner who has just seen
    it leak is then told how.
    """
    shell = get_ipython()
    if shell is None:
        raise NoNotebook(
            "This works in a notebook, on the cells run in it. For a file: autograder check --task 1.1 FILE"
        )
    try:
        folder = Path.cwd()
    except FileNotFoundError:
        raise NoNotebook("This notebook's folder was deleted while its kernel ran. Restart the kernel.") from None
    found = from_live_cells(shell.history_manager.input_hist_raw, folder)
    if untouched_counts:
        return found
    return replace(found, tasks={task: replace(source, untouched=False) for task, source in found.tasks.items()})
