"""Grading many: notebooks for their verdicts, or nbgrader's folder of submissions into its gradebook."""

from __future__ import annotations

import logging
import re
import warnings
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from autograder import submission as submissions
from autograder.catalogue import all_items, tasks_with_files
from autograder.item import Item
from autograder.run.judge import judge
from autograder.submission import Submission, SubmissionError
from autograder.verdict import Verdict

CONFIG = "nbgrader_config.py"


class GradebookError(Exception):
    """The course cannot be used, or nbgrader did not record a submission. The text says why."""


def grade(
    path: Path, *, sandboxed: bool, jobs: int | None
) -> Iterator[tuple[str, list[Verdict] | SubmissionError | GradebookError]]:
    """Yield each submission's name and its verdicts, or the error that kept it from being graded.

    `path` is a notebook, a folder of notebooks, or the folder `submitted/<student>/<assignment>/` of a course (the
    folder of an nbgrader_config.py), whose scores are then recorded in the course's gradebook as
    `nbgrader autograde` records them.
    """
    if not path.is_dir():
        yield _judged(path, sandboxed, jobs)
        return
    notebooks = sorted(
        notebook
        for notebook in path.rglob("*.ipynb")
        if not _other_folders() & set(notebook.relative_to(path).parts[:-1]) and not notebook.is_dir()
    )
    if not notebooks:
        raise SubmissionError(f"{path}: there is no notebook in it")
    if not (path.resolve().parent / CONFIG).exists():
        for notebook in notebooks:
            yield _judged(notebook, sandboxed, jobs)
        return
    course = _Course(path.resolve().parent)
    for folder, group in groupby(notebooks, key=lambda notebook: notebook.parent):
        if not course.has_assignment(folder.name):
            yield (
                str(folder),
                GradebookError(
                    f"{folder}: the gradebook has no assignment {folder.name!r}. "
                    f"Make it with: nbgrader generate_assignment {folder.name}"
                ),
            )
            continue
        outcomes = [(notebook.stem, *_judged(notebook, sandboxed, jobs)) for notebook in group]
        verdicts = {notebook: outcome for notebook, _, outcome in outcomes if not isinstance(outcome, Exception)}
        yield from ((name, outcome) for _, name, outcome in outcomes)
        if verdicts and (problem := course.record(folder.resolve(), verdicts)):
            yield str(folder), GradebookError(f"{folder}: nbgrader did not record it: {problem}")


def _other_folders() -> set[str]:
    """Folders whose notebooks are no submissions: what learners edit beside theirs may hold some."""
    names = {name.rstrip("/") for item in tasks_with_files().values() for name in item.files}
    return {".ipynb_checkpoints", *names}


def expected_items(submission: Submission) -> list[Item]:
    """Return the items of every section that the submission has to do with. Raises `SubmissionError` if none has."""
    sections = {item.section for item in all_items().values() if item.task in submission.asked}
    if not sections:
        raise SubmissionError(
            f"{submission.name}: no cell of it belongs to a task of this course; "
            "a solution begins with a line such as '# solution: 1.1'"
        )
    return [item for item in all_items().values() if item.section in sections]


def _judged(notebook: Path, sandboxed: bool, jobs: int | None) -> tuple[str, list[Verdict] | SubmissionError]:
    try:
        submission = submissions.read(notebook)
        items = expected_items(submission)
    except SubmissionError as error:
        return str(notebook), error
    return str(notebook), judge(submission, items, sandboxed=sandboxed, jobs=jobs)


class _Course:
    """A folder with an nbgrader_config.py, and nbgrader set to work there."""

    def __init__(self, root: Path) -> None:
        # nbgrader takes seconds to import, which only this needs.
        from nbgrader.apps import NbGraderAPI
        from nbgrader.coursedir import CourseDirectory
        from traitlets.config.loader import PyFileConfigLoader

        # Where nbgrader's gradebook writes tracebacks of what it also raises, and `record` returns.
        logging.getLogger("tornado.application").addHandler(logging.NullHandler())
        try:
            config = PyFileConfigLoader(CONFIG, path=str(root)).load_config()
        except Exception as error:  # it is a program, and may raise anything
            raise GradebookError(f"{root / CONFIG}: cannot be run: {type(error).__name__}: {error}") from None
        config.CourseDirectory.root = str(root)
        self._nbgrader = NbGraderAPI(CourseDirectory(config=config), config=config)

    def has_assignment(self, assignment: str) -> bool:
        """Raise `GradebookError` where the gradebook cannot be read."""
        from sqlalchemy.exc import SQLAlchemyError

        try:
            with self._nbgrader.gradebook as gradebook:
                return assignment in {known.name for known in gradebook.assignments}
        except SQLAlchemyError as error:
            raise GradebookError(
                f"{self._nbgrader.coursedir.root}: the course's gradebook cannot be read: "
                f"{getattr(error, 'orig', error)}. Grade again once it can be"
            ) from None

    def record(self, folder: Path, verdicts: dict[str, list[Verdict]]) -> str:
        """Have nbgrader autograde one student's assignment, with verdicts by notebook, and return what went wrong."""
        student, assignment = folder.parent.name, folder.name
        self._nbgrader.config.Judge.judged = verdicts
        with warnings.catch_warnings(action="ignore"):  # SQLAlchemy's, about nbgrader's own code
            result = self._nbgrader.autograde(assignment, student, force=True, create=True)
        if result["success"]:
            return ""
        errors = [line.partition("ERROR] ")[2] for line in result["log"].splitlines() if "ERROR] " in line]
        # In the log, a traceback is indented.
        causes = re.findall(r"^    (\w[\w.]*: .+)$", result["log"], re.MULTILINE)
        return "; ".join([*errors[:1], *causes[-1:]]) or str(result.get("error"))
