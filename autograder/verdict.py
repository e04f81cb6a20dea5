"""What is said about one checklist item. Every report, file and grade is a view of a list of these."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

OUTCOMES = ("passed", "failed", "error", "timeout")
"""What may come of judging: whether a person grades an item is the course's to say."""

STATUSES = (*OUTCOMES, "manual", "not_attempted")

CLOCKS = ("virtual", "real", "mixed")


@dataclass(frozen=True)
class Verdict:
    """One item's outcome.

    `status` is one of `STATUSES`: `failed`, the code was judged and does not hold; `error`, it could not be judged
    because it does not load, ends the process or uses up a limit; `timeout`, it did not end in time; `manual`, a
    person grades it; `not_attempted`, there is nothing to judge. `message` is for the learner and empty when the
    item passed. `seconds` is how long the judging took; `clock` the time it was judged on: `virtual`, `real`, or
    `mixed`, virtual but for calls that had to be waited for in real time. It is empty where no code was run.
    `fingerprint` says of a run on virtual time how often threads took turns and what the clock said in the end: the
    same code has the same one, on whatever machine. It is empty for other runs.
    """

    id: str
    task: str
    title: str
    points: float
    score: float
    status: str
    message: str
    seconds: float
    clock: str = ""
    fingerprint: str = ""
    marked: str = ""


def printable(text: str) -> str:
    """Return a text with escapes for what a terminal would obey and what no encoding has: it may be a learner's."""
    kept = (char if char.isprintable() or char in "\n\t" else char.encode("unicode_escape").decode() for char in text)
    return "".join(kept)


class Failed(Exception):
    """The item does not hold.

    `expected` and `seen` are sentences in the learner's terms; `where` a place in the learner's code, as `where`
    words it, or empty.
    """

    def __init__(self, expected: str, seen: str, where: str = "") -> None:
        lines = [f"Expected: {expected}", f"Seen: {seen}"]
        if where:
            lines.append(f"Where: {where}")
        super().__init__("\n".join(lines))


def to_json(submission: str, verdicts: Sequence[Verdict]) -> dict[str, Any]:
    """Return the object that `autograder check --json` and `autograder grade --json` print for one submission."""
    return {
        "submission": submission,
        "score": sum(verdict.score for verdict in verdicts),
        "max_score": sum(verdict.points for verdict in verdicts),
        "items": [asdict(verdict) for verdict in verdicts],
    }
