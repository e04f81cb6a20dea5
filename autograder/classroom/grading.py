"""Grading many: notebooks for their verdicts, or nbgrader's folder of submissions into its gradebook."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TypeVar

from autograder.catalogue import tasks_with_files
from autograder.classroom.gradebook import CONFIG, Course, GradebookError, Problem
from autograder.classroom.judges import Judges, judged
from autograder.files import SubmissionError, read_text
from autograder.verdict import Verdict

SUBMITTED = "submitted"

_LAYOUT = f"{SUBMITTED}/<student>/<assignment>/"

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
        yield Graded(str(path), judged(path, read_text, sandboxed, jobs))
        return
    jobs = jobs or os.cpu_count() or 1
    submitted = course_folder.resolve() / SUBMITTED
    if (course_folder / CONFIG).exists() and path.resolve().is_relative_to(submitted):
        yield from _grade_course(Course(course_folder.resolve()), path, submitted, sandboxed, jobs, expect)
        return
    notebooks = sorted(
        notebook
        for notebook in path.rglob("*.ipynb")
        if not _other_folders() & set(notebook.relative_to(path).parts[:-1]) and not notebook.is_dir()
    )
    if not notebooks:
        raise SubmissionError(f"{path}: there is no notebook in it")
    expect(len(notebooks))
    with Judges(sandboxed, jobs) as judges:
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
    course: Course, path: Path, submitted: Path, sandboxed: bool, jobs: int, expect: Callable[[int], None]
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
    with Judges(sandboxed, jobs) as judges:
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


def _folders(folder: Path) -> Iterator[Path]:
    """The folders in a folder, but for those that file managers and archives leave behind."""
    for path in sorted(folder.iterdir()):
        if path.is_dir() and not path.name.startswith(".") and path.name != "__MACOSX":
            yield path


def _other_folders() -> set[str]:
    """Folders whose notebooks are no submissions: what learners edit beside theirs may hold some."""
    names = {name.rstrip("/") for item in tasks_with_files().values() for name in item.files}
    return {".ipynb_checkpoints", *names}
