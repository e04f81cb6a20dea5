"""The learner's spreadsheet: read in any dialect, and compared with the places that there are."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from numbers import Real
from pathlib import Path
from typing import Protocol

from autograder.checking import Failed

COLUMNS = ("file", "line", "owner", "stop", "wait")
ROUNDED = 0.006
"""How far a score may be from the share: two decimals are enough."""

LETTERS = {"y": True, "yes": True, "n": False, "no": False}


class Place(Protocol):
    """Lines of a file at which something is started."""

    @property
    def file(self) -> str: ...
    @property
    def line(self) -> int: ...
    def is_at(self, file: str, line: int) -> bool: ...


@dataclass(frozen=True)
class Row:
    """One row: the place, and whether it has an owner, a stop and a wait. `number` is its line in the spreadsheet."""

    number: int
    file: str
    line: int
    letters: tuple[bool, bool, bool]

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}"


@dataclass(frozen=True)
class Sheet:
    """A spreadsheet: its rows, its name, the character between its columns and the words it has for Y and N."""

    name: str
    rows: list[Row]
    delimiter: str
    words: tuple[str, str]

    def score(self, file: str | None = None) -> float | None:
        """The share of the rows, of all or of one file, with three Y; None if there is none."""
        letters = [row.letters for row in self.rows if file in (None, row.file)]
        return sum(map(all, letters)) / len(letters) if letters else None


def read(name: str, plain: Callable[[str], str] = str) -> Sheet:
    """Reads the spreadsheet of this name in the current folder; `plain` brings the files' names into one form.

    Raises `Failed` where it is missing or cannot be read.
    """
    text = _text(name)
    header = text.partition("\n")[0]
    delimiter = max(",;\t", key=header.count)
    lines = csv.DictReader(io.StringIO(text), delimiter=delimiter, skipinitialspace=True)
    columns = [(column or "").strip().lower() for column in lines.fieldnames or []]
    lines.fieldnames = columns
    if missing := [column for column in COLUMNS if column not in columns]:
        seen = (
            f"it has no column {' and none '.join(f'`{column}`' for column in missing)}; its first line is {header!r}."
        )
        raise Failed(f"`{name}` has the columns file,line,call,owner,stop,wait.", seen, name)
    rows = [_row(name, lines.line_num, fields, plain) for fields in lines if any(map(str.strip, _texts(fields)))]
    words = [
        value.strip() for value in text.replace("\n", delimiter).split(delimiter) if value.strip().lower() in LETTERS
    ]
    yes = next((word for word in words if LETTERS[word.lower()]), "Y")
    no = next((word for word in words if not LETTERS[word.lower()]), "N")
    return Sheet(name, rows, delimiter, (yes, no))


def _text(name: str) -> str:
    try:
        return Path(name).read_bytes().decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except FileNotFoundError:
        seen = f"there is none. Write it with `python -m course.audit … --csv {name}`, and fill it in."
        raise Failed(f"`{name}` lies beside the notebook.", seen) from None
    except UnicodeDecodeError as error:
        seen = f"byte {error.start} is not UTF-8. In a spreadsheet program, choose “CSV UTF-8” when you save."
        raise Failed(f"`{name}` is a text in UTF-8.", seen, name) from None


def _texts(fields: dict[str, str]) -> list[str]:
    return [value for value in fields.values() if isinstance(value, str)]


def _row(name: str, number: int, fields: dict[str, str], plain: Callable[[str], str]) -> Row:
    values = {column: (fields[column] or "").strip() for column in COLUMNS}
    place = f"{name}, line {number}"
    if not values["line"].isdecimal():
        raise Failed("the column `line` holds a line's number.", f"it holds {values['line']!r}.", place)
    for column in COLUMNS[2:]:
        if values[column].lower() not in LETTERS:
            raise Failed(f"the column `{column}` holds Y or N.", f"it holds {values[column]!r}.", place)
    owner, stop, wait = (LETTERS[values[column].lower()] for column in COLUMNS[2:])
    return Row(number, plain(values["file"]), int(values["line"]), (owner, stop, wait))


def in_tree(files: Iterable[str]) -> Callable[[str], str]:
    """A function that brings a file's name, however far from above it begins, to that of one of these files."""
    known = set(files)

    def plain(name: str) -> str:
        parts = name.replace("\\", "/").removeprefix("./").split("/")
        shorter = ["/".join(parts[start:]) for start in range(len(parts))]
        longer = [file for file in known if file.endswith("/" + shorter[0])]
        return next((short for short in shorter if short in known), longer[0] if len(longer) == 1 else shorter[0])

    return plain


def matched(sheet: Sheet, places: Sequence[Place], free: Callable[[Row], bool]) -> list[tuple[Row, Place]]:
    """Each row with its place. Raises `Failed` where a place is missing or named twice, or a row names none.

    `free` says of a row that names no place whether it may stand there.
    """
    found: dict[int, Row] = {}
    for row in sheet.rows:
        number = next((number for number, place in enumerate(places) if place.is_at(row.file, row.line)), None)
        if number is None:
            if not free(row):
                seen = f"{row} starts nothing, or nothing that counts."
                raise Failed("each row names a place that starts something.", seen, f"{sheet.name}, line {row.number}")
        elif number in found:
            seen = f"{found[number]} and {row} name the same one."
            raise Failed("each place stands there once.", seen, f"{sheet.name}, line {row.number}")
        else:
            found[number] = row
    if missing := [place for number, place in enumerate(places) if number not in found]:
        verb = "is" if len(missing) == 1 else "are"
        first = f"{missing[0].file}, line {missing[0].line}"
        seen = f"of {len(places)} places {len(missing)} {verb} missing. The first: {first}."
        raise Failed("every place that starts something has a row.", seen, sheet.name)
    return [(found[number], place) for number, place in enumerate(places)]


def fault_in_share(value: object, sheet: Sheet) -> tuple[str, str] | None:
    """What was expected and what was seen, unless `value` is the sheet's share of rows with three Y."""
    expected = sheet.score()
    if expected is None:
        return None if value is None else ("there is no score without rows: `None`.", f"it is {value!r}.")
    if isinstance(value, Real) and not isinstance(value, bool):
        if abs(value - expected) < ROUNDED:
            return None
        percent = value > 1 and abs(value - 100 * expected) < 100 * ROUNDED
        hint = " A share lies between 0 and 1." if percent else ""
    else:
        hint = ""
    rows = f"{sum(all(row.letters) for row in sheet.rows)} of {len(sheet.rows)} rows are Y, Y, Y"
    return f"the score is {expected:.2f}: {rows}.", f"it is {value!r}.{hint}"
