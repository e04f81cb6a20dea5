"""Lays out a new section or task: a small task that works, to be replaced piece by piece.

What is still to be written says `WRITE:`, and `autograder lint` names every file that still does.
"""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from autograder.author.places import SECTION, bare, cases_of, hints_of, notebook_of, package_of, shown

_TASK = re.compile(r"[1-9]\d?(\.[1-9]\d?)?")

_CHECK = '''\
"""Task {number}, WRITE: what it is about."""

from __future__ import annotations

from autograder.checking import Failed, Task, where

task = Task("{number}", needs=("{name}",))


@task.item("a")
async def answers(solution):
    """WRITE: what must hold, in one line of at most 100 characters."""
    seen = await solution.{name}()
    if seen != 42:
        raise Failed("`{name}()` returns 42.", f"it returned {{seen!r}}.", where(solution.{name}))
'''

_HINTS = """
["{number}a"]
hints = [
    "WRITE: the concept.",
    "WRITE: where to look.",
    "WRITE: nearly the code.",
]
"""

_STARTING = """\
async def {name}():
    return None
"""

_SOLUTION = '''\
"""Returns it."""


async def {name}():
    return 42
'''

_MUTANTS = """\
# Each is wrong in one way; `fails` are exactly the items that must fail on it.

[forgets_to_return]
of = "plain"
old = "return 42"
new = "42"
fails = ["{number}a"]

[returns_text]
of = "plain"
old = "return 42"
new = 'return "42"'
fails = ["{number}a"]

[raises]
of = "plain"
old = "return 42"
new = "raise ValueError(42)"
fails = ["{number}a"]
"""

_CELLS = {
    "intro": "## {number} WRITE: a title\n\nWRITE: what goes wrong, where it was met in real life, how long it takes.",
    "leaky": "# starting code: {number}\n{starting}",
    "question": "WRITE: what will the plot show?",
    "watch": "live.watch()\nwith live.record() as leaky_run:\n    await {name}()  # WRITE: what uses it",
    "why": "WRITE: what the plot shows, and why.",
    "task": "### Mend it\n\nWRITE: names, signatures, what must hold, what is free.",
    "solution": "# solution: {number}\n### BEGIN SOLUTION\n{solution}### END SOLUTION",
    "playground": "with live.record() as mended_run:\n    await {name}()  # WRITE: the same",
    "compare": "live.compare(leaky=leaky_run, yours=mended_run)",
    "check": 'check("{number}")',
}
_SKIPPED = ("watch", "playground", "compare", "check")
_CODE = ("leaky", "solution", *_SKIPPED)


class NewError(Exception):
    """Something cannot be laid out; the text says why."""


def new_section(section: str) -> list[Path]:
    """Lay out a section such as `06-worker-pool`, and return the files made. Raises `NewError`."""
    if not SECTION.fullmatch(section):
        raise NewError(f"a section is called like 06-worker-pool, not {section!r}")
    package = package_of(section) / "__init__.py"
    _refuse_existing(package, notebook_of(section), hints_of(section))
    number, title = int(section[:2]), bare(section).replace("-", " ")
    notebook = new_notebook(
        metadata={
            "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        cells=[
            new_markdown_cell(
                f"# {number}. {title.capitalize()}\n\nWRITE: the same in Go and in Python, for whom, how long.",
                id="title",
            ),
            new_code_cell(
                "from course import check, hint, leaks, live, solution",
                id="imports",
                metadata={"tags": ["skip-execution"]},
            ),
        ],
    )
    _write(package, f'"""Section {number}, {title}."""\n\nSECTION = "{section}"\n')
    _write(
        hints_of(section),
        f"# Three hints for each item of section {number}: the concept, where to look, nearly the code.\n",
    )
    _write(notebook_of(section), nbformat.writes(notebook) + "\n")
    return [package, hints_of(section), notebook_of(section)]


def new_task(section: str, number: str, name: str) -> list[Path]:
    """Lay out a task of a section in the module `name`; return the files made or changed. Raises `NewError`."""
    if not _TASK.fullmatch(number) or int(number.partition(".")[0]) != int(section[:2]):
        raise NewError(f"a task of {section} is called {int(section[:2])} or {int(section[:2])}.1, not {number!r}")
    if not name.isidentifier() or name != name.lower():
        raise NewError(f"a task's module is called like load_shedding, not {name!r}")
    for path in (package_of(section) / "__init__.py", notebook_of(section), hints_of(section)):
        if not path.exists():
            raise NewError(f"{shown(path)} is missing: lay the section out first, with: autograder new {section}")
    check = package_of(section) / f"{name}.py"
    cases = cases_of(section, number)
    _refuse_existing(check, cases)
    words = {"number": number, "name": name}
    notebook = nbformat.read(notebook_of(section), as_version=4)
    notebook.cells += _cells(words)
    _write(check, _CHECK.format(**words))
    _write(hints_of(section), hints_of(section).read_text(encoding="utf-8") + _HINTS.format(**words))
    _write(cases / "solutions" / "plain.py", _SOLUTION.format(**words))
    _write(cases / "mutants.toml", _MUTANTS.format(**words))
    _write(notebook_of(section), nbformat.writes(notebook) + "\n")
    return [check, hints_of(section), cases / "solutions" / "plain.py", cases / "mutants.toml", notebook_of(section)]


def _cells(words: dict[str, str]) -> list[nbformat.NotebookNode]:
    texts = {"starting": _STARTING.format(**words), "solution": _SOLUTION.format(**words)}
    cells = []
    for part, template in _CELLS.items():
        id = f"{words['number'].replace('.', '_')}-{part}"
        source = template.format(**words, **texts).rstrip()
        cell = (new_code_cell if part in _CODE else new_markdown_cell)(source, id=id)
        if part in _SKIPPED:
            cell.metadata.tags = ["skip-execution"]
        if part == "solution":
            cell.metadata.nbgrader = {
                "grade": False,
                "grade_id": id,
                "locked": False,
                "schema_version": 3,
                "solution": True,
                "task": False,
            }
        cells.append(cell)
    return cells


def _refuse_existing(*paths: Path) -> None:
    for path in paths:
        if path.exists():
            raise NewError(f"{shown(path)} is there already; nothing was changed")


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
