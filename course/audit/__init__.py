"""What starts something in a tree of Python files, with a guess at who owns it, what stops it and what waits for it."""

from course.audit.files import AuditError, Skipped
from course.audit.guesses import Guess
from course.audit.search import Audit, Spawn, find
from course.audit.spawners import KINDS

__all__ = ["KINDS", "Audit", "AuditError", "Guess", "Skipped", "Spawn", "find"]
