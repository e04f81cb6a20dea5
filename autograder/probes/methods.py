"""The property *it has that method*: what a learner's class offers, and what hides it.

    stop = method(worker, "stop", "`start_worker` returns a `Worker`", where(solution.start_worker))
    Call(stop).returned()

An attribute of an object hides the method of that name, as in `self.stop = stop` beside `def stop(self)`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from autograder.probes.words import quoted
from autograder.verdict import Failed


def method(owner: Any, name: str, what: str, made_at: str) -> Callable[..., Any]:
    """Returns the owner's method of that name; raises `Failed` where there is none, or an attribute hides it.

    `what` goes before "with a method `stop()`" in the message, `made_at` is the place that it names.

    >>> method([], "append", "`make` returns a list", "line 1").__name__
    'append'
    """
    found = getattr(owner, name, None)
    kind = f"`{type(owner).__name__}`"
    if callable(getattr(type(owner), name, None)):
        seen = (
            f"{kind} has one, but its attribute `{name}` hides it: that is {quoted(found)}. Name one of them otherwise."
        )
    else:
        seen = f"it is {quoted(owner)}, which has none."
    if not callable(found):
        raise Failed(f"{what} with a method `{name}()`.", seen, made_at)
    return found
