"""The one reader of submissions: a notebook file, a `.py` file, a folder, or the cells run in a live notebook.

A submission maps each task to the learner's source for it. A cell belongs to the task that a comment at its top names
(`# solution: 1.1`) or, where that is gone, to the task of its nbgrader id or cell id (`1_1-solution`: nbformat
and nbgrader allow no dot in an id). The files that a task declares are read from beside the notebook.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from autograder.catalogue import all_items, tasks_with_files
from autograder.files import SubmissionError, read_text, read_tree
from autograder.source import Source
from course.marks import mark_of, same_code, without_magic

__all__ = ["Source", "Submission", "SubmissionError", "dotted", "from_live_cells", "from_notebook", "read"]

NOTEBOOK_FORMAT = 4
"""The newest major version of the notebook format there is."""

SOURCES = Path(__file__).parent.parent / "source"
"""Where the files lie as they were given out, if they are on this machine."""

_CELL_ID = re.compile(r"(?P<task>\d+(_\d+)?)(-(?P<kind>[a-z-]+)|[a-z])$")
_KINDS = {"solution": "solution", "leaky": "starting code"}


LIVE = "this notebook"
"""The name of what a live notebook has run."""


@dataclass(frozen=True)
class Submission:
    """What one learner hands in. `tasks` maps task numbers to sources.

    `asked` holds the tasks that the notebook asks for, with or without a solution.
    """

    name: str
    tasks: Mapping[str, Source]
    asked: frozenset[str] = frozenset()

    def lacks(self, task: str) -> str:
        """Says that there is no solution of the task."""
        mark = f"the line '# solution: {task}'"
        if self.name == LIVE:
            return f"You have not run a solution of task {task} yet: run the cell that begins with {mark}"
        return f"{self.name} has no solution of task {task}: no cell begins with {mark}"


@dataclass
class _Cell:
    source: str
    id: str = ""
    number: int = 0

    def __post_init__(self) -> None:
        self.source = without_magic(self.source)

    def kind(self) -> tuple[str, str] | None:
        """`("solution", "1.1")` or `("starting code", "1.1")`, or None for any other cell."""
        if mark := mark_of(self.source):
            return mark
        match = _CELL_ID.match(self.id)
        if match and match["kind"] in _KINDS:
            return _KINDS[match["kind"]], dotted(match["task"])
        return None


def read(path: Path | str, task: str | None = None) -> Submission:
    """Read a notebook, a `.py` file or a folder of them.

    `task` says which task a `.py` file or a folder solves, where its first line does not. Raises `SubmissionError`.
    """
    path = Path(path)
    if path.is_dir():
        return _read_folder(path, task)
    text = read_text(path)
    if path.suffix == ".ipynb":
        return _from_cells(str(path), _notebook_cells(path, text), path.parent, last_wins=False)
    if path.suffix == ".py":
        task = task or _marked_task(text)
        if task is None:
            raise SubmissionError(f"{path}: which task is it for? Say --task, or begin it with '# solution: 1.1'")
        return _of_one_task(str(path), task, _source({path.name: text}, path.name), path.parent)
    raise SubmissionError(f"{path}: not a notebook (.ipynb), a Python file (.py) or a folder")


def dotted(cell_id: str) -> str:
    """Return the task or item that a cell's id names: `1.1a` for `1_1a`."""
    return cell_id.replace("_", ".")


def from_live_cells(cells: Iterable[str], folder: Path) -> Submission:
    """Read the cells that a live notebook in `folder` has run: for each task the last one run counts."""
    numbered = [_Cell(source, number=number) for number, source in enumerate(cells)]
    return _from_cells(LIVE, numbered, folder, last_wins=True)


def from_notebook(name: str, notebook: Mapping[str, Any], folder: Path) -> Submission:
    """Read a notebook of format 4 that is in memory and belongs into `folder`."""
    return _from_cells(name, _code_cells(notebook["cells"]), folder, last_wins=False)


def _notebook_cells(path: Path, text: str) -> list[_Cell]:
    if not text.strip():
        raise SubmissionError(f"{path}: not a notebook: the file is empty")
    try:
        notebook = json.loads(text)
    except ValueError as error:
        raise SubmissionError(f"{path}: not a notebook: it is not JSON ({error})") from None
    except RecursionError:
        raise SubmissionError(f"{path}: not a notebook: its JSON is nested too deeply") from None
    if not isinstance(notebook, dict) or not ("cells" in notebook or "worksheets" in notebook):
        raise SubmissionError(f"{path}: not a notebook: it has no cells")
    version = notebook.get("nbformat", 4 if "cells" in notebook else 3)
    if not isinstance(version, int) or version > NOTEBOOK_FORMAT:
        raise SubmissionError(
            f"{path}: notebook format {version}; the newest that can be read is {NOTEBOOK_FORMAT}. "
            "Save it in JupyterLab and try again"
        )
    if version < NOTEBOOK_FORMAT:
        # Takes over a second to import, and few notebooks need it.
        import nbformat

        try:
            notebook = nbformat.convert(nbformat.from_dict(notebook), NOTEBOOK_FORMAT)
        except Exception as error:  # nbformat raises whatever its converters stumble on
            raise SubmissionError(f"{path}: notebook format {version} that cannot be converted: {error}") from None
    cells = notebook["cells"]
    if not isinstance(cells, list):
        raise SubmissionError(f"{path}: not a notebook: its cells are no list")
    return _code_cells(cells)


