"""Where something was created: taken in a fraction of a microsecond, made readable only when asked for."""

from __future__ import annotations

import asyncio
import sys
import threading
import weakref
from types import CodeType, FrameType
from typing import Any

from course.leaks.frames import Frame, frame_at, library_files

# Rises with every `ignore_current`: what is created in an epoch is not in the baselines taken before it.
epoch = 1

Place = tuple[CodeType, int, dict[str, Any]]

# Where an event loop calls back: whoever runs the loop has not asked for what the library starts from there.
CALL_BACK = asyncio.Handle._run.__code__


def next_epoch() -> int:
    """Begin a new epoch and return it."""
    global epoch
    epoch += 1
    return epoch


def place(depth: int) -> Place | None:
    """Return the innermost frame outside the library, `depth` frames up or above; None if an event loop comes first."""
    frame = sys._getframe(depth)
    while library_files[frame.f_code.co_filename]:
        if frame.f_code is CALL_BACK or frame.f_back is None:
            return None
        frame = frame.f_back
    return frame.f_code, frame.f_lasti, frame.f_globals


def frame(place: Place | None) -> Frame | None:
    """`place` as a frame to read."""
    if place is None:
        return None
    code, lasti, namespace = place
    return frame_at(code, lasti, str(namespace.get("__name__", "")))


def asked_for_by(caller: FrameType) -> Place | None:
    """Who has put what an event loop calls back on the loop, for `caller` called back; None if not recorded."""
    frame: FrameType | None = caller
    while frame is not None and frame.f_code is not CALL_BACK:
        frame = frame.f_back
    if frame is None:
        return None
    with handing_over:
        return handles.place(frame.f_locals.get("self"))


class Places:
    """The places where things were created, forgotten with the things."""

    def __init__(self) -> None:
        self._places: dict[int, tuple[weakref.ref, Place | None, int]] = {}

    def record(self, thing: object, depth: int) -> None:
        """Record the caller `depth` frames up as creator of `thing`."""
        key, places = id(thing), self._places
        reference = weakref.ref(thing, lambda dead: places.pop(key, None))
        places[key] = (reference, place(depth + 1), epoch)

    def place(self, thing: object) -> Place | None:
        """Return where `thing` was created; None if that was not recorded."""
        reference, recorded, _ = self._places.get(id(thing), (None, None, 0))
        return recorded if reference is not None and reference() is thing else None

    def frame(self, thing: object) -> Frame | None:
        """Return where `thing` was created, as a frame to read; None if that was not recorded."""
        return frame(self.place(thing))

    def since(self, epoch: int) -> list[Any]:
        """Return the things recorded in `epoch` and later."""
        recorded = [reference() for reference, _, then in list(self._places.values()) if then >= epoch]
        return [thing for thing in recorded if thing is not None]

    def clear(self) -> None:
        self._places.clear()


handles = Places()
"""The handles of callbacks that other threads have put on a loop while tracking, by who put them."""

handing_over = threading.RLock()
"""Held while a callback is put on a loop and recorded: the loop's thread may be faster than who puts it there."""
