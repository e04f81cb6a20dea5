"""Replacing an attribute for a while, also when others replace it meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from types import FunctionType
from typing import Any

_MISSING = object()


class Patch:
    """Puts `wrap(original)` in the place of `owner.name`.

    `remove` puts the original back if nobody has replaced the attribute meanwhile. If somebody has, theirs
    stays, and it is `wrap`'s part to pass calls through while tracking is off.
    """

    def __init__(self, owner: Any, name: str, wrap: Callable[[Any], Any]) -> None:
        self._owner = owner
        self._name = name
        self._own = _unwrapped(vars(owner).get(name, _MISSING))
        original = _unwrapped(getattr(owner, name))
        self._wrapper = wrap(original)
        self._wrapper.__wrapped__ = original  # so that it keeps its signature
        setattr(owner, name, self._wrapper)

    def remove(self) -> None:
        if vars(self._owner).get(self._name, _MISSING) is not self._wrapper:
            self._wrapper.replaced = True
            return
        if self._own is _MISSING:
            delattr(self._owner, self._name)
        else:
            setattr(self._owner, self._name, self._own)


def _unwrapped(attribute: Any) -> Any:
    """`attribute`, but the original for a wrapper that was replaced and is there again, put back by somebody."""
    while isinstance(attribute, FunctionType) and getattr(attribute, "replaced", False):
        attribute = attribute.__wrapped__  # type: ignore[attr-defined]
    return attribute
