"""The event loops that are there: of every thread, running or not."""

from __future__ import annotations

import asyncio
import gc
import sys
import weakref
from asyncio import all_tasks, get_running_loop
from collections.abc import Collection, Iterable
from types import FrameType
from typing import Any, TypeVar

T = TypeVar("T")

_RUN = asyncio.BaseEventLoop.run_forever.__code__
_seen: weakref.WeakSet[asyncio.AbstractEventLoop] = weakref.WeakSet()


def running() -> asyncio.AbstractEventLoop | None:
    """Return the loop that runs in this thread, or None."""
    try:
        return get_running_loop()
    except RuntimeError:
        return None


def remember(loop: asyncio.AbstractEventLoop) -> None:
    """Make `loop` one of those that `known` returns."""
    _seen.add(loop)


def known() -> list[asyncio.AbstractEventLoop]:
    """Return every loop seen so far that is still there: cheap, and complete while tracking."""
    loop = running()
    if loop is not None:
        _seen.add(loop)
    for innermost in sys._current_frames().values():
        frame: FrameType | None = innermost
        while frame is not None:
            # asyncio's own only: to look at the locals of a frame keeps them alive.
            if frame.f_code is _RUN:
                owner = frame.f_locals.get("self")
                if isinstance(owner, asyncio.AbstractEventLoop):
                    _seen.add(owner)
                    break
            frame = frame.f_back
    return copy(_seen)


def search() -> list[asyncio.AbstractEventLoop]:
    """Return every loop there is, found among all objects: milliseconds."""
    for thing in gc.get_objects():
        if issubclass(type(thing), asyncio.AbstractEventLoop):
            _seen.add(thing)
    return known()


def copy(things: Collection[T]) -> list[T]:
    """Return a list of the elements of a set that other threads add to."""
    while True:
        try:
            return list(things) if things else []  # a WeakSet takes its time, even an empty one
        except RuntimeError:  # another thread has added one meanwhile
            continue


def tasks_of(loops: Iterable[asyncio.AbstractEventLoop]) -> list[asyncio.Task]:
    """Return the pending tasks of `loops`, by asyncio's public means."""
    return [task for loop in loops for task in all_tasks(loop)]


def of(task: Any) -> asyncio.AbstractEventLoop | None:
    """Return the loop that `task` belongs to; None for a registered task of another class that does not say."""
    get_loop = getattr(task, "get_loop", None)
    return getattr(task, "_loop", None) if get_loop is None else get_loop()


def may_run(loop: asyncio.AbstractEventLoop, let_run: bool) -> bool:
    """Return whether `loop` makes progress while the caller pauses; `let_run`: the caller lets its own loop run."""
    return loop.is_running() and (let_run or loop is not running())


def classes(method: str) -> list[type]:
    """Return the loop classes that define `method`, or have it from a class written in C, as uvloop's has."""
    found = []
    pending = list(asyncio.AbstractEventLoop.__subclasses__())
    while pending:
        kind = pending.pop()
        pending.extend(kind.__subclasses__())
        definer = next((base for base in kind.__mro__ if method in vars(base)), asyncio.AbstractEventLoop)
        if (definer is kind or not issubclass(definer, asyncio.AbstractEventLoop)) and kind not in found:
            found.append(kind)
    return found
