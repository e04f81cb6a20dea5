"""Grading many: notebooks for their verdicts, or nbgrader's folder of submissions into its gradebook."""

from __future__ import annotations

import glob
import logging
import re
import warnings
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from autograder import submission as submissions
from autograder.catalogue import all_items, tasks_with_files
from autograder.files import read_text, refuse_links
from autograder.item import Item
from autograder.run.judge import JudgeError, judge
from autograder.submission import Submission, SubmissionError
from autograder.verdict import Verdict

CONFIG = "nbgrader_config.py"
SUBMITTED = "submitted"

_LAYOUT = f"{SUBMITTED}/<student>/<assignment>/"


class GradebookError(Exception):
    """The course cannot be used, or nbgrader did not record a submission. The text says why."""


Problem = SubmissionError | GradebookError | JudgeError


def grade(
    path: Path, course_folder: Path, *, sandboxed: bool, jobs: int | None
) -> Iterator[tuple[str, list[Verdict] | Problem]]:
    """Yield each submission's name and its verdicts, or what kept it from being graded.

    `path` is a notebook, a folder of notebooks or, where `course_folder` has an nbgrader_config.py, its folder
    `submitted` or one in it: then each `submitted/<student>/<assignment>` is recorded in the course's gradebook as
    `nbgrader autograde` records it. No other configuration is run: one may have come with what is graded.
    """
    if path.is_symlink() and SUBMITTED in path.absolute().parent.parts[-2:]:
        # A student's folder, or an assignment's in it; the folder `submitted` itself may lie elsewhere.
        raise SubmissionError(f"{path}: a symbolic link, which may lead anywhere. Hand in the folder itself")
    if not path.is_dir():
        yield _judged(path, sandboxed, jobs)
        return
    submitted = course_folder.resolve() / SUBMITTED
    if (course_folder / CONFIG).exists() and path.resolve().is_relative_to(submitted):
        yield from _grade_course(_Course(course_folder.resolve()), path, submitted, sandboxed, jobs)
        return
    notebooks = sorted(
        notebook
        for notebook in path.rglob("*.ipynb")
        if not _other_folders() & set(notebook.relative_to(path).parts[:-1]) and not notebook.is_dir()
    )
    if not notebooks:
        raise SubmissionError(f"{path}: there is no notebook in it")
    for notebook in notebooks:
        yield _judged(notebook, sandboxed, jobs)
    for folder in (path.resolve(), *path.resolve().parents):
        if folder.name == SUBMITTED and (folder.parent / CONFIG).exists():
            yield (
                str(path),
                GradebookError(f"{path}: not recorded in a gradebook. For that, say whose: --course {folder.parent}"),
            )


def _grade_course(
    course: _Course, path: Path, submitted: Path, sandboxed: bool, jobs: int | None
) -> Iterator[tuple[str, list[Verdict] | Problem]]:
    depth = len(path.resolve().relative_to(submitted).parts)
    if depth > 2:
        raise SubmissionError(f"{path}: not a hand-in. Those lie at {_LAYOUT}")
    hand_ins = 0
    for student in _folders(path) if depth == 0 else [path]:
        folders = [student] if depth == 2 else list(_folders(student))
        if not folders:
            yield str(student), SubmissionError(f"{student}: there is no assignment in it. Hand-ins lie at {_LAYOUT}")
        for folder in folders:
            hand_ins += 1
            try:
                yield from course.grade(folder, sandboxed, jobs)
            except (SubmissionError, GradebookError, JudgeError) as error:
                yield str(folder), error
    if depth == 0:
        for file in sorted(path.iterdir()):
            if file.suffix.lower() in (".zip", ".ipynb") and not file.name.startswith(".") and not file.is_dir():
                yield str(file), SubmissionError(f"{file}: not graded. Hand-ins lie at {_LAYOUT}")
    if not hand_ins:
        raise SubmissionError(f"{path}: there is no notebook in it")


def _folders(folder: Path) -> Iterator[Path]:
    """The folders in a folder, but for those that file managers and archives leave behind."""
    for path in sorted(folder.iterdir()):
        if path.is_dir() and not path.name.startswith(".") and path.name != "__MACOSX":
            yield path


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


def _judged(
    notebook: Path, sandboxed: bool, jobs: int | None, texts: dict[str, str] | None = None
) -> tuple[str, list[Verdict] | Problem]:
    """Judge a notebook; `texts` gets the text that was judged, by the notebook's path."""
    try:
        if texts is None:
            submission = submissions.read(notebook)
        else:
            text = texts[str(notebook.resolve())] = read_text(notebook)
            submission = submissions.from_text(notebook, text)
        return str(notebook), judge(submission, expected_items(submission), sandboxed=sandboxed, jobs=jobs)
    except (SubmissionError, JudgeError) as error:
        return str(notebook), error


def _instead(folder: Path, name: str) -> str:
    """What there is in the place of a hand-in's notebook, and what to do with it."""
    for path in sorted(folder.rglob(f"{name}.ipynb")):
        return f"; it lies at {path}. Move it up"
    files = sorted(path.name for path in folder.iterdir() if not path.name.startswith(".") and path.is_file())
    for file in files:
        if ".ipynb" in file.lower():
            return f", but {file!r}. Rename it to {name}.ipynb"
    for file in files:
        if file.lower().endswith((".zip", ".7z", ".rar", ".gz")):
            return f", but {file!r}. Unpack it"
    return f", but {', '.join(map(repr, files[:3]))}" if files else ": the folder is empty"


