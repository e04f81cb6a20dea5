"""Rules: which of the things that are alive a search leaves out."""

from __future__ import annotations

import re
import weakref
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from threading import Thread

from course.leaks.frames import Frame
from course.leaks.report import Leak

Pattern = str | re.Pattern[str]


@dataclass(frozen=True)
class Rule:
    """What a search leaves out: things known by identity, and leaks for which `matches` is true."""

    matches: Callable[[Leak], bool] | None = None
    known: Known | _Outside | None = None


class Known:
    """A set of things by identity, and every `Value` of before `epoch`; it keeps none of them alive."""

    def __init__(self, things: Iterable[object], epoch: int) -> None:
        self.epoch = epoch
        self._references: dict[int, weakref.ref] = {}
        self._values: set[Hashable] = set()
        for thing in things:
            if isinstance(thing, Value):
                self._values.add(thing.key)
            else:
                self._references[id(thing)] = weakref.ref(thing)

    def without(self, things: list[object]) -> list[object]:
        """Return those of `things` that are not in the set."""
        reference = self._references.get
        return [
            thing
            for thing in things
            if ((known := reference(id(thing))) is None or known() is not thing) and not self._has_value(thing)
        ]

    def _has_value(self, thing: object) -> bool:
        return isinstance(thing, Value) and (thing.epoch < self.epoch or thing.key in self._values)


class _Outside:
    """Everything that is not in `known`, as a set of things."""

    def __init__(self, known: Known) -> None:
        self._known = known

    def without(self, things: list[object]) -> list[object]:
        others = set(map(id, self._known.without(things)))
        return [thing for thing in things if id(thing) not in others]


def only(known: Known) -> Rule:
    """Return a rule that ignores everything outside `known`."""
    return Rule(known=_Outside(known))


class Value:
    """Base of what stands for a thing that Python has no object for: equal values are the same thing.

    `key` is what is compared; it must not keep anything alive.
    `epoch` is when it was created (see `creation.epoch`), where that is known.
    """

    epoch: float = float("inf")

    @property
    def key(self) -> Hashable:
        return self


def ignore(
    *,
    kind: Pattern | None = None,
    name: Pattern | None = None,
    top_function: Pattern | None = None,
    any_function: Pattern | None = None,
    created_by: Pattern | None = None,
    daemon: bool | None = None,
) -> Rule:
    """Return a rule that ignores what meets **all** the conditions given.

    `name` is the name of the task, thread … . `top_function` is the innermost function that it is in,
    of the user's code or of a library, `any_function` any function in its stack, `created_by` the
    function that created it (known while `tracking`), or the function of your own that called the library
    which did. Functions are written `module.qualname`, e.g. `"app.pool.Pool._run"` or
    `"app.start.<locals>.run"`. In a string, `*` stands for any text, all else for itself; a compiled regular
    expression must match the whole. `daemon=True` means threads that end with the process: daemons, and
    those started with `_thread`. Raises ValueError when no condition
    is given.
    """
    conditions = [
        _condition(pattern, texts)
        for pattern, texts in (
            (kind, lambda leak: (leak.kind,)),
            (name, lambda leak: (leak.name,)),
            (top_function, lambda leak: _names(leak.stack[:1] + leak.waiting[:1])),
            (any_function, lambda leak: _names(leak.stack)),
            (created_by, lambda leak: _names((leak.created, getattr(leak.created, "caller", None)))),
        )
        if pattern is not None
    ]
    if daemon is not None:
        conditions.append(lambda leak: _is_daemon(leak) is daemon)
    if not conditions:
        raise ValueError("a rule needs at least one condition: it would ignore everything")
    return Rule(matches=lambda leak: all(condition(leak) for condition in conditions))


def _condition(pattern: Pattern, texts: Callable[[Leak], Iterable[str]]) -> Callable[[Leak], bool]:
    if isinstance(pattern, str):
        pattern = re.compile(".*".join(map(re.escape, pattern.split("*"))), re.DOTALL)
    return lambda leak: any(pattern.fullmatch(text) for text in texts(leak))


def _is_daemon(leak: Leak) -> bool | None:
    """Whether `leak` is a thread that ends with the process; None if it is no thread."""
    if isinstance(leak.object, Thread):
        return leak.object.daemon
    return True if leak.kind == "thread" else None  # started with _thread


def _names(frames: Iterable[Frame | None]) -> list[str]:
    return [frame.full_name for frame in frames if frame is not None]
