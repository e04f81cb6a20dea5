"""The sections that a learner has: read from the notebooks that lie beside the one that runs."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_FOLDER = re.compile(r"(\d\d)-([a-z]+(?:-[a-z]+)*)")
_INTRO = re.compile(r"(\d+(?:_\d+)?)-intro")
_HEADING = re.compile(r"^#+ +(.+)$", re.MULTILINE)
_MINUTES = re.compile(r"\*(\d+) minutes")


@dataclass(frozen=True)
class Part:
    """A task, or a part of a section that is none: its number, title, planned minutes, and a link to its first cell."""

    number: str
    title: str
    minutes: int
    link: str


@dataclass(frozen=True)
class Section:
    """A section's notebook: its number, title, link, planned minutes in all, and its tasks."""

    number: int
    title: str
    link: str
    minutes: int
    tasks: tuple[Part, ...]


def sections(folder: Path) -> list[Section]:
    """Return the sections whose notebooks lie in folders beside `folder`, in the order of the course.

    `folder` is where a notebook of the course is; links are relative to it. What cannot be read is left out.
    """
    found = []
    for path in sorted(folder.absolute().parent.glob("[0-9][0-9]-*/")):
        match = _FOLDER.fullmatch(path.name)
        notebook = path / f"{match[2]}.ipynb" if match else None
        if match and notebook and (cells := _text_cells(notebook)):
            link = f"../{path.name}/{notebook.name}"
            found.append(_section(int(match[1]), link, cells))
    return found


def _section(number: int, link: str, cells: list[tuple[str, str]]) -> Section:
    tasks = []
    for id, text in cells:
        if (match := _INTRO.fullmatch(id)) and (heading := _HEADING.search(text)):
            task = match[1].replace("_", ".")
            title = heading[1].removeprefix(task).strip()
            tasks.append(Part(task, title, _minutes(text), f"{link}#cell-id={id}"))
    title = _HEADING.search(cells[0][1])
    minutes = sum(_minutes(text) for _, text in cells)
    return Section(number, re.sub(r"^\d+\. ", "", title[1]) if title else link, link, minutes, tuple(tasks))


def _minutes(text: str) -> int:
    return sum(map(int, _MINUTES.findall(text)))


def _text_cells(path: Path) -> list[tuple[str, str]]:
    """The id and text of each Markdown cell; nothing where there is no notebook."""
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        return [(_id(cell), "".join(cell["source"])) for cell in cells if cell["cell_type"] == "markdown"]
    except (OSError, ValueError, KeyError, TypeError):
        return []


def _id(cell: dict[str, Any]) -> str:
    return str(cell.get("id", ""))
