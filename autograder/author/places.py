"""Where what belongs to a section or a task lies in the repository."""

from __future__ import annotations

from pathlib import Path

import autograder

ROOT = Path(autograder.__file__).parent.parent
SOURCE = ROOT / "source"


def bare(section: str) -> str:
    """Return a section's name without its number: `worker-pool` for `06-worker-pool`."""
    return section.partition("-")[2]


def notebook_of(section: str) -> Path:
    """Return the source notebook of a section."""
    return SOURCE / section / f"{bare(section)}.ipynb"
