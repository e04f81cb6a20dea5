"""The one reader of submissions: a notebook file, a `.py` file, a folder, or the cells run in a live notebook.

A submission maps each task to the learner's source for it. The files that a task declares are read from beside the
notebook.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from autograder.catalogue import all_items, tasks_with_files
from autograder.files import SubmissionError, read_text, read_tree
from autograder.given_out import LARGEST_CODE, folder_of, is_as_given, is_empty, starting_code
from autograder.notebook import CELL_ID, Cell, dotted, notebook_cells, solution_cells
from autograder.source import Source
from course.marks import mark_of

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


def read(path: Path | str, task: str | None = None) -> Submission:
    """Read a notebook, a `.py` file or a folder of them.

    `task` says which task a `.py` file or a folder solves, where its first line does not. Raises `SubmissionError`.
    """
    path = Path(path)
    if path.is_dir():
        return _read_folder(path, task)
    text = read_text(path)
    if path.suffix == ".ipynb":
        return from_text(path, text)
    if path.suffix == ".py":
        task = task or _marked_task(text)
        if task is None:
            raise SubmissionError(f"{path}: which task is it for? Say --task, or begin it with '# solution: 1.1'")
        return _of_one_task(str(path), task, _source({path.name: text}, path.name), path.parent)
    raise SubmissionError(f"{path}: not a notebook (.ipynb), a Python file (.py) or a folder")


def from_live_cells(cells: Iterable[str], folder: Path) -> Submission:
    """Read the cells that a live notebook in `folder` has run: for each task the last one run counts."""
    numbered = [Cell(source, number=number) for number, source in enumerate(cells)]
    return _from_cells(LIVE, numbered, folder, last_wins=True)


def from_text(path: Path, text: str) -> Submission:
    """Read a notebook whose text is known already; `path` is where it lies. Raises `SubmissionError`."""
    return _from_cells(str(path), solution_cells(notebook_cells(path, text)), path.parent, last_wins=False)


def _from_cells(name: str, cells: list[Cell], folder: Path, *, last_wins: bool) -> Submission:
    solutions: dict[str, list[Cell]] = {}
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
        given = starting_code(task) or starting.get(task, "")
        changed = [cell for cell in candidates if not is_as_given(cell.source, given)]
        cell = candidates[-1] if last_wins or not changed else changed[-1]
        source = _source({label: cell.source}, label, cell not in changed)
        if last_wins and _defined_again(task, cells[cell.number + 1 :]):
            source = Source(label, source.files, problem=_NOT_MARKED.format(task=task))
        if len(changed) > 1 and not last_wins:
            source = Source(label, source.files, problem=_more_than_one(task, changed))
        tasks[task] = source
    asked = {dotted(match["task"]) for cell in cells if (match := CELL_ID.match(cell.id))}
    for task in tasks_with_files():
        if whole := _with_files(tasks.get(task), task, folder):
            tasks[task] = whole
    return Submission(name, tasks, frozenset(asked | set(tasks)))


_NOT_MARKED = (
    "The cell that defines this and was run last does not begin with the line '# solution: {task}': it would not be "
    "graded. Begin it with that line, or run your solution again."
)


def _more_than_one(task: str, cells: list[Cell]) -> str:
    numbers = " and ".join(str(cell.number) for cell in cells)
    if all(mark_of(cell.source) for cell in cells):
        return f"Cells {numbers} of the notebook are both a solution of task {task}. Keep one of them."
    # Jupyter gives both halves of a cell that was split the id of the whole.
    return (
        f"Cells {numbers} of the notebook are both known as the solution of task {task}, as the halves of a cell that "
        "was split are. Join them (select them, then Shift-M), or delete what is not your solution."
    )


def _defined_again(task: str, later: list[Cell]) -> bool:
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
    as_given = not beside or beside == read_tree(folder_of(declared.section), declared.files)
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
    for name, text in files.items():
        if len(text) > LARGEST_CODE:
            problem = f"{name} has more than {LARGEST_CODE // 1000} KB of code. Move data that is in it to a file."
            return Source(main, problem=problem)
    return Source(main, files, untouched or all(map(is_empty, files.values())))


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
