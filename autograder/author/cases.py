"""Cases: solutions whose verdicts are known, because they are right or because they are wrong in one known way.

A task's cases are in a folder `<NN-section>/<task>/`:

    solutions/plain_loop.py     right, in a style of its own; or a folder, where the task is about files: of those given
                                out, it holds the ones that it changes
    mutants.toml                wrong: each table is an edit of a solution
    mutants/polls.py            wrong, and like no solution; its first line says `# fails: 2e`

    [returns_before_the_loop_has_exited]
    of = "plain_loop"
    old = "        await self._task\\n"
    new = ""
    fails = ["2d"]

`of` names a solution, or a mutant that stands above, where only two edits together make the fault. `old` must occur
exactly once, so that an edit cannot miss unnoticed when the solution changes. Where the solution is a folder, `file`
says which file is edited. `python = "<3.13"` says on which versions the mutant is wrong; on others
it is left out.
"""

from __future__ import annotations

import ast
import platform
import tomllib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from packaging.specifiers import InvalidSpecifier, SpecifierSet

from autograder import submission
from autograder.catalogue import all_items, select, tasks_with_files
from autograder.files import SubmissionError, read_tree
from autograder.given_out import folder_of
from autograder.item import Item
from autograder.run.judge import judge_task
from autograder.source import Source
from autograder.submission import Submission
from autograder.verdict import Verdict

MUTANTS = "mutants.toml"

_REQUIRED = {"of": str, "old": str, "new": str, "fails": list}
_OPTIONAL = {"file": str, "python": str}


class CaseError(Exception):
    """A case that cannot be read. Its text names the file and what to do."""


@dataclass(frozen=True)
class Case:
    """A solution of `task` and the items that must fail on it: none where it is right.

    `name` is its folder and its own name, such as `02-start-stop/2/mutants/never_awaits`.
    """

    name: str
    task: str
    source: Source
    fails: frozenset[str] = frozenset()

    @property
    def section(self) -> str:
        return self.name.partition("/")[0]

    def judge(self, *, real_time: bool = False, without: Collection[str] = ()) -> list[Verdict]:
        """Judge the case in the sandbox, on real time throughout if so, and return the verdicts on its items.

        Those whose ids are in `without` are left out.
        """
        submission = Submission(self.name, {self.task: self.source})
        items = [item for item in select(self.task) if item.id not in without]
        return judge_task(submission, self.task, items, sandboxed=True, real_time=real_time)


def read_cases(root: Path) -> list[Case]:
    """Read the cases of every task below `root`, in the order of the folders. Raises `CaseError`."""
    return [case for folder in sorted(root.glob("[!._]*/[!._]*/")) for case in read_task(folder)]


def read_task(folder: Path) -> list[Case]:
    """Read the cases of the task whose folder this is, solutions first. Raises `CaseError`."""
    items = _items(folder)
    prefix = f"{folder.parent.name}/{folder.name}"
    solutions = {path.stem: _read(path, folder.name) for path in _entries(folder / "solutions")}
    if not solutions:
        raise CaseError(f"{folder / 'solutions'}: there is no solution. Add at least one, as <style>.py or a folder")
    cases = [Case(f"{prefix}/solutions/{name}", folder.name, source) for name, source in solutions.items()]
    mutants, sources = {}, dict(solutions)
    for path in _entries(folder / "mutants"):
        source = _read(path, folder.name)
        mutants[path.stem] = source, _fails(_first_line(source), items, f"{path}: its first line '# fails: …'")
    for name, table in _tables(folder / MUTANTS).items():
        place = f"{folder / MUTANTS}: [{name}]"
        if name in mutants:
            raise CaseError(f"{place}: there is a file mutants/{name} too. Rename one of them")
        fields = _fields(table, place)
        fails = _fails(fields["fails"], items, f"{place}: `fails`")
        source = sources[name] = _edited(sources, fields, place)
        if _is_wrong_here(fields.get("python", ""), place):
            mutants[name] = source, fails
    cases += [Case(f"{prefix}/mutants/{name}", folder.name, *mutant) for name, mutant in sorted(mutants.items())]
    return cases


def _items(folder: Path) -> list[Item]:
    items = [item for item in all_items().values() if item.task == folder.name]
    if not items:
        raise CaseError(f"{folder}: no task is called {folder.name}. Rename or remove the folder, or write the checks")
    if items[0].section != folder.parent.name:
        raise CaseError(f"{folder}: task {folder.name} is of section {items[0].section}. Move the folder there")
    return items


