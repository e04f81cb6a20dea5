"""The programs of section 12, as its notebook has them: a text is written once, and the buttons read it there."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_RELEASED = Path(__file__).parent.parent / "release" / "12-find-the-bug" / "find-the-bug.ipynb"
_BULLET = re.compile(r"^- \*\*([a-h])\*\* (.+(?:\n  .+)*)", re.MULTILINE)
_TO_FILL_IN = re.compile(r'^(happens|principle) = "".*\n', re.MULTILINE)


class NoPrograms(LookupError):
    """The notebook with the programs is not here, or has no such program; the text says what to do."""


@dataclass(frozen=True)
class Program:
    """One program: `observations` are what may be seen when it runs, by their letters; one of them is right."""

    number: str
    title: str
    code: str
    question: str
    observations: Mapping[str, str]


def all_programs() -> dict[str, Program]:
    """Return every program by its number, in the order of the course. Raises `NoPrograms`."""
    cells = _cells(Path.cwd())
    names = [id.removesuffix("-question") for id in cells if id.endswith("-question")]
    return {name.replace("_", "."): _program(name, cells) for name in names}


def program(number: str) -> Program:
    """Return one program. Raises `NoPrograms`."""
    known = all_programs()
    if number not in known:
        raise NoPrograms(f"There is no program {number!r}: they are {', '.join(known)}.")
    return known[number]


def principles() -> dict[str, str]:
    """Return the eight principles by their letters. Raises `NoPrograms`."""
    return _bullets(_cells(Path.cwd())["principles"])


@cache
def _cells(folder: Path) -> dict[str, str]:
    """The cells of the section's notebook by their ids: the one in this folder, or else the one that is given out."""
    for path in (*sorted(folder.glob("*.ipynb")), _RELEASED):
        try:
            notebook = json.loads(path.read_text(encoding="utf-8"))
            cells = {cell["id"]: "".join(cell["source"]) for cell in notebook["cells"]}
        except (OSError, ValueError, KeyError, TypeError):
            continue  # another notebook's fault
        if "principles" in cells:
            return cells
    raise NoPrograms("The programs are in the notebook of section 12: open find-the-bug.ipynb, and call it there.")


def _program(name: str, cells: Mapping[str, str]) -> Program:
    question = cells[f"{name}-question"]
    heading = cells[f"{name}-intro"].partition("\n")[0]
    _, _, code = cells[f"{name}-leaky"].partition("\n")
    return Program(
        number=name.replace("_", "."),
        title=heading.lstrip("# "),
        code=re.sub(r"\n{3,}", "\n\n\n", _TO_FILL_IN.sub("", code)).strip(),
        question=question.partition("\n- ")[0].strip(),
        observations=_bullets(question),
    )


def _bullets(text: str) -> dict[str, str]:
    return {letter: " ".join(words.split()) for letter, words in _BULLET.findall(text)}
