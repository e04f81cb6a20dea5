"""What a task needs of the learner's module: names, and how they can be called."""

from __future__ import annotations

import inspect
from typing import Any

from autograder.run.places import where
from autograder.verdict import Failed


def require(solution: Any, need: str) -> None:
    """Raise `Failed` unless the module has what `need` says: a name, `lock`, or a call, `first(urls, fetch)`.

    More parameters than those are fine if they have defaults, and so are other names for them.
    """
    name, is_called, parameters = need.rstrip(")").partition("(")
    if not hasattr(solution, name):
        raise Failed(f"`{need}` is defined.", "there is no such name.")
    if not is_called:
        return
    function = getattr(solution, name)
    if not callable(function):
        raise Failed(f"`{need}` can be called.", f"`{name}` is {type(function).__name__} {function!r:.80}.")
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):
        return  # it has one that Python does not know
    for positional, named in _ways_to_call(parameters):
        try:
            signature.bind(*positional, **named)
        except TypeError:
            seen = f"it is defined as `{name}{signature}`."
            raise Failed(f"`{name}` can be called as `{need}`.", seen, where(function)) from None


def _ways_to_call(parameters: str) -> list[tuple[list[None], dict[str, None]]]:
    """With what has no default, and with everything, which the checks pass by position unless it is keyword-only."""
    wanted = inspect.signature(eval(f"lambda {parameters}: None")).parameters.values()
    plain = [each for each in wanted if each.kind is each.POSITIONAL_OR_KEYWORD]
    by_name = {each.name: None for each in wanted if each.kind is each.KEYWORD_ONLY}
    least = [None for each in plain if each.default is each.empty]
    return [(least, {}), ([None] * len(plain), by_name)]
