"""Section 11: the reference solutions of `source/`, each with the words about it.

The words lie beside the notebook, in `source/<NN-section>/solutions.toml`, and are never released::

    ["1.1"]
    why = "Why the solution is right, in two to five sentences."
    also = ["room_for_all"]             # solutions in tests/submissions that are right, too

    ["1.1".wrong]
    fire_and_forget = "What the idea is, and what it does."      # a mutant in tests/submissions

Where a task's solution is made of files, `style` names the solution in tests/submissions whose files are shown, and
`files` which of them: `files = ["project/feedwatch/*"]`.
"""

from __future__ import annotations

import ast
import difflib
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell, new_notebook

from autograder.author.cases import Case, read_task
from autograder.author.places import SOURCE, cases_of, notebook_of, words_of
from autograder.catalogue import UnknownItem, all_items, select
from autograder.item import Item

SECTION = "11-solutions"
"""The name of the section that is made."""

_PAGE_HEAD = """\
# 11. Solutions

Each opens when you click it, and none before. For every task: the reference solution, why it is right, what else is
right, and the usual wrong ideas with the points that fail for them.

There is more than one right way, and `check` accepts every one. So look here when yours holds, to compare; or when
three hints have not helped. Then close it, and write it from memory: what you have typed yourself stays.

In any section, `solution("1.1")` shows the same."""

_MARKED = re.compile(r"### BEGIN SOLUTION\n(.*?)\n?### END SOLUTION", re.DOTALL)


def sections() -> list[str]:
    """Return the sections that have solutions, in the order of the course."""
    return list(dict.fromkeys(item.section for item in all_items().values() if notebook_of(item.section).exists()))


def write_page(folder: Path, chosen: Iterable[str]) -> Path:
    """Write section 11 into its place in `folder`, over what is there, and return its path."""
    path = folder / SECTION / "solutions.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(nbformat.writes(page(chosen)) + "\n", encoding="utf-8")
    return path


def page(chosen: Iterable[str]) -> NotebookNode:
    """Return section 11 as a notebook, with a folded cell for each task of the sections chosen."""
    cells = [new_markdown_cell(_PAGE_HEAD, id="title")]
    for section in chosen:
        source = _cells(section)
        cells.append(new_markdown_cell(f"## {_heading(next(iter(source.values())))}", id=section.partition("-")[2]))
        for task in _tasks(section):
            folded = f"<details><summary>{_title(task, source)}</summary>\n\n{explained(task)}\n\n</details>"
            cells.append(new_markdown_cell(folded, id=f"{_id(task)}-explained"))
    kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    return new_notebook(cells=cells, metadata={"kernelspec": kernel})


def explained(task: str) -> str:
    """Return the reference solution of a task and the words about it, as Markdown. Raises `UnknownItem`."""
    items = [item for item in select(task) if item.task == task]
    if not items:
        raise UnknownItem(f"{task!r} is an item, and no task")
    section = items[0].section
    words = words_about(section).get(task, {})
    return "\n\n".join(_parts(task, items, words, _cells(section)))


def words_about(section: str) -> Mapping[str, Any]:
    """Return what `solutions.toml` says of a section's tasks: nothing where there is none."""
    path = words_of(section)
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def _parts(task: str, items: list[Item], words: Mapping[str, Any], source: Mapping[str, str]) -> Iterator[str]:
    cases = _cases(items[0])
    shown = cases[f"solutions/{words['style']}"] if "style" in words else None
    if shown:
        yield from _files(shown, words["files"], items[0].section)
    if items[0].needs or not shown:
        cell = _fenced("python", marked(source.get(f"{_id(task)}-solution", "")))
        yield f"The cell:\n\n{cell}" if shown else cell
    for item in items:
        if item.grading == "manual":
            yield f"**{item.id}, for example:**\n\n{marked(source[_id(item.id)])}"
    if "why" in words:
        yield f"**Why it is right.** {words['why'].strip()}"
    # What is not there, or not wrong on this Python, is left out; `autograder lint` names what nobody has.
    also = [cases[name] for style in words.get("also", []) if (name := f"solutions/{style}") in cases]
    if also:
        yield "**Right as well:**\n\n" + "\n".join(f"- {_style(case)}" for case in also)
    wrong = [(text, cases[name]) for key, text in words.get("wrong", {}).items() if (name := f"mutants/{key}") in cases]
    if wrong:
        yield "**The usual wrong ideas**, and the points that fail:\n\n" + "\n".join(
            f"- {text.strip()} ({', '.join(sorted(case.fails))})" for text, case in wrong
        )


def _cases(item: Item) -> dict[str, Case]:
    """The task's solutions and mutants, by names such as `solutions/room_for_all`."""
    folder = cases_of(item.section, item.task)
    return {case.name.split("/", 2)[2]: case for case in read_task(folder)} if folder.exists() else {}


def _files(case: Case, patterns: Iterable[str], section: str) -> Iterator[str]:
    """What a solution's files change in those that were given out, and those that it adds."""
    for name, data in case.source.beside.items():
        if not any(fnmatch(name, pattern) for pattern in patterns):
            continue
        given, text = SOURCE / section / name, data.decode()
        if not given.exists():
            yield f"`{name}`:\n\n{_fenced('', text)}"
        elif (old := given.read_text(encoding="utf-8")) != text:
            lines = difflib.unified_diff(old.splitlines(), text.splitlines(), n=2, lineterm="")
            yield f"`{name}`:\n\n{_fenced('diff', chr(10).join(list(lines)[2:]))}"


def _style(case: Case) -> str:
    """The docstring that names a solution's style; of a folder, the line that does so in its README."""
    source = case.source
    if text := source.files.get(source.main):
        return ast.get_docstring(ast.parse(text)) or ""
    readme = source.beside["project/README.md"].decode()
    style = readme.partition("\n")[0].strip("*").removeprefix("Style: ")
    return style[0].upper() + style[1:]


def _fenced(language: str, text: str) -> str:
    return f"```{language}\n{text.strip()}\n```"


def marked(text: str) -> str:
    """What stands between the marks of a solution."""
    match = _MARKED.search(text)
    return match[1] if match else ""


def _cells(section: str) -> dict[str, str]:
    """The cells of a section's notebook by their ids."""
    return {cell.id: cell.source for cell in nbformat.read(notebook_of(section), as_version=4).cells}


def _tasks(section: str) -> list[str]:
    return list(dict.fromkeys(item.task for item in all_items().values() if item.section == section))


def _title(task: str, source: Mapping[str, str]) -> str:
    title = _heading(source.get(f"{_id(task)}-intro", ""))
    return title if title.startswith(task) else f"{task} {title}".strip()


def _heading(text: str) -> str:
    """The first heading of a Markdown cell."""
    match = re.search(r"^#+ +(.+)$", text, re.MULTILINE)
    return match[1] if match else ""


def _id(name: str) -> str:
    return name.replace(".", "_")
