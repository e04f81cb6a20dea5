"""A course's gradebook: hand-ins are recorded in it as `nbgrader autograde` records them."""

from __future__ import annotations

import glob
import logging
import re
import warnings
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from autograder.classroom.judges import Judges, Outcome
from autograder.files import SubmissionError, read_text, refuse_links
from autograder.run.judge import JudgeError
from autograder.verdict import Verdict

CONFIG = "nbgrader_config.py"


class GradebookError(Exception):
    """The course cannot be used, or nbgrader did not record a submission. The text says why."""


Problem = SubmissionError | GradebookError | JudgeError


@dataclass
class HandIn:
    """One student's folder: what is wrong with it, and its notebooks, which are being judged."""

    folder: Path
    problems: list[tuple[str, Problem]] = field(default_factory=list)
    judged: dict[Path, Future[Outcome]] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)

    def read(self, notebook: Path) -> str:
        """Read a notebook, and keep its text: it is what will be recorded, whatever becomes of the file."""
        text = self.texts[str(notebook.resolve())] = read_text(notebook)
        return text


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


class Course:
    """A folder with an nbgrader_config.py, and nbgrader set to work there. Raises `GradebookError`."""

    def __init__(self, root: Path) -> None:
        if str(root) != glob.escape(str(root)):
            raise GradebookError(f"{root}: nbgrader finds no hand-in in such a folder. Rename it: no * ? [ in its path")
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

    def begin(self, folder: Path, judges: Judges) -> HandIn:
        """Look at a hand-in, and have its notebooks judged."""
        hand_in = HandIn(folder)
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

    def finish(self, hand_in: HandIn) -> Iterator[tuple[str, list[Verdict] | Problem]]:
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
