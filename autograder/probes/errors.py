"""Whether an error reaches somebody: bare, in a group, or as the cause of another.

    require(comes_of(call.error, raised), "an error of the put reaches the caller.", f"`enqueue` {call.ending}.")

A caller who catches the error that comes learns of the one that was raised.
"""

from __future__ import annotations


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
