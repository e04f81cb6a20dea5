"""Task 10, the audit of an installed package: `audit.csv`, `PACKAGE` and `score()`."""

from __future__ import annotations

import importlib.util
import tomllib
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from autograder.checking import Failed, Task, where
from autograder.checks.audit import _sheet

task = Task("10", needs=("PACKAGE", "score()"), files=("audit.csv",), clock="real")

SECONDS = 30
"""Many a solution imports pandas, which takes its time on a busy machine."""

ENOUGH = 0.75
"""The share of the firm places at which the letters must be the key's."""

KEYS = tomllib.loads(resources.files(__package__).joinpath("keys.toml").read_text(encoding="utf-8"))


@dataclass(frozen=True)
class KeyPlace:
    """A place of the key: its lines, and owner, stop and wait as `Y`, `N`, or `-` where either is right."""

    file: str
    line: int
    last: int
    letters: str = "---"

    def is_at(self, file: str, line: int) -> bool:
        return file == self.file and self.line <= line <= self.last

    def agrees(self, row: _sheet.Row) -> bool:
        given = zip(self.letters, row.letters, strict=True)
        return all(letter in ("-", "Y" if yes else "N") for letter, yes in given)


def places(entries: Any) -> list[KeyPlace]:
    """The places of entries such as `run.py:126-132`, with letters where they map to some."""
    found = []
    for name in entries:
        file, _, lines = name.partition(":")
        first, _, last = lines.partition("-")
        found.append(
            KeyPlace(file, int(first), int(last or first), *([entries[name]] if isinstance(entries, dict) else []))
        )
    return found


def package_of(solution: Any) -> str:
    """The package that the learner has chosen. Raises `Failed` if it is none of the two."""
    package = solution.PACKAGE.lower() if isinstance(solution.PACKAGE, str) else ""
    if package not in KEYS:
        seen = f"it is {solution.PACKAGE!r}."
        raise Failed(f"`PACKAGE` is one of {', '.join(map(repr, KEYS))}.", seen, "cell 10")
    return package


@task.item("a", needs=("PACKAGE",), seconds=SECONDS)
def every_place(solution):
    """`audit.csv` has every place of the package, and no other; three in four are judged as in our key."""
    package = package_of(solution)
    (folder,) = importlib.util.find_spec(package).submodule_search_locations
    files = [path.relative_to(folder).as_posix() for path in Path(folder).rglob("*.py")]
    sheet = _sheet.read("audit.csv", _sheet.in_tree(files))
    free = places(KEYS[package]["free"])
    pairs = _sheet.matched(
        sheet, places(KEYS[package]["places"]), lambda row: any(place.is_at(row.file, row.line) for place in free)
    )
    if all(all(row.letters) for row, _ in pairs):
        raise Failed("some places lack an owner, a stop or a wait.", "every row is Y, Y, Y.", sheet.name)
    firm = [(row, place) for row, place in pairs if place.letters != "---"]
    wrong = [row for row, place in firm if not place.agrees(row)]
    if len(wrong) > (1 - ENOUGH) * len(firm):
        few = "; ".join(map(str, wrong[:3]))
        seen = f"{len(firm) - len(wrong)} of {len(firm)} agree. Read the code again at {few}."
        raise Failed("at three places in four, owner, stop and wait are judged as in our key.", seen, sheet.name)


@task.item("b", seconds=SECONDS)
def score(solution):
    """`score()` is the share of rows with Y, Y, Y in `audit.csv`, whatever is in it; `None` without rows."""
    sheet = _sheet.read("audit.csv")
    before = Path("audit.csv").read_bytes()
    head = before.decode("utf-8-sig").splitlines()[0]
    columns = [column.strip().strip('"').lower() for column in head.split(sheet.delimiter)]
    for answers in (None, [], ["YYY"], ["NNN"], ["YYY", "YYN", "YNY", "NYY", "YYY"], ["YYY"] * 6 + ["NNN"]):
        if answers is not None:
            lines = [_line(columns, letters, number, sheet) for number, letters in enumerate(answers)]
            mark = "\ufeff" if before.startswith(b"\xef\xbb\xbf") else ""
            Path("audit.csv").write_text(mark + "\n".join([head, *lines]) + "\n", encoding="utf-8")
        if fault := _sheet.fault_in_share(solution.score(), _sheet.read("audit.csv")):
            expected, seen = fault
            rows = "your spreadsheet" if answers is None else f"a spreadsheet with {', '.join(answers) or 'no rows'}"
            raise Failed(f"for {rows}, {expected}", seen, where(solution.score))


def _line(columns: list[str], letters: str, number: int, sheet: _sheet.Sheet) -> str:
    """A row of a spreadsheet in the learner's own dialect."""
    owner, stop, wait = (sheet.words[letter == "N"] for letter in letters)
    known = {"file": f"module{number}.py", "line": str(number + 1), "owner": owner, "stop": stop, "wait": wait}
    return sheet.delimiter.join(known.get(column, f'"f(1{sheet.delimiter} Y)"') for column in columns)


@task.manual("c")
def worst_three():
    """Three places: what would leak at shutdown, and a fix for each."""


@task.manual("d")
def reasons():
    """Why the score is what it is."""
