"""What came of a try, and the words for what the learner's code raised."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from autograder.run import faults, limits, places
from autograder.run.threads import Deadlock, OutOfTime
from autograder.verdict import Failed

LONGEST_ERROR = 1000
"""Characters of what an exception says that are kept."""


@dataclass(frozen=True)
class Outcome:
    """What came of a try. `kind` is `passed`, `failed`, `error`, or, for a learner's test, `endless` or `broken`."""

    kind: str
    text: str = ""
    place: str = ""
    recording: dict[str, Any] | None = None

    def message(self) -> str:
        return f"{self.text}\nWhere: {self.place}" if self.place else self.text


_NOTEBOOKS_OWN = ("check", "hint", "solution", "replay", "quiz", "live", "display", "get_ipython")
"""Names that a notebook has, and a solution's module has not."""

_AWAITS = re.compile(r"'await' outside|asynchronous comprehension outside")


def _notebooks_own(error: BaseException) -> str:
    """What in the cell only a notebook knows, in words; empty if that is not what is wrong."""
    if isinstance(error, SyntaxError):
        line = (error.text or "").strip()
        if line.startswith(("%", "!", "?")) or line.endswith("?"):
            return f"`{line}`, a command to the notebook"
        return "an `await` outside of any function" if _AWAITS.match(error.msg) else ""
    if isinstance(error, NameError) and error.name in _NOTEBOOKS_OWN:
        return f"`{error.name}`, which only the notebook has"
    return "a call that asks for the notebook around it" if type(error).__name__ == "NoNotebook" else ""


def import_failure(error: BaseException) -> str:
    if own := _notebooks_own(error):
        return (
            "Expected: plain Python, which can be imported.\n"
            f"Seen: {own}. Move it to a cell of its own, below the solution's."
        )
    if isinstance(error, SyntaxError):
        return f"Expected: plain Python, which can be imported.\nSeen: a syntax error: {error.msg}"
    if isinstance(error, ImportError) and (error.name or "").partition(".")[0] == "autograder":
        return (
            "Expected: the code can be imported.\nSeen: it imports `autograder`, which is not there for what it judges."
        )
    if isinstance(error, ImportError):
        return f"Expected: the code can be imported.\nSeen: an import failed: {text_of(error)}"
    return f"Expected: the code can be imported.\nSeen: importing it raised {said(error)}"


def failure(error: BaseException) -> Outcome:
    if isinstance(error, MemoryError):
        return Outcome(
            "error",
            "Expected: the code ends, within its limits.\nSeen: it used up its memory limit.",
            places.where(error),
        )
    if isinstance(error, RuntimeError) and str(error) == "can't start new thread":
        seen = f"the next thread could not be started; all stacks together may take {limits.MEMORY >> 30} GB."
        return Outcome("error", f"Expected: the code ends, within its limits.\nSeen: {seen}", places.where(error))
    if hidden := faults.hidden_method():
        seen, place = hidden
        return Outcome("failed", f"Expected: no method of `threading.Thread` is hidden.\nSeen: {seen}", place)
    if isinstance(error, Failed):
        crash = faults.crash()
        ended = f"a thread had ended with {said(crash)}: {places.where(crash)}" if crash else ""
        also = [f"\nAlso: {fault}" for fault in (ended, faults.stopped_loop()) if fault]
        return Outcome("failed", f"{error}{''.join(also)}")
    if isinstance(error, Deadlock):
        seen = "a deadlock: all that is left waits, and nothing is left that could wake it."
        return Outcome("failed", f"Expected: the code ends.\nSeen: {seen}", str(error))
    if isinstance(error, OutOfTime):
        return Outcome("timeout", "Expected: the code ends.\nSeen: it worked on and on without ending.", str(error))
    if isinstance(error, SystemExit):
        seen = f"it called sys.exit({error.code!r})"
        return Outcome("error", f"Expected: the code returns.\nSeen: {seen}", places.where(error))
    if isinstance(error, RecursionError):
        return Outcome(
            "failed", f"Expected: the code ends.\nSeen: a recursion without end: {error}", places.where(error)
        )
    return Outcome("failed", f"Expected: no exception.\nSeen: {said(error)}", places.where(error))


def said(error: BaseException) -> str:
    while isinstance(error, BaseExceptionGroup) and len(error.exceptions) == 1:
        error = error.exceptions[0]
    text = text_of(error)
    said = f"{type(error).__name__}: {text}" if text else type(error).__name__
    # What other cells import and define is there in the notebook, and not here.
    alone = ". A solution is a module of its own: it imports or defines all that it uses" if _is_missing(error) else ""
    return f"{said}{alone}"


def _is_missing(error: BaseException) -> bool:
    return isinstance(error, NameError) and not isinstance(error, UnboundLocalError)


def text_of(error: BaseException) -> str:
    try:
        text = str(error)
    except BaseException:  # the learner's, like the exception itself
        return ""
    if len(text) > LONGEST_ERROR:
        return f"{text[:LONGEST_ERROR]}… ({len(text)} characters)"
    return text
