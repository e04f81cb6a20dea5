"""How a cell says what it is: a comment at its top, `# solution: 1.1` or `# starting code: 1.1`."""

from __future__ import annotations

import ast
import re

_MARK = re.compile(r"#+\s*(solution|starting code)\s*:\s*(\d+(?:\.\d+)?)(?!\w|\.\d)", re.IGNORECASE)
_HARMLESS_MAGIC = re.compile(r"\s*%%(time|capture)\b")


def mark_of(source: str) -> tuple[str, str] | None:
    """Return `("solution", "1.1")` or `("starting code", "1.1")`, or None for any other cell.

    The comment may have more comments or a magic above it, and a note behind it: `# solution: 1.1, third try`.
    """
    for line in source.splitlines():
        line = line.strip()
        if match := _MARK.match(line):
            return match[1].lower(), match[2]
        if line and not line.startswith(("#", "%%")):
            break
    return None


def without_magic(source: str) -> str:
    """Return a cell with `%%time` or `%%capture` at its top made a comment: the rest of it is plain Python."""
    return source.replace("%%", "# %%", 1) if _HARMLESS_MAGIC.match(source) else source


def same_code(one: str, other: str) -> bool:
    """Return whether two texts are the same but for comments, blank lines and spaces."""
    try:
        return ast.dump(ast.parse(one)) == ast.dump(ast.parse(other))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return one.split() == other.split()