def _entries(folder: Path) -> Iterable[Path]:
    """The solutions or mutants in a folder: Python files and folders."""
    folder = folder.resolve()  # two tasks about one project may share their solutions, by a link
    for path in sorted(folder.iterdir()) if folder.is_dir() else []:
        if path.name.startswith((".", "__pycache__")):
            continue
        if path.suffix != ".py" and not path.is_dir():
            raise CaseError(f"{path}: neither a .py file nor a folder. Remove it")
        yield path


def _read(path: Path, task: str) -> Source:
    try:
        source = submission.read(path, task).tasks.get(task)
    except SubmissionError as error:
        raise CaseError(str(error)) from None
    if source is None:
        raise CaseError(f"{path}: nothing in it belongs to task {task}. Add solution.py, or the files of the task")
    if source.problem:
        raise CaseError(source.problem)
    if path.is_dir() and (declared := tasks_with_files().get(task)):
        given = read_tree(folder_of(declared.section), declared.files)
        return replace(source, beside={**given, **source.beside})
    return source


def _first_line(source: Source) -> list[str]:
    mark, _, items = source.files.get(source.main, "").partition("\n")[0].partition(":")
    return items.split() if mark == "# fails" else []


def _tables(path: Path) -> Mapping[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CaseError(f"{path}: cannot be read as TOML: {error}") from None


def _fields(table: Any, place: str) -> dict[str, Any]:
    if not isinstance(table, dict):
        raise CaseError(f"{place}: not a table. A mutant is a table [name] with {_listed(_REQUIRED)}")
    known = _REQUIRED | _OPTIONAL
    for key in table.keys() - known:
        raise CaseError(f"{place}: no field is called `{key}`; there are {_listed(known)}")
    for key in _REQUIRED.keys() - table:
        raise CaseError(f"{place}: `{key}` is missing; a mutant needs {_listed(_REQUIRED)}")
    for key, value in table.items():
        if not isinstance(value, known[key]):
            kind = {str: "a string", list: "a list of items"}[known[key]]
            raise CaseError(f"{place}: `{key}` must be {kind}")
    return table


def _fails(ids: list[str], items: list[Item], place: str) -> frozenset[str]:
    automatic = [item.id for item in items if item.grading == "automatic"]
    if not ids:
        raise CaseError(f"{place} must list the items that fail; there are {', '.join(automatic)}")
    for id in ids:
        if id not in automatic:
            raise CaseError(f"{place}: the task has no item {id!r} that is judged; there are {', '.join(automatic)}")
    return frozenset(ids)


def _edited(sources: Mapping[str, Source], fields: Mapping[str, Any], place: str) -> Source:
    of, old, new = fields["of"], fields["old"], fields["new"]
    if of not in sources:
        raise CaseError(f"{place}: there is no {of!r} to edit above it; there are {', '.join(sources)}")
    source = sources[of]
    names = [*source.files, *source.beside]
    if "file" not in fields and len(names) > 1:
        raise CaseError(f"{place}: which file of {of} is edited? Say `file`; there are {', '.join(names)}")
    file = fields.get("file", names[0])
    if file not in names:
        raise CaseError(f"{place}: {of} has no file {file!r}; there are {', '.join(names)}")
    text = source.files[file] if file in source.files else source.beside[file].decode(errors="replace")
    times = text.count(old) if old else 0
    if times != 1:
        found = f"occurs {times} times" if times else "does not occur"
        raise CaseError(f"{place}: `old` {found} in {of}. Copy from there what occurs once")
    if old == new:
        raise CaseError(f"{place}: `old` and `new` are the same. Change something")
    text = text.replace(old, new)
    if file.endswith(".py"):
        try:
            ast.parse(text)
        except SyntaxError as error:
            raise CaseError(f"{place}: edited, {of} is no Python: {error}") from None
    if file in source.files:
        return replace(source, files={**source.files, file: text})
    return replace(source, beside={**source.beside, file: text.encode()})


def _is_wrong_here(versions: str, place: str) -> bool:
    try:
        return SpecifierSet(versions).contains(platform.python_version(), prereleases=True)
    except InvalidSpecifier:
        raise CaseError(f"{place}: `python` must say versions, as in '<3.13', not {versions!r}") from None


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