def _code_cells(cells: list[Any]) -> list[_Cell]:
    return [
        _Cell(_joined(cell.get("source", "")), _cell_id(cell), number)
        for number, cell in enumerate(cells, 1)
        if isinstance(cell, dict) and cell.get("cell_type") == "code"
    ]


def _joined(source: Any) -> str:
    return "".join(map(str, source)) if isinstance(source, list) else str(source)


def _cell_id(cell: dict[str, Any]) -> str:
    metadata = cell.get("metadata")
    nbgrader = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    grade_id = nbgrader.get("grade_id") if isinstance(nbgrader, dict) else None
    return str(grade_id or cell.get("id") or "")


def _from_cells(name: str, cells: list[_Cell], folder: Path, *, last_wins: bool) -> Submission:
    solutions: dict[str, list[_Cell]] = {}
    starting: dict[str, str] = {}
    for cell in cells:
        match cell.kind():
            case ("solution", task):
                solutions.setdefault(task, []).append(cell)
            case ("starting code", task):
                starting[task] = cell.source
    tasks = {}
    for task, candidates in solutions.items():
        label = f"cell {task}"
        cell = candidates[-1]
        untouched = task in starting and same_code(cell.source, starting[task])
        source = _source({label: cell.source}, label, untouched)
        if last_wins and _defined_again(task, cells[cell.number + 1 :]):
            source = Source(label, source.files, problem=_NOT_MARKED.format(task=task))
        if len(candidates) > 1 and not last_wins:
            numbers = " and ".join(str(candidate.number) for candidate in candidates)
            problem = f"Cells {numbers} of the notebook are both a solution of task {task}. Keep one of them."
            source = Source(label, source.files, problem=problem)
        tasks[task] = source
    asked = {dotted(match["task"]) for cell in cells if (match := _CELL_ID.match(cell.id))}
    for task in tasks_with_files():
        if whole := _with_files(tasks.get(task), task, folder):
            tasks[task] = whole
    return Submission(name, tasks, frozenset(asked | set(tasks)))


_NOT_MARKED = (
    "The cell that defines this and was run last does not begin with the line '# solution: {task}': it would not be "
    "graded. Begin it with that line, or run your solution again."
)


def _defined_again(task: str, later: list[_Cell]) -> bool:
    """Whether a cell that was run later, and does not say what it is, defines what the task asks for."""
    needed = {name for item in all_items().values() if item.task == task for name in item.needs}
    return any(not cell.kind() and needed & _defined(cell.source) for cell in later)


def _of_one_task(name: str, task: str, source: Source | None, folder: Path) -> Submission:
    if task in tasks_with_files():
        source = _with_files(source, task, folder)
    return Submission(name, {task: source} if source else {}, frozenset({task}))


def _with_files(source: Source | None, task: str, folder: Path) -> Source | None:
    """A task's source with the files beside it; None where there is neither a cell nor a file."""
    declared = tasks_with_files()[task]
    try:
        beside = read_tree(folder, declared.files)
    except SubmissionError as error:
        return Source(problem=str(error))
    if source is None and not beside:
        return None
    source = source or Source(untouched=True)
    as_given = not beside or beside == read_tree(SOURCES / declared.section, declared.files)
    return replace(source, beside=beside, untouched=source.untouched and as_given)


def _read_folder(folder: Path, task: str | None) -> Submission:
    if task in tasks_with_files():
        module = folder / "solution.py"
        source = _source({module.name: read_text(module)}, module.name) if module.exists() else None
        return _of_one_task(str(folder), task, source, folder)
    files = {
        str(path.relative_to(folder)): read_text(path)
        for path in sorted(folder.rglob("*.py"))
        if not any(part.startswith((".", "__pycache__")) for part in path.relative_to(folder).parts)
    }
    if not files:
        raise SubmissionError(f"{folder}: there is no Python file in it")
    if task is None:
        raise SubmissionError(f"{folder}: which task is it for? Say --task")
    marked = [name for name, text in files.items() if _marked_task(text) == task]
    main = next((name for name in (*marked, "solution.py") if name in files), None)
    if main is None and len(files) == 1:
        (main,) = files
    if main is None:
        raise SubmissionError(
            f"{folder}: which of its {len(files)} files is the solution? "
            f"Call it solution.py, or begin it with '# solution: {task}'"
        )
    return Submission(str(folder), {task: _source(files, main)}, frozenset({task}))


def _source(files: Mapping[str, str], main: str, untouched: bool = False) -> Source:
    return Source(main, files, untouched or all(map(_is_empty, files.values())))


def _marked_task(text: str) -> str | None:
    kind, task = mark_of(text) or ("", None)
    return task if kind == "solution" else None


def _defined(text: str) -> set[str]:
    """The functions and classes that a cell defines."""
    try:
        statements = ast.parse(text).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set()
    definitions = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    return {statement.name for statement in statements if isinstance(statement, definitions)}


def _is_empty(text: str) -> bool:
    """Whether there is nothing in it but comments, texts, imports and `raise NotImplementedError`."""
    try:
        statements = ast.parse(text).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return all(
        isinstance(statement, ast.Import | ast.ImportFrom | ast.Pass)
        or (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant))
        or (isinstance(statement, ast.Raise) and "NotImplementedError" in ast.dump(statement))
        for statement in statements
    )
