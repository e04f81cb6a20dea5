"""Grading many: notebooks for their verdicts, or nbgrader's folder of submissions into its gradebook."""

from __future__ import annotations

import glob
import logging
import os
import re
import warnings
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Any, TypeVar

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
T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True)
class Graded:
    """A notebook's verdicts, or what kept it from being graded; `student` is who handed it in, where that is known."""

    name: str
    outcome: list[Verdict] | Problem
    student: str = ""


def grade(
    path: Path, course_folder: Path, *, sandboxed: bool, jobs: int | None, expect: Callable[[int], None]
) -> Iterator[Graded]:
    """Yield what came of each notebook; `expect` is told how many hand-ins, or notebooks, there are.

    `path` is a notebook, a folder of notebooks or, where `course_folder` has an nbgrader_config.py, its folder
    `submitted` or one in it: then each `submitted/<student>/<assignment>` is recorded in the course's gradebook as
    `nbgrader autograde` records it. No other configuration is run: one may have come with what is graded. `jobs`
    notebooks are judged at once, by default one a processor.
    """
    if path.is_symlink() and SUBMITTED in path.absolute().parent.parts[-2:]:
        # A student's folder, or an assignment's in it; the folder `submitted` itself may lie elsewhere.
        raise SubmissionError(f"{path}: a symbolic link, which may lead anywhere. Hand in the folder itself")
    if not path.is_dir():
        expect(1)
        yield Graded(str(path), _judged(path, read_text, sandboxed, jobs))
        return
    jobs = jobs or os.cpu_count() or 1
    submitted = course_folder.resolve() / SUBMITTED
    if (course_folder / CONFIG).exists() and path.resolve().is_relative_to(submitted):
        yield from _grade_course(_Course(course_folder.resolve()), path, submitted, sandboxed, jobs, expect)
        return
    notebooks = sorted(
        notebook
        for notebook in path.rglob("*.ipynb")
        if not _other_folders() & set(notebook.relative_to(path).parts[:-1]) and not notebook.is_dir()
    )
    if not notebooks:
        raise SubmissionError(f"{path}: there is no notebook in it")
    expect(len(notebooks))
    with _Judges(sandboxed, jobs) as judges:
        for notebook, outcome in _ahead(
            notebooks, lambda notebook: (notebook, judges.begin(notebook, read_text)), jobs
        ):
            yield Graded(str(notebook), outcome.result())
    for folder in (path.resolve(), *path.resolve().parents):
        if folder.name == SUBMITTED and (folder.parent / CONFIG).exists():
            problem = GradebookError(
                f"{path}: not recorded in a gradebook. For that, say whose: --course {folder.parent}"
            )
            yield Graded(str(path), problem)


def _grade_course(
    course: _Course, path: Path, submitted: Path, sandboxed: bool, jobs: int, expect: Callable[[int], None]
) -> Iterator[Graded]:
    depth = len(path.resolve().relative_to(submitted).parts)
    if depth > 2:
        raise SubmissionError(f"{path}: not a hand-in. Those lie at {_LAYOUT}")
    students = list(_folders(path)) if depth == 0 else [path]
    folders = {student: [student] if depth == 2 else list(_folders(student)) for student in students}
    expect(sum(map(len, folders.values())))
    for student, hand_ins in folders.items():
        if not hand_ins:
            problem = SubmissionError(f"{student}: there is no assignment in it. Hand-ins lie at {_LAYOUT}")
            yield Graded(str(student), problem)
    with _Judges(sandboxed, jobs) as judges:
        # While one hand-in is recorded, the next are judged.
        for hand_in in _ahead(chain(*folders.values()), lambda folder: course.begin(folder, judges), jobs):
            whose = hand_in.folder.resolve().parent.name
            yield from (Graded(name, outcome, whose) for name, outcome in course.finish(hand_in))
    if depth == 0:
        for file in sorted(path.iterdir()):
            if file.suffix.lower() in (".zip", ".ipynb") and not file.name.startswith(".") and not file.is_dir():
                yield Graded(str(file), SubmissionError(f"{file}: not graded. Hand-ins lie at {_LAYOUT}"))
    if not any(folders.values()):
        raise SubmissionError(f"{path}: there is no notebook in it")


