"""One line of the checklist: what it is called, what it is worth and how it is judged."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Item:
    """One line of the checklist, and how it is judged.

    `grading` is `automatic` or `manual`. `seconds` is the real time its check may take; `needs` what the learner's
    module must define, as `run.needs` reads it; `clock` is `virtual` or `real`; `schedules` is how many orders of the
    threads' steps are tried at most; `tracked` says that the leak checker holds tasks while it runs; `files` are the
    names of the files beside the notebook that are part of the solution; `provides` is what the module has by name
    before it is executed; `choice` is the name that must be the right letter, where the item asks for a choice: such
    an item has no hints. `run` is called with the learner's module and
    raises where the item does not hold; a coroutine function is run on a loop.
    """

    id: str
    section: str
    title: str
    points: float
    grading: str
    needs: tuple[str, ...]
    seconds: float
    clock: str
    schedules: int
    tracked: bool
    files: tuple[str, ...]
    provides: Mapping[str, Any]
    choice: str
    run: Callable[[Any], Any]

    @property
    def module(self) -> str:
        """The name of the module that defines the check."""
        return self.run.__module__

    @property
    def task(self) -> str:
        """The task's number: `1.1` for the item `1.1a`."""
        return self.id.rstrip("abcdefghijklmnopqrstuvwxyz")

    @property
    def section_number(self) -> int:
        """The section's number: 6 for an item of `06-worker-pool`."""
        return int(self.section.partition("-")[0])
