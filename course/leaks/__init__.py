"""A leak checker for asyncio tasks, threads and what else should have ended.

    from course import leaks

    with leaks.no_leaks():          # or `async with`, or the decorator @leaks.no_leaks()
        ...

`README.md` beside this file is the guide.
"""

from course.leaks.blocks import no_leaks
from course.leaks.frames import Frame
from course.leaks.report import Leak, LeakError, LeakWarning
from course.leaks.rules import Rule, ignore
from course.leaks.search import KINDS, find, find_async, ignore_current, verify_none, verify_none_async
from course.leaks.tracking import tracking

__all__ = [
    "KINDS",
    "Frame",
    "Leak",
    "LeakError",
    "LeakWarning",
    "Rule",
    "find",
    "find_async",
    "ignore",
    "ignore_current",
    "no_leaks",
    "tracking",
    "verify_none",
    "verify_none_async",
]
