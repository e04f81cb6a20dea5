"""Threads: daemon ones too, and those started below `threading`, with `_thread`."""

from __future__ import annotations

import _thread
import itertools
import os
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from threading import Thread, _active, _DummyThread, get_ident  # type: ignore[attr-defined]
from threading import enumerate as all_threads
from types import CodeType, FrameType
from typing import Any

from course.leaks import creation, machinery
from course.leaks.creation import Place
from course.leaks.frames import Frame, stack_of_frame
from course.leaks.patches import Patch
from course.leaks.report import Leak, describe
from course.leaks.rules import Value

NAME = "thread"
ALL_IN_LOOP = False


@dataclass(frozen=True)
class RawThread(Value):
    """A thread without a `threading.Thread`: its ident, and what tells it from a later one of that ident."""

    ident: int
    root: CodeType | None
    number: int
    name: str = field(default="", compare=False)


_is_alive = Thread.is_alive  # a subclass may have another
_BOOTSTRAP = Thread._bootstrap.__code__  # type: ignore[attr-defined]
_places = creation.Places()


@dataclass(eq=False)
class _Start:
    """A thread that `_thread.start_new_thread` has started while tracking."""

    number: int
    place: Place | None
    function: str
    ended: bool = False


def _started_by(bootstrap: FrameType) -> Place | None:
    """Who has started the running thread; its outermost frame is `bootstrap`."""
    return _places.place(_active.get(get_ident()))


creation.beginnings[_BOOTSTRAP] = _started_by

_raw: dict[int, _Start] = {}
_numbers = itertools.count(1)


def _forget_the_parents() -> None:
    """Forget, in a forked child, the threads that only its parent has."""
    for ident in set(_raw) - {threading.get_ident()}:
        del _raw[ident]


if hasattr(os, "register_at_fork"):  # not on Windows
    os.register_at_fork(after_in_child=_forget_the_parents)


def alive(claimed: set[object]) -> Iterator[object]:
    """Yield every thread but the main one, the one that asks, and those in `claimed`."""
    here, main = threading.get_ident(), threading.main_thread()
    known = {here, main.ident}
    nameless = {}
    for thread in all_threads():
        if isinstance(thread, _DummyThread):
            nameless[thread.ident] = thread.name
        elif thread is not main and thread.ident != here and _is_alive(thread) and thread not in claimed:
            yield thread
        known.add(thread.ident)
    known.difference_update(nameless)
    known.add(here)
    raw = dict(_raw)
    for ident, start in raw.items():
        if ident != here:
            yield RawThread(ident, None, start.number, nameless.get(ident, ""))
    for ident, frame in sys._current_frames().items():
        # A thread of `threading` is for a moment not yet, or no more, in `known`.
        if ident not in known and ident not in raw and _is_raw(frame):
            yield RawThread(ident, _root(frame), 0, nameless.get(ident, ""))


def _is_raw(frame: FrameType | None) -> bool:
    """Whether `frame` is in a thread that neither `threading` nor `start_new_thread` below began."""
    if not machinery.by_name:
        return True  # nor one that somebody has struck off the list
    while frame is not None:
        if frame.f_code is _BOOTSTRAP or frame.f_code.co_filename == __file__:
            return False
        frame = frame.f_back
    return True


def _root(frame: FrameType) -> CodeType:
    while frame.f_back is not None:
        frame = frame.f_back
    return frame.f_code


def in_loop(thing: object) -> bool:
    return False


def may_end(thing: object, let_run: bool) -> bool:
    return True


def leak(thing: object) -> Leak:
    if isinstance(thing, Thread):
        return describe(
            NAME,
            thing.name,
            created=_places.frame(thing),
            stack=stack_of(thing),
            note="daemon" if thing.daemon else "",
            object=thing,
        )
    assert isinstance(thing, RawThread)
    start = _raw.get(thing.ident) or _Start(0, None, "")
    stack = stack_of_frame(sys._current_frames().get(thing.ident))
    return describe(
        NAME,
        thing.name or f"ident {thing.ident}",
        created=creation.frame(start.place),
        stack=tuple(frame for frame in stack if frame.file != __file__),
        note="started with _thread" + (f", running {start.function}" if start.function else ""),
        object=thing.ident,
    )


def stack_of(thread: Thread) -> tuple[Frame, ...]:
    """Return the stack that `thread` is in now, innermost first."""
    return stack_of_frame(sys._current_frames().get(thread.ident or 0))


def created(thread: Thread) -> Frame | None:
    """Return where `thread` was started; None if that was not recorded."""
    return _places.frame(thread)


_patches: list[Patch] = []


def install(strong: bool) -> None:
    """Record the creators of threads from now on."""
    if _patches:
        return
    for name in ("_start_new_thread", "_start_joinable_thread"):  # until 3.12, from 3.13
        if hasattr(threading, name):
            _patches.append(Patch(threading, name, _recording_start))
    for name in ("start_new_thread", "start_new"):
        if hasattr(_thread, name):
            _patches.append(Patch(_thread, name, _recording_raw_start))


def uninstall() -> None:
    while _patches:
        _patches.pop().remove()
    _places.clear()
    _raw.clear()


def _recording_start(original: Callable[..., Any]) -> Callable[..., Any]:
    def start(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        thread = getattr(function, "__self__", None)
        if _patches and isinstance(thread, Thread):
            _places.record(thread, 2)
        return original(function, *args, **kwargs)

    return start


def _recording_raw_start(original: Callable[..., int]) -> Callable[..., int]:
    def start_new_thread(function: Callable[..., Any], args: tuple = (), kwargs: dict | None = None) -> int:
        if not _patches:
            return original(function, args, kwargs or {})
        start = _Start(next(_numbers), creation.place(2), getattr(function, "__name__", ""))

        # A Python frame around `function`, so that it shows in sys._current_frames even if it is written in
        # C.
        def run() -> None:
            ident = threading.get_ident()
            _raw[ident] = start
            try:
                function(*args, **(kwargs or {}))
            finally:
                start.ended = True
                _raw.pop(ident, None)

        ident = original(run, ())
        if not start.ended and ident not in _raw:
            # It has not come so far as to do that itself.
            _raw[ident] = start
            if start.ended and _raw.get(ident) is start:
                _raw.pop(ident, None)
        return ident

    return start_new_thread
