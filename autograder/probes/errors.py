"""Errors that learners' code cannot have thought of, and whether one reaches somebody: bare, in a group, or as a cause.

    raised, _ = unforeseen("no route to the queue")
    require(comes_of(call.error, raised), "an error of the put reaches the caller.", f"`enqueue` {call.ending}.")

A caller who catches the error that comes learns of the one that was raised.
"""

from __future__ import annotations


class Unforeseen(Exception):
    """Of no class that the learner's code knows."""


class Interruption(BaseException):
    """The same, of the kind that `except Exception` does not catch."""


def unforeseen(text: str) -> tuple[Unforeseen, Interruption]:
    """Makes one of each kind, to be raised by what is passed to learners' code.

    >>> unforeseen("no route")
    (Unforeseen('no route'), Interruption('no route'))
    """
    return Unforeseen(text), Interruption(text)


def comes_of(seen: BaseException | None, cause: BaseException) -> bool:
    """Whether who has `seen` that error learns of the `cause` by it: it is that, a group with it in, or raised from it.

    >>> cause = KeyError("url")
    >>> comes_of(ExceptionGroup("fetches", [cause]), cause), comes_of(None, cause)
    (True, False)
    """
    if seen is None or seen is cause:
        return seen is cause
    parts = seen.exceptions if isinstance(seen, BaseExceptionGroup) else ()
    return any(comes_of(part, cause) for part in (*parts, seen.__cause__))