class _Course:
    """A folder with an nbgrader_config.py, and nbgrader set to work there."""

    def __init__(self, root: Path) -> None:
        # nbgrader takes seconds to import, which only this needs.
        from nbgrader.apps import NbGraderAPI
        from traitlets.config.loader import PyFileConfigLoader

        # Where nbgrader's gradebook writes tracebacks of what it also raises, and `record` returns.
        logging.getLogger("tornado.application").addHandler(logging.NullHandler())
        try:
            config = PyFileConfigLoader(CONFIG, path=str(root)).load_config()
        except Exception as error:  # it is a program, and may raise anything
            raise GradebookError(f"{root / CONFIG}: cannot be run: {type(error).__name__}: {error}") from None
        config.CourseDirectory.root = str(root)
        self._directory = _directory(config)
        self._nbgrader = NbGraderAPI(self._directory, config=config)

    def grade(self, folder: Path, sandboxed: bool, jobs: int | None) -> Iterator[tuple[str, list[Verdict] | Problem]]:
        """Judge a hand-in and record it. Raises `SubmissionError`, `GradebookError` and `JudgeError`."""
        wanted = self._notebooks(folder)
        refuse_links(folder)
        there = {path.stem: path for path in sorted(folder.glob("*.ipynb")) if not path.name.startswith(".")}
        for name in sorted(wanted - there.keys()):
            yield str(folder), SubmissionError(f"{folder}: there is no {name}.ipynb in it{_instead(folder, name)}")
        if wanted <= there.keys():
            names = " and ".join(sorted(f"{name}.ipynb" for name in wanted))
            for name in sorted(there.keys() - wanted):
                yield str(folder), SubmissionError(f"{there[name]}: not graded. The assignment is {names}")
        verdicts: dict[str, list[Verdict]] = {}
        texts: dict[str, str] = {}
        for name in sorted(wanted & there.keys()):
            said, outcome = _judged(there[name], sandboxed, jobs, texts)
            yield said, outcome
            if not isinstance(outcome, Exception):
                verdicts[name] = outcome
        if verdicts and (problem := self._record(folder.resolve(), verdicts, texts)):
            raise GradebookError(f"{folder}: nbgrader did not record it: {problem}")
        if verdicts and (problem := self._directory.untimely(folder)):
            raise GradebookError(problem)

    def _notebooks(self, folder: Path) -> set[str]:
        """Return the names of an assignment's notebooks. Raises `GradebookError`."""
        from sqlalchemy.exc import SQLAlchemyError

        assignment = folder.resolve().name
        try:
            with self._nbgrader.gradebook as gradebook:
                notebooks = {
                    known.name: {notebook.name for notebook in known.notebooks} for known in gradebook.assignments
                }
        except SQLAlchemyError as error:
            raise GradebookError(
                f"{self._nbgrader.coursedir.root}: the course's gradebook cannot be read: "
                f"{getattr(error, 'orig', error)}. Grade again once it can be"
            ) from None
        if assignment not in notebooks:
            raise GradebookError(
                f"{folder}: the gradebook has no assignment {assignment!r}. "
                f"Make it with: nbgrader generate_assignment {assignment}"
            )
        return notebooks[assignment]

    def _record(self, folder: Path, verdicts: dict[str, list[Verdict]], texts: dict[str, str]) -> str:
        """Have nbgrader autograde one student's assignment, with verdicts by notebook, and return what went wrong."""
        student, assignment = folder.parent.name, folder.name
        if student != student.strip() or student != glob.escape(student):
            return (
                f"it would not find {student!r}, or take another for it. Rename the folder: no * ? [, no outer spaces"
            )
        self._nbgrader.config.Judge.judged = verdicts
        self._nbgrader.config.HandedIn.texts = texts
        with warnings.catch_warnings(action="ignore"):  # SQLAlchemy's, about nbgrader's own code
            result = self._nbgrader.autograde(assignment, student, force=True, create=True)
        if result["success"]:
            return ""
        errors = [line.partition("ERROR] ")[2] for line in result["log"].splitlines() if "ERROR] " in line]
        # In the log, a traceback is indented.
        causes = re.findall(r"^    (\w[\w.]*: .+)$", result["log"], re.MULTILINE)
        return "; ".join([*errors[:1], *causes[-1:]]) or str(result.get("error"))


def _directory(config: Any) -> Any:
    """Return nbgrader's course directory, for which a time that is none is no reason not to record a hand-in."""
    from nbgrader.coursedir import CourseDirectory
    from nbgrader.utils import parse_utc

    class Directory(CourseDirectory):
        def get_existing_timestamp(self, dest_path: str) -> datetime | None:
            try:
                text = (Path(dest_path) / "timestamp.txt").read_text(encoding="utf-8-sig").strip()
                return parse_utc(text) if text else None
            except (OSError, ValueError):
                return None

        def untimely(self, folder: Path) -> str:
            file = folder / "timestamp.txt"
            if not file.exists() or self.get_existing_timestamp(str(folder)):
                return ""
            return f"{file}: not a time such as 2026-01-05 13:30:00 UTC. The hand-in was recorded without one"

    return Directory(config=config)
