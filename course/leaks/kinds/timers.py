"""Timers: `threading.Timer`, and what is scheduled with `call_later` and `call_at` and calls user code."""

from __future__ import annotations

import asyncio
import weakref
from collections import Counter
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from threading import Timer, current_thread
from threading import enumerate as all_threads
from types import CoroutineType
from typing import Any

from course.leaks import creation, loops
from course.leaks.frames import frame_of_function, function_called, library_files, user_frames
from course.leaks.kinds import connections, threads
from course.leaks.patches import Patch
from course.leaks.report import Leak, describe
from course.leaks.rules import Value

NAME = "timer"
ALL_IN_LOOP = False

_places = creation.Places()


@dataclass(frozen=True, eq=False)
class Scheduled(Value):
    """A handle, known by what it calls: one that schedules itself again and again is the same timer."""

    handle: asyncio.TimerHandle
    loop: asyncio.AbstractEventLoop
    key: Hashable = None


def alive(claimed: set[object]) -> Iterator[object]:
    """Yield every timer that has not fired yet and is not cancelled."""
    for thread in all_threads():
        if isinstance(thread, Timer) and thread.is_alive():
            claimed.add(thread)
            if thread is not current_thread():
                yield thread
    for loop in loops.known():
        seen: Counter[Hashable] = Counter()
        of_library = None
        # One that is due has gone from the first to the second, and is about to be called.
        for handle in [*getattr(loop, "_scheduled", ()), *getattr(loop, "_ready", ())]:
            if not isinstance(handle, asyncio.TimerHandle):
                continue
            # There may be thousands of them, one for each task that sleeps.
            if (callback := _callback(handle)) is of_library:
                continue
            if not _calls_user(handle):
                of_library = callback
            elif not handle.cancelled() and not (
                claimed and claimed.intersection(map(connections.claim, _owners(handle)))
            ):
                key = _key(handle, loop)
                yield Scheduled(handle, loop, (key, seen[key]))
                seen[key] += 1


def _callback(handle: asyncio.TimerHandle) -> Any:
    return getattr(handle, "_callback", None)


def _owners(handle: asyncio.TimerHandle) -> Iterator[object]:
    """Whose method it calls, and what it knows by weak references, as timers in aiohttp do."""
    yield getattr(_callback(handle), "__self__", None)
    for argument in getattr(handle, "_args", None) or ():
        for part in argument if isinstance(argument, tuple) else (argument,):
            if isinstance(part, weakref.ref):
                yield part()


def _called(handle: asyncio.TimerHandle) -> Any:
    """What is called in the end: the coroutine that is to be started, or the function that Tornado is to call."""
    callback = _callback(handle)
    for argument in getattr(handle, "_args", None) or ():
        if isinstance(argument, CoroutineType):
            return argument
    if getattr(callback, "__module__", "") == "tornado.ioloop":
        return next(filter(callable, getattr(handle, "_args", None) or ()), callback)
    return callback


def _calls_user(handle: asyncio.TimerHandle) -> bool:
    place = frame_of_function(_called(handle))
    return place is not None and not library_files[place.file]


def _key(handle: asyncio.TimerHandle, loop: asyncio.AbstractEventLoop) -> Hashable:
    callback = function_called(_called(handle))
    code = getattr(getattr(callback, "__func__", callback), "__code__", callback)
    return id(loop), id(getattr(callback, "__self__", None)), id(code)


def in_loop(thing: object) -> bool:
    return isinstance(thing, Scheduled)


def may_end(thing: Any, let_run: bool) -> bool:
    return isinstance(thing, Timer) or loops.may_run(thing.loop, let_run)


def leak(thing: object) -> Leak:
    if isinstance(thing, Timer):
        stack = threads.stack_of(thing)
        called = frame_of_function(thing.function)
        return describe(
            NAME,
            thing.name,
            created=threads.created(thing),
            stack=stack if called is None or user_frames(stack) else (called, *stack),
            note=f"{_name(thing.function)} {thing.interval:g} s after its start",
            object=thing,
        )
    assert isinstance(thing, Scheduled)
    connections.look_for_older()
    called = _called(thing.handle)
    place = frame_of_function(called)
    return describe(
        NAME,
        _name(called),
        created=_places.frame(thing.handle),
        stack=() if place is None else (place,),
        note=f"due in {thing.handle.when() - thing.loop.time():.3g} s",
        object=thing.handle,
    )


def _name(function: object) -> str:
    place = frame_of_function(function)
    return place.function if place is not None else getattr(function, "__qualname__", repr(function))


_patches: list[Patch] = []


def install(strong: bool) -> None:
    """Record the creators of handles from now on."""
    if not _patches:
        for kind in loops.classes("call_at"):
            _patches.append(Patch(kind, "call_at", _recording_call_at))


def uninstall() -> None:
    while _patches:
        _patches.pop().remove()
    _places.clear()


def _recording_call_at(original: Callable[..., asyncio.TimerHandle]) -> Callable[..., asyncio.TimerHandle]:
    def call_at(loop: asyncio.AbstractEventLoop, *args: Any, **kwargs: Any) -> asyncio.TimerHandle:
        handle = original(loop, *args, **kwargs)
        if getattr(handle, "_source_traceback", None):
            del handle._source_traceback[-1]  # type: ignore[attr-defined]  # in debug mode asyncio names the caller, which is not this function
        if _patches and _calls_user(handle):
            loops.remember(loop)
            _places.record(handle, 2)
        return handle

    return call_at
