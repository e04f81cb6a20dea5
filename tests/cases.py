"""The solutions and mutants in tests/submissions, for tests that need some."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from autograder.author.cases import Case, read_cases

ROOT = Path(__file__).parent / "submissions"


@cache
def all_cases() -> dict[str, Case]:
    """Every case by its name, such as `01-warm-up/1.1/solutions/cancel_and_await`."""
    return {case.name: case for case in read_cases(ROOT)}


def solution_cell(name: str) -> str:
    """The case as a learner would type it into the solution cell."""
    case = all_cases()[name]
    return f"# solution: {case.task}\n{case.source.files[case.source.main]}"
