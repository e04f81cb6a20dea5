"""Which points hold: of each item, when it first failed and when it first passed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from course.kept import file


def keep_verdicts(verdicts: Iterable[Any]) -> str:
    """Note verdicts; return a sentence that says why they could not be kept, or nothing.

    An item that has passed once counts as passed: what a learner tries out afterwards takes nothing away.
    """
    now = datetime.now(UTC).isoformat(timespec="seconds")
    try:
        with file.changed() as kept:
            for verdict in verdicts:
                if verdict.status in ("passed", "failed", "error", "timeout"):
                    entry = kept["items"].get(verdict.id)
                    if not isinstance(entry, dict):
                        entry = kept["items"][verdict.id] = {}
                    entry.setdefault("passed" if verdict.status == "passed" else "failed", now)
    except OSError as error:
        return f"Your progress could not be kept in {file.place()}: {error.strerror or error}."
    return ""


def passed() -> dict[str, str]:
    """Return the items that have passed, each with the day when it first did: `2026-05-03`."""
    items = file.read()["items"].items()
    return {id: str(entry["passed"])[:10] for id, entry in items if isinstance(entry, dict) and "passed" in entry}
