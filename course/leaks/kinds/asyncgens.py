"""Async generators that were begun and neither run to their end nor closed.

One that a live task or generator is iterating over, or has entered as a context manager, is in use: if that is a
leak, the task is what leaks.
"""

from __future__ import annotations

import gc
import sys
import weakref
from asyncio import current_task
from collections import deque
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import AsyncContextDecorator, AsyncExitStack
from itertools import chain
from types import CoroutineType, MethodType
from typing import Any

from course.leaks import creation, loops
from course.leaks.frames import stack_of_awaitable
from course.leaks.kinds import tasks
from course.leaks.patches import Patch
from course.leaks.report import Leak, describe

NAME = "asyncgen"
ALL_IN_LOOP = True

# `contextlib.asynccontextmanager` makes instances of a subclass of the first.
_MANAGERS = (AsyncContextDecorator, AsyncExitStack)

_places = creation.Places()
_seen: weakref.WeakSet[AsyncGenerator] = weakref.WeakSet()
# Those that a collection has left alive.
_reachable: weakref.WeakSet[AsyncGenerator] = weakref.WeakSet()


def alive(claimed: set[object]) -> list[object]:
    """Return every async generator that stands at a `yield` and that no live task or generator is iterating over."""
    if not any(True for _ in _begun()):
        return []
    if any(generator not in _reachable for generator in _begun()):
        # What only garbage refers to is no leak: its loop closes it, sooner or later. Let it be sooner, so that the
        # answer does not depend on when the collector last ran.
        gc.collect()
        _reachable.update(_begun())
    begun = {id(generator): generator for generator in _begun()}
    used = _used_by_tasks()
    for generator in begun.values():
        used.update(id(it) for it in gc.get_referents(generator) if it is not generator)
    return [generator for key, generator in begun.items() if key not in used]


def _begun() -> Iterator[AsyncGenerator]:
    for generators in (_seen, *(getattr(loop, "_asyncgens", ()) for loop in loops.known())):
        for generator in loops.copy(generators):
            if generator.ag_frame is not None and not generator.ag_running:
                yield generator


def _used_by_tasks() -> set[int]:
    """The ids of what frames of live tasks, but the one that asks, hold, also by `async for` or `async with`."""
    held: list[object] = []
    own = current_task() if loops.running() is not None else None
    for task in tasks.every():
        step: Any = task.get_coro() if task is not own else None
        held += gc.get_referents(step)
        while isinstance(step, CoroutineType) or hasattr(step, "ag_await"):
            held += gc.get_referents(step) + gc.get_referents(getattr(step, "cr_frame", None))
            following = getattr(step, "cr_await", None) or getattr(step, "ag_await", None)
            if not isinstance(following, CoroutineType):
                # What CPython puts between an `async for` and its generator.
                following = next((it for it in gc.get_referents(following) if hasattr(it, "ag_await")), None)
            step = following
    return {id(thing) for things in (held, _of_managers(held)) for thing in things}


def _of_managers(things: list[object]) -> Iterator[object]:
    """What the context managers among `things` hold, and those on exit stacks; a method stands for its manager."""
    seen: dict[int, object] = {}
    pending = list(things)
    while pending:
        thing = pending.pop()
        manager = thing.__self__ if isinstance(thing, MethodType) else thing
        if id(manager) in seen or not issubclass(type(manager), _MANAGERS):
            continue
        seen[id(manager)] = manager
        for value in vars(manager).values():
            yield value
            pending.append(value)
            if isinstance(value, deque):  # what an exit stack is to call
                pending.extend(chain.from_iterable(entry for entry in loops.copy(value) if isinstance(entry, tuple)))


def in_loop(thing: object) -> bool:
    return True


def may_end(thing: object, let_run: bool) -> bool:
    running = loops.running()
    return let_run or running is None


def leak(thing: Any) -> Leak:
    stack, _ = stack_of_awaitable(thing)
    return describe(
        NAME, thing.__qualname__, created=_places.frame(thing), stack=stack, note="unfinished", object=thing
    )


_patches: list[Patch] = []


def install(strong: bool) -> None:
    """Record who begins async generators from now on."""
    if _patches:
        return
    for kind in loops.classes("_asyncgen_firstiter_hook"):
        _patches.append(Patch(kind, "_asyncgen_firstiter_hook", _recording_method))
    firstiter = sys.get_asyncgen_hooks().firstiter
    if firstiter is not None:  # a loop runs in this thread, with the hook as it was before
        sys.set_asyncgen_hooks(firstiter=_Hook(firstiter))


def uninstall() -> None:
    while _patches:
        _patches.pop().remove()
    firstiter = sys.get_asyncgen_hooks().firstiter
    if isinstance(firstiter, _Hook):
        sys.set_asyncgen_hooks(firstiter=firstiter.original)
    _places.clear()
    _seen.clear()


class _Hook:
    """The hook of a running loop, with a record of who calls it."""

    def __init__(self, original: Callable[[AsyncGenerator], None]) -> None:
        self.original = original

    def __call__(self, generator: AsyncGenerator) -> None:
        original = self.original
        if _patches:
            _note(generator)
        elif sys.get_asyncgen_hooks().firstiter is self:  # tracking has ended in another thread
            sys.set_asyncgen_hooks(firstiter=original)
        original(generator)


def _recording_method(original: Callable[..., None]) -> Callable[..., None]:
    def _asyncgen_firstiter_hook(loop: Any, generator: AsyncGenerator) -> None:
        if _patches:
            _note(generator)
        original(loop, generator)

    return _asyncgen_firstiter_hook


def _note(generator: AsyncGenerator) -> None:
    _seen.add(generator)
    _places.record(generator, 3)
