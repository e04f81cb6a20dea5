"""One way to say a time, to quote a value, to count things and to name what was left.

    require(took <= 0.1, "`close()` returns within 100 ms.", f"it took {duration(took)}.", call.place)

Sentences are the learner's: plain verbs, names in backquotes, a full stop.
"""

from __future__ import annotations

import re
import reprlib
from collections.abc import Sequence
from math import isfinite

from autograder.verdict import Failed
from course import leaks

_NOT_REPEATED = re.compile(r" at 0x[0-9a-fA-F]+|(?:(?<=started)|(?<=daemon)|(?<=stopped)) \d+(?=\)>)")

_quoting = reprlib.Repr()
_quoting.maxstring = _quoting.maxother = _quoting.maxlong = 100


def require(holds: object, expected: str, seen: str, *places: str) -> None:
    """Raises `Failed` unless it `holds`; the first of the `places`, in `where`'s words, that is not empty is named.

    >>> require(1 + 1 == 2, "two ones make two.", "they make something else.")
    """
    if not holds:
        raise Failed(expected, seen, next(filter(None, places), ""))


def duration(seconds: float) -> str:
    """Says a time as a learner would: `20 ms`, `1.25 s`, `60 s`, `never` where it is infinite.

    >>> duration(0.02), duration(1.25), duration(60)
    ('20 ms', '1.25 s', '60 s')
    """
    if not isfinite(seconds):
        return "never"
    if round(seconds * 1000) >= 1000:
        return f"{seconds:.2f}".rstrip("0").rstrip(".") + " s"
    return f"{seconds * 1000:.0f} ms" if seconds >= 0.01 else f"{round(seconds * 1000, 1):g} ms"


def quoted(value: object) -> str:
    """Quotes a value, shortened, whatever its `repr` does.

    >>> quoted("page"), quoted(None)
    ("'page'", 'None')
    """
    try:
        text = _quoting.repr(value)
        # Without the address, or a thread's number, which another run would not repeat.
        return text if isinstance(value, str | bytes) else _NOT_REPEATED.sub("", text)
    except BaseException:  # the learner's `__repr__`
        return f"<{type(value).__name__}>"


def error(value: BaseException) -> str:
    """Quotes an exception: its class and, if it says something, what.

    >>> error(KeyError("url")), error(TimeoutError())
    ("KeyError('url')", 'TimeoutError')
    """
    return quoted(value) if value.args else type(value).__name__


def count(number: int, noun: str) -> str:
    """Counts things.

    >>> count(1, "URL"), count(5, "URL")
    ('1 URL', '5 URLs')
    """
    return f"{number} {noun}{'s' * (number != 1)}"


def names(found: Sequence[leaks.Leak]) -> str:
    """Names leaks: the first with its kind, the others by their number.

    >>> names([leaks.Leak("task", "Task-5"), leaks.Leak("task", "Task-6")])
    "the task 'Task-5' and 1 more"
    """
    first, *others = found
    more = f" and {len(others)} more" if others else ""
    kind = "threading.Timer" if type(first.object).__name__ == "Timer" else first.kind
    return f"the {kind} {first.name!r}{more}"
