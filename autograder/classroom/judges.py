"""Judging notebooks, several at once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from autograder import submission as submissions
from autograder.catalogue import all_items
from autograder.files import SubmissionError
from autograder.item import Item
from autograder.run.judge import JudgeError, judge
from autograder.submission import Submission
from autograder.verdict import Verdict

Outcome = list[Verdict] | SubmissionError | JudgeError
"""A notebook's verdicts, or what kept it from being judged."""


class Judges:
    """Judge notebooks at once, each in workers of its own; those that have not begun are given up at the end."""

    def __init__(self, sandboxed: bool, jobs: int) -> None:
        self._sandboxed = sandboxed
        self._pool = ThreadPoolExecutor(jobs, thread_name_prefix="autograder")

    def __enter__(self) -> Judges:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(cancel_futures=True)

    def begin(self, notebook: Path, read: Callable[[Path], str]) -> Future[Outcome]:
        """Begin to judge a notebook, whose text is what `read` makes of its path."""
        return self._pool.submit(judged, notebook, read, self._sandboxed, 1)


def expected_items(submission: Submission) -> list[Item]:
    """Return the items of every section that the submission has to do with. Raises `SubmissionError` if none has."""
    sections = {item.section for item in all_items().values() if item.task in submission.asked}
    if not sections:
        raise SubmissionError(
            f"{submission.name}: no cell of it belongs to a task of this course; "
            "a solution begins with a line such as '# solution: 1.1'"
        )
    return [item for item in all_items().values() if item.section in sections]


def judged(notebook: Path, read: Callable[[Path], str], sandboxed: bool, jobs: int | None) -> Outcome:
    """Judge a notebook, whose text is what `read` makes of its path, or return what keeps it from being judged."""
    try:
        submission = _read(notebook, read)
        return judge(submission, expected_items(submission), sandboxed=sandboxed, jobs=jobs)
    except (SubmissionError, JudgeError) as error:
        return error


def _read(notebook: Path, read: Callable[[Path], str]) -> Submission:
    if notebook.suffix != ".ipynb":
        return submissions.read(notebook)
    return submissions.from_text(notebook, read(notebook))
