"""Says where the parts of a section do not agree: checks, hints, notebook, release, solutions and mutants."""

from __future__ import annotations

import importlib
import pkgutil
import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import nbformat

from autograder import catalogue, checks
from autograder.author.cases import CaseError, read_task
from autograder.author.cells import CellsError, write_graded_cells
from autograder.author.places import (
    CHECKS,
    HINTS,
    RELEASE,
    ROOT,
    SECTION,
    SOURCE,
    SUBMISSIONS,
    cases_of,
    hints_of,
    notebook_of,
    package_of,
    released,
    shown,
    words_of,
)
from autograder.author.releases import other_cells
from autograder.author.solutions import words_about
from autograder.item import Item

LONGEST_TITLE = 100
"""Characters that a learner can take in at a glance."""

MUTANTS = range(3, 13)
"""How many mutants an item has: enough to show that its check bites, and no more than one can read."""

_TASK_CELL = re.compile(r"(\d+(?:_\d+)?)(?:-[a-z-]+|[a-z])")
_TO_WRITE = "WRITE:"


@dataclass(frozen=True)
class Fault:
    """What does not agree, and what to do. `missing`: a whole part is not there yet, and nothing contradicts it."""

    place: Path
    text: str
    missing: bool = False

    def __str__(self) -> str:
        return f"{shown(self.place)}: {self.text}"


def faults() -> list[Fault]:
    """Return all there is to say, section by section."""
    packages = list(_packages())
    found = [package for package in packages if isinstance(package, Fault)]
    modules = [package for package in packages if not isinstance(package, Fault)]
    found += [fault for module in modules if (fault := _misnamed(module))]
    items = {module.SECTION: list(_items(module)) for module in modules if hasattr(module, "SECTION")}
    sections = {path.name for folder in (SOURCE, SUBMISSIONS) for path in folder.iterdir() if path.is_dir()}
    for section in sorted(sections | set(items)):
        found += _of_section(section, items.get(section, []))
    found += _hints_without_section({*items, *sections})
    found += _released_without_source()
    if not any(isinstance(package, Fault) for package in packages):
        found += _cases(items)
    return found


def _packages() -> Iterator[ModuleType | Fault]:
    """Every section's package of checks with its modules imported, or why it cannot be."""
    for section in pkgutil.iter_modules(checks.__path__):
        name = f"{checks.__name__}.{section.name}"
        path = CHECKS / section.name
        try:
            package = importlib.import_module(name)
            for module in pkgutil.iter_modules(package.__path__):
                path = CHECKS / section.name / f"{module.name}.py"
                importlib.import_module(f"{name}.{module.name}")
        except Exception as error:  # an author's module may raise anything
            yield Fault(path, f"cannot be imported: {type(error).__name__}: {error}")
        else:
            yield package


def _misnamed(package: ModuleType) -> Fault | None:
    path = Path(package.__path__[0])
    section = getattr(package, "SECTION", "")
    if not SECTION.fullmatch(section):
        return Fault(path / "__init__.py", 'must say which section it is, as in SECTION = "06-worker-pool"')
    if path != package_of(section):
        return Fault(path, f"holds the checks of {section}, so call it {package_of(section).name}")
    return None


def _items(package: ModuleType) -> Iterator[Item]:
    for module in pkgutil.iter_modules(package.__path__):
        values = vars(importlib.import_module(f"{package.__name__}.{module.name}")).values()
        yield from (value for value in values if isinstance(value, Item))


def _of_section(section: str, items: list[Item]) -> Iterator[Fault]:
    items = sorted(items, key=lambda item: catalogue.order(item.id))
    notebook = notebook_of(section)
    if not SECTION.fullmatch(section):
        yield Fault(SOURCE / section, "a section is called like 06-worker-pool")
        return
    yield from _items_agree(section, items)
    if notebook.exists():
        yield from _notebook_agrees(section, items)
    else:
        yield Fault(notebook, "there is no such notebook yet", missing=True)
    if items:
        yield from _hints_agree(section, items)
        yield from _words_agree(section, items)
    for path in _texts(section):
        if count := path.read_text(encoding="utf-8", errors="replace").count(_TO_WRITE):
            yield Fault(path, f"says {_TO_WRITE} in {count} places: write what it asks for")


def _items_agree(section: str, items: Sequence[Item]) -> Iterator[Fault]:
    letters: dict[str, str] = {}
    for item in items:
        path = CHECKS.parent.parent / f"{item.module.replace('.', '/')}.py"
        if len(item.title) > LONGEST_TITLE:
            yield Fault(path, f"the title of {item.id} has {len(item.title)} characters; at most {LONGEST_TITLE}")
        if item.section_number != int(item.task.partition(".")[0]):
            yield Fault(path, f"task {item.task} is declared in section {section}; move it, or number it anew")
        letters[item.task] = letters.get(item.task, "") + item.id[len(item.task) :]
    for task, given in letters.items():
        if given != (right := "abcdefghijklmnopqrstuvwxyz"[: len(given)]):
            path = package_of(section)
            yield Fault(path, f"the items of task {task} are called {given}: call them {right}, without a gap")


