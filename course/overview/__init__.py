"""The course at a glance: `progress()`, the start page's table, and `certificate("…")`, the page at its end."""

from course.overview.certificate import certificate
from course.overview.progress import progress

__all__ = ["certificate", "progress"]
