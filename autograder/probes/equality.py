"""Values that say themselves what they are equal to: what a check compares must not be one.

    require(believed(page) == "page of a", …)

`Call.returned` and the arguments of stubs are believed already: where a check asks `page == …`, a learner's class may
answer.
"""

from __future__ import annotations

from types import FunctionType
from typing import Any
from unittest import mock

from autograder.run.own_files import files
from autograder.run.places import where
from autograder.verdict import Failed

_DEPTH = 3
_MOST = 1000


def believed(value: Any) -> Any:
    """Return the value. Raises `Failed` where it, or what is in it, has an `__eq__` or `__ne__` of the learner's.

    >>> believed(["page"])
    ['page']
    """
    if (kind := _answers_itself(value, _DEPTH)) is not None:
        seen = f"it is of class `{kind.__name__}`, which decides itself what it is equal to."
        raise Failed("what is compared is a plain value.", seen, where(kind))
    return value


def _answers_itself(value: Any, depth: int) -> type | None:
    kind = type(value)
    for name in ("__eq__", "__ne__"):
        own = next((vars(base)[name] for base in kind.__mro__ if name in vars(base)), None)
        if kind is type(mock.ANY) or not _is_librarys(own):
            return kind
    if depth and kind in (list, tuple, set, frozenset, dict):
        parts = [*value, *(value.values() if kind is dict else ())][:_MOST]
        return next((found for part in parts if (found := _answers_itself(part, depth - 1))), None)
    return None


def _is_librarys(method: Any) -> bool:
    if isinstance(method, FunctionType):
        return method.__code__.co_filename not in files
    return type(method) in _IN_C or method is None


_IN_C = (type(object.__eq__), type(object().__eq__), type(str.join), type(len))
