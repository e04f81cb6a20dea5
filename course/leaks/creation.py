"""Where something was created: taken in a fraction of a microsecond, made readable only when asked for."""

from __future__ import annotations

import asyncio
import sys
import threading
import weakref
from collections.abc import Callable
from dataclasses import replace
from types import CodeType, FrameType
from typing import Any

from course.leaks.frames import Frame, frame_at, library_files, own_files

# Rises with every `ignore_current`: what is created in an epoch is not in the baselines taken before it.
epoch = 1

# Code, instruction and globals of the innermost frame outside the standard library; where that is an installed
# package's, also the nearest place of the project's own that has led there, else None.
Place = tuple[CodeType, int, dict[str, Any], Any]

# Where an event loop calls back: whoever runs the loop has not asked for what the library starts from there.
CALL_BACK = asyncio.Handle._run.__code__


def next_epoch() -> int:
    """Begin a new epoch and return it."""
    global epoch
    epoch += 1
    return epoch


beginnings: dict[CodeType, Callable[[FrameType], Place | None]] = {}
"""The code in which a task's step, a callback, a pool's job or a thread begins, with who says who asked for that."""


def place(depth: int) -> Place | None:
    """Return the innermost frame outside the library, `depth` frames up or above.

    Where there is none, it is the place where what runs there was asked for; None if that was not recorded.
    """
    return place_from(sys._getframe(depth))


def place_from(innermost: FrameType | None) -> Place | None:
    """As `place`, from the frame `innermost` outwards."""
    frame = innermost
    while frame is not None:
        code = frame.f_code
        if not library_files[code.co_filename]:
            return code, frame.f_lasti, frame.f_globals, None if own_files[code.co_filename] else caller_from(frame)
        if code in beginnings:
            return beginnings[code](frame)
        frame = frame.f_back
    return None


def caller_from(innermost: FrameType) -> Place | None:
    """Return the nearest place of the project's own code, from `innermost` outwards and on to who asked for that."""
    frame: FrameType | None = innermost
    while frame is not None:
        code = frame.f_code
        if own_files[code.co_filename]:
            return code, frame.f_lasti, frame.f_globals, None
        if code in beginnings:
            asked = beginnings[code](frame)
            return asked if asked is None or own_files[asked[0].co_filename] else asked[3]
        frame = frame.f_back
    return None


def frame(place: Place | None) -> Frame | None:
    """`place` as a frame to read."""
    if place is None:
        return None
    code, lasti, namespace, caller = place
    read = frame_at(code, lasti, str(namespace.get("__name__", "")))
    return read if caller is None else replace(read, caller=frame(caller))


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