def _ahead(things: Iterable[T], begin: Callable[[T], R], most: int) -> Iterator[R]:
    """Yield what `begin` makes of each thing, in their order, when `most` more have begun."""
    begun: deque[R] = deque()
    for thing in things:
        begun.append(begin(thing))
        if len(begun) > most:
            yield begun.popleft()
    yield from begun


class _Judges:
    """Judge notebooks at once, each in workers of its own; those that have not begun are given up at the end."""

    def __init__(self, sandboxed: bool, jobs: int) -> None:
        self._sandboxed = sandboxed
        self._pool = ThreadPoolExecutor(jobs, thread_name_prefix="autograder")

    def __enter__(self) -> _Judges:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(cancel_futures=True)

    def begin(self, notebook: Path, read: Callable[[Path], str]) -> Future[list[Verdict] | Problem]:
        """Begin to judge a notebook, whose text is what `read` makes of its path."""
        return self._pool.submit(_judged, notebook, read, self._sandboxed, 1)


@dataclass
class _HandIn:
    """One student's folder: what is wrong with it, and its notebooks, which are being judged."""

    folder: Path
    problems: list[tuple[str, Problem]] = field(default_factory=list)
    judged: dict[Path, Future[list[Verdict] | Problem]] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)

    def read(self, notebook: Path) -> str:
        """Read a notebook, and keep its text: it is what will be recorded, whatever becomes of the file."""
        text = self.texts[str(notebook.resolve())] = read_text(notebook)
        return text


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


def _judged(notebook: Path, read: Callable[[Path], str], sandboxed: bool, jobs: int | None) -> list[Verdict] | Problem:
    try:
        submission = _read(notebook, read)
        return judge(submission, expected_items(submission), sandboxed=sandboxed, jobs=jobs)
    except (SubmissionError, JudgeError) as error:
        return error


def _read(notebook: Path, read: Callable[[Path], str]) -> Submission:
    if notebook.suffix != ".ipynb":
        return submissions.read(notebook)
    return submissions.from_text(notebook, read(notebook))


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

    def begin(self, folder: Path, judges: _Judges) -> _HandIn:
        """Look at a hand-in, and have its notebooks judged."""
        hand_in = _HandIn(folder)
        try:
            wanted = self._notebooks(folder)
            refuse_links(folder)
        except (SubmissionError, GradebookError) as error:
            hand_in.problems.append((str(folder), error))
            return hand_in
        there = {path.stem: path for path in sorted(folder.glob("*.ipynb")) if not path.name.startswith(".")}
        for name in sorted(wanted - there.keys()):
            problem = SubmissionError(f"{folder}: there is no {name}.ipynb in it{_instead(folder, name)}")
            hand_in.problems.append((str(folder), problem))
        if wanted <= there.keys():
            names = " and ".join(sorted(f"{name}.ipynb" for name in wanted))
            for name in sorted(there.keys() - wanted):
                problem = SubmissionError(f"{there[name]}: not graded. The assignment is {names}")
                hand_in.problems.append((str(folder), problem))
        for name in sorted(wanted & there.keys()):
            hand_in.judged[there[name]] = judges.begin(there[name], hand_in.read)
        return hand_in

    def finish(self, hand_in: _HandIn) -> Iterator[tuple[str, list[Verdict] | Problem]]:
        """Yield what came of a hand-in, when it is judged and recorded."""
        yield from hand_in.problems
        verdicts: dict[str, list[Verdict]] = {}
        for path, future in hand_in.judged.items():
            outcome = future.result()
            yield str(path), outcome
            if not isinstance(outcome, Exception):
                verdicts[path.stem] = outcome
        if not verdicts:
            return
        folder = hand_in.folder
        if problem := self._record(folder.resolve(), verdicts, hand_in.texts):
            yield str(folder), GradebookError(f"{folder}: nbgrader did not record it: {problem}")
        elif problem := self._directory.untimely(folder):
            yield str(folder), GradebookError(problem)

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
