"""Where what belongs to a section or a task lies in the repository."""

from __future__ import annotations

import re
from pathlib import Path

import autograder

ROOT = Path(autograder.__file__).parent.parent
CHECKS = ROOT / "autograder" / "checks"
HINTS = ROOT / "course" / "hints"
SOURCE = ROOT / "source"
RELEASE = ROOT / "release"
SUBMISSIONS = ROOT / "tests" / "submissions"

SECTION = re.compile(r"\d\d(-[a-z]+)+")
"""What a section is called: `06-worker-pool`."""


def bare(section: str) -> str:
    """Return a section's name without its number: `worker-pool` for `06-worker-pool`."""
    return section.partition("-")[2]


def package_of(section: str) -> Path:
    """Return the folder of a section's checks."""
    return CHECKS / bare(section).replace("-", "_")


def hints_of(section: str) -> Path:
    """Return the file of a section's hints."""
    return HINTS / f"{bare(section).replace('-', '_')}.toml"


def notebook_of(section: str) -> Path:
    """Return the source notebook of a section."""
    return SOURCE / section / f"{bare(section)}.ipynb"


def words_of(section: str) -> Path:
    """Return the file of the words about a section's solutions."""
    return SOURCE / section / "solutions.toml"


def released(section: str) -> Path:
    """Return the notebook that learners get."""
    return RELEASE / section / f"{bare(section)}.ipynb"


def cases_of(section: str, task: str) -> Path:
    """Return the folder of a task's solutions and mutants."""
    return SUBMISSIONS / section / task


def shown(path: Path) -> str:
    """Return a path as an author in the repository writes it."""
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)