def _notebook_agrees(section: str, items: Sequence[Item]) -> Iterator[Fault]:
    path = notebook_of(section)
    notebook = nbformat.read(path, as_version=4)
    cells = {cell.id: cell.source for cell in notebook.cells}
    tasks = list(dict.fromkeys(item.task for item in items))
    asked = dict.fromkeys(match[1].replace("_", ".") for id in cells if (match := _TASK_CELL.fullmatch(id)))
    for task in asked:
        if task not in tasks:
            yield Fault(path, f"has cells of task {task}, which no check declares", missing=not items)
    with_files = {item.task for item in items if item.files}
    for task in tasks:
        name = task.replace(".", "_")
        for part, first_line in (
            ("leaky", f"# starting code: {task}"),
            ("solution", f"# solution: {task}"),
            ("check", f'check("{task}")'),
        ):
            cell = cells.get(f"{name}-{part}")
            if cell is None and (part == "check" or task not in with_files):
                yield Fault(path, f"there is no cell {name}-{part}; its first line is: {first_line}", missing=True)
            elif cell is not None and cell.partition("\n")[0] != first_line:
                yield Fault(path, f"the first line of the cell {name}-{part} must be: {first_line}")
    written = deepcopy(notebook)
    try:
        write_graded_cells(written, items)
    except CellsError:
        return  # said above
    if written != notebook:
        yield Fault(path, f"its graded cells are not those of the checks. {_release(section)}")
    elif not released(section).exists():
        yield Fault(released(section), f"there is no such notebook. {_release(section)}", missing=True)
    elif (others := other_cells(notebook, nbformat.read(released(section), as_version=4))) is None:
        yield Fault(released(section), f"has other cells than its source. {_release(section)}")
    elif others:
        which = f"cell {others[0]} is" if len(others) == 1 else f"cells {', '.join(others)} are"
        yield Fault(released(section), f"its {which} not what its source makes. {_release(section)}")


def _release(section: str) -> str:
    return f"Run: make release SECTION={section}"


def _hints_agree(section: str, items: Sequence[Item]) -> Iterator[Fault]:
    path = hints_of(section)
    if not path.exists():
        yield Fault(path, f"there are no hints yet for {', '.join(item.id for item in items)}", missing=True)
        return
    try:
        hints = tomllib.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        yield Fault(path, f"cannot be read as TOML: {error}")
        return
    known = [item.id for item in items if not item.choice]
    for id in known:
        given = hints.get(id, {}).get("hints", [])
        if not given:
            yield Fault(path, f'there are no hints for {id}: write ["{id}"] and three hints', missing=True)
        elif len(given) != 3 or len(set(given)) != 3:
            yield Fault(path, f"{id} has {len(set(given))} different hints: write three")
    for id in hints.keys() - set(known):
        asked = "a choice, which has none" if id in {item.id for item in items} else f"no item of {section}"
        yield Fault(path, f"has hints for {id}, which is {asked}")


def _words_agree(section: str, items: Sequence[Item]) -> Iterator[Fault]:
    """What is wrong with the words about the solutions, as far as there are any."""
    path = words_of(section)
    try:
        words = words_about(section)
    except ValueError as error:
        yield Fault(path, f"cannot be read as TOML: {error}")
        return
    tasks = {item.task for item in items}
    for task, entry in words.items():
        if task not in tasks:
            yield Fault(path, f"has words about {task}, which is no task of {section}")
            continue
        try:
            known = {case.name.split("/", 2)[2] for case in read_task(cases_of(section, task))}
        except (CaseError, OSError):
            continue  # said elsewhere
        styles = {*entry.get("also", []), *([entry["style"]] if "style" in entry else [])}
        named = {f"solutions/{name}" for name in styles} | {f"mutants/{name}" for name in entry.get("wrong", {})}
        for name in sorted(named - known):
            yield Fault(path, f"{task} names {name}, which is not in {shown(cases_of(section, task))}")


def _hints_without_section(sections: Iterable[str]) -> Iterator[Fault]:
    known = {hints_of(section) for section in sections}
    for path in sorted(HINTS.glob("*.toml")):
        if path not in known:
            yield Fault(path, "belongs to no section: call it like the section, or remove it")


def _released_without_source() -> Iterator[Fault]:
    for path in sorted(RELEASE.glob("*/")):
        if not (SOURCE / path.name).is_dir():
            yield Fault(path, "has no source any more: remove it")


def _cases(items: dict[str, list[Item]]) -> Iterator[Fault]:
    """What is wrong with solutions and mutants."""
    for folder in sorted(SUBMISSIONS.glob("[!._]*/[!._]*/")):
        try:
            cases = read_task(folder)
        except CaseError as error:
            yield Fault(folder, str(error).removeprefix(f"{folder}").lstrip("/: ").replace(f"{ROOT}/", ""))
            continue
        counts = Counter(item for case in cases for item in case.fails)
        for item in items.get(folder.parent.name, []):
            if item.task != folder.name or item.grading != "automatic" or item.choice:
                continue
            if (count := counts[item.id]) not in MUTANTS:
                words = f"{item.id} has {count} mutants; it needs {MUTANTS[0]} to {MUTANTS[-1]}"
                yield Fault(folder, words, missing=count < MUTANTS[0])
    for section, declared in items.items():
        for task in dict.fromkeys(item.task for item in declared if item.grading == "automatic"):
            if not (folder := cases_of(section, task)).exists():
                yield Fault(folder, f"there are no solutions and mutants of task {task} yet", missing=True)


def _texts(section: str) -> Iterator[Path]:
    yield from package_of(section).glob("*.py")
    yield from (path for path in (hints_of(section), notebook_of(section)) if path.exists())
    yield from (path for path in (SUBMISSIONS / section).rglob("*") if path.suffix in (".py", ".toml"))
