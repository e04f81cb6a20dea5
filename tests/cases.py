"""The solutions and mutants in tests/submissions: all of them, those that a change is likely to touch, one by name."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from autograder.author.cases import Case, read_cases

ROOT = Path(__file__).parent.parent


@cache
def all_cases() -> dict[str, Case]:
    """Return every case by its name, such as `01-warm-up/1.1/solutions/cancel_and_await`."""
    return {case.name: case for case in read_cases(ROOT / "tests" / "submissions")}


def solution_cell(name: str) -> str:
    """Return the case as a learner would type it into the solution cell."""
    case = all_cases()[name]
    return f"# solution: {case.task}\n{case.source.files[case.source.main]}"


def sample(cases: Iterable[Case], run: int = 0) -> list[Case]:
    """Return two solutions a task and one mutant an item, others in the next run."""
    groups: dict[str, list[Case]] = {}
    for case in cases:
        for group in case.fails or [case.task]:
            groups.setdefault(group, []).append(case)
    taken: dict[str, Case] = {}
    for name, group in groups.items():
        size = 1 if name[-1].isalpha() else 2
        for number in range(size):
            case = group[(size * run + number) % len(group)]
            taken[case.name] = case
    return list(taken.values())


def cases_to_test() -> list[Case]:
    """Return all cases of the sections that changed, and a sample of the others."""
    changed = changed_sections(_changed_files())
    cases = all_cases().values()
    whole = [case for case in cases if case.section in changed]
    return whole + sample(case for case in cases if case.section not in changed)


def changed_sections(files: Iterable[str]) -> set[str]:
    """Return the sections whose checks or cases are among these files."""
    sections = {case.section for case in all_cases().values()}
    words = {section.partition("-")[2].replace("-", "_"): section for section in sections}
    found = set()
    for file in files:
        if match := re.match(r"(?:tests/submissions|autograder/checks)/([^/]+)/", file):
            found.add(words.get(match[1], match[1]))
    return found & sections


def _changed_files() -> list[str]:
    """Files that differ from where this branch left `main`, or, on `main`, from what was last pushed.

    In a clone that has nothing of its own, such as CI's, there are none; there `make table` judges every case.
    """
    head = _git("rev-parse", "HEAD")
    bases = [_git("merge-base", "HEAD", branch) for branch in ("main", "origin/main")]
    base = next((base for base in bases if base and base != head), head)
    if not base:
        return []
    changed = _git("diff", "--name-only", "--no-renames", base)
    return [*changed.splitlines(), *_git("ls-files", "--others", "--exclude-standard").splitlines()]


def _git(*arguments: str) -> str:
    """What git says; nothing where there is no git, no repository or no such branch."""
    try:
        done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True)
    except FileNotFoundError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
