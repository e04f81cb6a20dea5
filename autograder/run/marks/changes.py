"""What a verdict depends on, before the learner's code and after: functions and classes of the grader and the library.

    before = changes.Before()
    ...                             # the learner's code runs
    before.changed()                # ["asyncio.tasks.all_tasks", "json.encoder.JSONEncoder.encode"]

What is no function or class may change as the library works: counters, registries, the running loop.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from types import FunctionType
from typing import Any

import autograder
import course

_MODULES = (
    *("asyncio", "autograder", "course", "concurrent.futures", "threading", "_thread", "time", "builtins", "json"),
    *("queue", "select", "selectors", "inspect", "weakref", "contextlib", "gc", "sys", "os", "signal"),
)
_PREFIXES = tuple(f"{name}." for name in _MODULES)
_OUR_FOLDERS = tuple(os.path.dirname(os.path.abspath(str(ours.__file__))) + os.sep for ours in (autograder, course))
_MOST = 10


def prepare() -> None:
    """Find what is to be compared: once, before there is code of a learner's."""
    _namespaces()


class Before:
    """What there is when it is made."""

    def __init__(self) -> None:
        self._then = [(name, names, dict(names)) for name, names in _namespaces()]

    def changed(self) -> list[str]:
        """Return the names of what is now something else, some of them where there are many."""
        missing = object()
        found = [
            f"{name}.{key}"
            for name, names, then in self._then
            for key, was in then.items()
            if (now := names.get(key, missing)) is not was
            and not _is_ours(now)
            and (callable(was) or hasattr(was, "__get__"))
            and not key.endswith("hook")  # there to be set
        ]
        return found[:_MOST]


def _is_ours(thing: object) -> bool:
    """Whether it is a function of the grader's own: probes put some in the library's place."""
    return type(thing) is FunctionType and thing.__code__.co_filename.startswith(_OUR_FOLDERS)


@cache
def _namespaces() -> list[tuple[str, Mapping[str, Any]]]:
    """The modules, and their classes."""
    return [*_modules(), *_classes()]


def _modules() -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name, module in sys.modules.items():
        if f"{name}.".startswith(_PREFIXES):
            yield name, vars(module)


def _classes() -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name, names in _modules():
        for key, value in names.items():
            if isinstance(value, type) and value.__module__ == name and value.__flags__ & _MUTABLE:
                yield f"{name}.{key}", vars(value)


_MUTABLE = 1 << 9
"""Py_TPFLAGS_HEAPTYPE: classes written in C, mostly, cannot be changed."""
