"""Task 10.1, the audit of one's own project: `my-audit.csv`, `score` and `worst_file`."""

from __future__ import annotations

from pathlib import Path

from autograder.checking import Failed, Task
from autograder.checks.audit import _sheet
from course import audit

task = Task(
    "10.1", needs=("score", "worst_file"), files=("my-audit.csv", "my-project/", "my-project.zip"), clock="real"
)


SECONDS = 30
"""Many a solution imports pandas, which takes its time on a busy machine."""

JOBS = 4
"""Processes that read a large project: each has a limit of processor time of its own."""


def own_project() -> audit.Audit:
    """What the project starts that lies beside the notebook. Raises `Failed` if there is none, or nothing to audit."""
    paths = [path for path in (Path("my-project"), Path("my-project.zip")) if path.exists()]
    if len(paths) != 1:
        seen = "there are both." if paths else "there is neither."
        raise Failed("your project lies beside the notebook, as `my-project/` or `my-project.zip`.", seen)
    try:
        found = audit.find(paths[0], jobs=JOBS)
    except audit.AuditError as error:
        raise Failed("your project can be read.", f"{error}.") from None
    if not found.spawns:
        skipped = f" Skipped: {found.skipped[0]}." if found.skipped else ""
        seen = f"`course.audit` finds nothing in its {found.files} Python files.{skipped}"
        raise Failed("your project starts something.", seen, str(paths[0]))
    return found


@task.item("a", seconds=SECONDS)
def score(solution):
    """`my-audit.csv` has what `course.audit` finds in your project, and `score` is its share of Y, Y, Y."""
    found = own_project()
    sheet = _sheet.read("my-audit.csv", _sheet.in_tree(spawn.file for spawn in found.spawns))
    # The tool may have missed a place: what else is listed is believed.
    _sheet.matched(sheet, found.spawns, free=lambda row: True)
    if fault := _sheet.fault_in_share(solution.score() if callable(solution.score) else solution.score, sheet):
        raise Failed(*fault, "cell 10.1")


@task.item("b", seconds=SECONDS)
def worst_file(solution):
    """`worst_file` is the file of your project with the lowest score."""
    found = own_project()
    named = solution.worst_file
    if not isinstance(named, str):
        seen = f"it is a {type(named).__name__}."
        raise Failed("`worst_file` is a text: the file's name, as in the column `file`.", seen, "cell 10.1")
    plain = _sheet.in_tree(spawn.file for spawn in found.spawns)
    sheet = _sheet.read("my-audit.csv", plain)
    scores = {row.file: sheet.score(row.file) for row in sheet.rows}
    lowest = min(scores.values(), default=None)
    worst = [file for file, score in scores.items() if score == lowest]
    if plain(named) not in worst:
        share = scores.get(plain(named))
        own = ", which is not in the spreadsheet" if share is None else f", whose score is {share:.2f}"
        seen = f"it is {named!r}{own}."
        raise Failed(f"`worst_file` is one of those with the lowest score, {lowest}.", seen, "cell 10.1")


@task.manual("c")
def action_plan():
    """An action plan: which places first, turned into what, and how the leaks are kept out."""
