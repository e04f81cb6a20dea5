"""What a learner has changed in the files that were given out, as a unified diff, for feedback."""

from __future__ import annotations

import difflib
from collections.abc import Mapping

from autograder.verdict import printable

MOST_LINES = 1000
"""Lines of a diff that are shown."""

_COLOURS = {"+": "\033[32m", "-": "\033[31m", "@": "\033[36m"}
_BOLD, _PLAIN = "\033[1m", "\033[0m"


def changes(given: Mapping[str, bytes], handed_in: Mapping[str, bytes]) -> str:
    """Return how the files that were handed in differ from those given out, both by their paths; "" if they do not.

    Colours are those of a terminal. Beyond `MOST_LINES` it says how many lines are left out.
    """
    lines = [
        line for name in sorted({*given, *handed_in}) for line in _diff(name, given.get(name), handed_in.get(name))
    ]
    shown = lines[:MOST_LINES]
    if len(lines) > len(shown):
        shown.append(f"… {len(lines) - len(shown)} more lines")
    return "\n".join(shown)


def _diff(name: str, old: bytes | None, new: bytes | None) -> list[str]:
    name = printable(name)
    if old == new:
        return []
    if new is None:
        return [_heading(f"{name}: not handed in")]
    what = f"{name}: {'new' if old is None else 'changed'}"
    try:
        texts = [(data or b"").decode() for data in (old, new)]
    except UnicodeDecodeError:
        return [_heading(f"{what}, not text, {len(new):,} bytes")]
    before, after = (text.splitlines() for text in texts)
    lines = [*difflib.unified_diff(before, after, lineterm="")][2:]  # without the names, which the heading says
    return [_heading(what), *map(_coloured, map(printable, lines))]


def _heading(text: str) -> str:
    return f"{_BOLD}{text}{_PLAIN}"


def _coloured(line: str) -> str:
    colour = _COLOURS.get(line[:1])
    return f"{colour}{line}{_PLAIN}" if colour else line
