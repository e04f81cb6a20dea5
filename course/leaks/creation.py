"""Where something was created: taken in a fraction of a microsecond, made readable only when asked for."""

from __future__ import annotations

import sys
import weakref
from types import CodeType
from typing import Any

from course.leaks.frames import Frame, frame_at, library_files

# Rises with every `ignore_current`: what is created in an epoch is not in the baselines taken before it.
epoch = 1

Place = tuple[CodeType, int, dict[str, Any]]


def next_epoch() -> int:
    """Begin a new epoch and return it."""
    global epoch
    epoch += 1
    return epoch


def place(depth: int) -> Place | None:
    """The innermost frame outside the library, from `depth` frames up; None if there is none."""
    frame = sys._getframe(depth)
    while library_files[frame.f_code.co_filename]:
        frame = frame.f_back
        if frame is None:
            return None
    return frame.f_code, frame.f_lasti, frame.f_globals


def frame(place: Place | None) -> Frame | None:
    """`place` as a frame to read."""
    if place is None:
        return None
    code, lasti, namespace = place
    return frame_at(code, lasti, str(namespace.get("__name__", "")))


class Places:
    """The places where things were created, forgotten with the things."""

    def __init__(self) -> None:
        self._places: dict[int, tuple[weakref.ref, Place | None]] = {}

    def record(self, thing: object, depth: int) -> None:
        """Record the caller `depth` frames up as creator of `thing`."""
        key, places = id(thing), self._places
        reference = weakref.ref(thing, lambda dead: places.pop(key, None))
        places[key] = (reference, place(depth + 1))

    def frame(self, thing: object) -> Frame | None:
        """Where `thing` was created; None if that was not recorded."""
        reference, recorded = self._places.get(id(thing), (None, None))
        return frame(recorded) if reference is not None and reference() is thing else None

    def clear(self) -> None:
        self._places.clear()
