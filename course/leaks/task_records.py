"""What is noted about each task while tracking: who created it, and what keeps it alive while it is pending.

A note is a weak reference to its task that carries the details, so it goes when the task goes, and nothing
has to be swept. asyncio keeps a set of weak references to all tasks; notes take the place of its plain
ones, because then every task of every kind of loop is seen, at little more cost than the reference that
asyncio makes anyway. Where asyncio has no such set (from Python 3.14), notes are kept in a set of this
module's own and `create_task` is wrapped instead.
"""

from __future__ import annotations

import asyncio
import operator
import sys
import weakref

# Bound here: a test may put a mock in its place.
from asyncio import current_task
from collections import deque
from collections.abc import Callable
from types import CodeType, FrameType
from typing import Any

from course.leaks import creation, loops
from course.leaks.creation import Place
from course.leaks.frames import library_files, own_files
from course.leaks.patches import Patch

_MOST_DESTROYED = 10_000
# asyncio's two classes of tasks: in C, which is the usual one, and in Python.
_TASKS = (asyncio.Task, asyncio.tasks._PyTask)  # type: ignore[attr-defined]
# While a task is suspended, its coroutine leads to it, by way of the future that it awaits. So keeping the coroutine
# keeps the pending task, and does not keep a done task and its result.
_COROUTINE = asyncio.Task.get_coro
_USUAL, _GROUPED = asyncio.create_task.__code__, asyncio.TaskGroup.create_task.__code__
_CREATE_TASK = {_USUAL, _GROUPED, asyncio.BaseEventLoop.create_task.__code__}


class Note(weakref.ref):
    """A weak reference to a task, with `details`: place, epoch, and what is kept (or the task's id)."""

    __slots__ = ("details",)
    details: tuple[CodeType | None, int, dict[str, Any] | None, Place | None, int, object]

    @property
    def place(self) -> Place | None:
        code, lasti, namespace, caller, _, _ = self.details
        return None if code is None or namespace is None else (code, lasti, namespace, caller)

    @property
    def epoch(self) -> int:
        return self.details[4]


class _Probe:
    """Equal to the note of `task` in a set, and keeps it: a set gives no other way to get at its element."""

    def __init__(self, task: asyncio.Task) -> None:
        self.task = task
        self.found: Note | None = None

    def __hash__(self) -> int:
        return hash(self.task)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Note) and other() is self.task:
            self.found = other
        return self.found is not None


_NOWHERE = (None, -1, None, None)

_own: set[weakref.ref] = set()
_patches: list[Patch] = []
_mode: bool | None = None
# Weak mode: notes whose task is gone. The collector clears weak references before it runs finalizers, so
# this is where the note of a task that is just being destroyed is found.
_gone: dict[int, Note] = {}
# What `on_destroyed` has made of the tasks that were destroyed while pending.
destroyed: deque[Any] = deque(maxlen=_MOST_DESTROYED)


def asyncio_set() -> Any:
    """asyncio's own `WeakSet` of tasks; None in versions of Python where it does not hold them all."""
    if sys.version_info >= (3, 14):
        return None
    for name in ("_scheduled_tasks", "_all_tasks"):
        tasks = getattr(asyncio.tasks, name, None)
        if isinstance(tasks, weakref.WeakSet) and hasattr(tasks, "data") and hasattr(tasks, "_remove"):
            return tasks
    return None


def is_on() -> bool:
    return bool(_patches)


def coroutine_of(task: asyncio.Task) -> Any:
    """Return the coroutine that `task` runs; None for a registered task of another class that does not say."""
    get_coro = getattr(task, "get_coro", None)
    return None if get_coro is None else get_coro()


def note_of(task: asyncio.Task) -> Note | None:
    """Return the note about `task`; None if there is none."""
    tasks = asyncio_set()
    probe = _Probe(task)
    return probe.found if probe in (_own if tasks is None else tasks.data) else None


def install(strong: bool, on_destroyed: Callable[[asyncio.Task, Note | None], Any]) -> None:
    """Note tasks from now on, and keep pending ones alive if `strong`.

    `on_destroyed` is called with a task that is being destroyed while pending; what it returns is put
    into `destroyed`.
    """
    global _mode
    if strong is _mode:
        return
    _remove_patches()
    _mode = strong
    tasks = asyncio_set()
    if tasks is not None:
        _patches.append(Patch(tasks, "add", lambda _: _noting_add(tasks, strong)))
    else:
        loops.search()
        for kind in loops.classes("create_task"):
            _patches.append(Patch(kind, "create_task", _noting_create(strong)))
    for kind in loops.classes("call_soon_threadsafe"):
        _patches.append(Patch(kind, "call_soon_threadsafe", _noting_caller))
    for kind in loops.classes("call_exception_handler"):
        _patches.append(Patch(kind, "call_exception_handler", _noting_destroyed(on_destroyed)))


def uninstall() -> None:
    """Take every patch back and forget everything."""
    global _mode
    _mode = None
    _remove_patches()
    tasks = asyncio_set()
    if tasks is not None:
        for note in list(tasks.data):
            task = note()
            if isinstance(note, Note) and task is not None:
                tasks.data.discard(note)
                tasks.data.add(weakref.ref(task, tasks._remove))
    creation.handles.clear()
    _own.clear()
    _gone.clear()
    destroyed.clear()


def _remove_patches() -> None:
    while _patches:
        _patches.pop().remove()


def _noting_add(tasks: Any, strong: bool) -> Callable[[asyncio.Task], None]:
    # Runs for every task that is started, so it is written for speed: it does what WeakSet.add does, with a
    # note.
    note_to = tasks.data.add
    forget = tasks._remove if strong else _forgetting(tasks._remove)
    keep = _COROUTINE if strong else id
    library = library_files
    getframe = sys._getframe
    own = own_files
    caller_from = creation.caller_from
    call_back = creation.CALL_BACK
    usual, grouped = _USUAL, _GROUPED

    def add(task: asyncio.Task) -> None:
        note = Note(task, forget)
        note_to(note)
        try:
            frame: Any = getframe(2)
            code = frame.f_code
            if code is usual or code is grouped:
                frame = frame.f_back
                while library[(code := frame.f_code).co_filename]:
                    frame = None if code is call_back else frame.f_back
            else:
                frame = _creator(getframe(1))
                code = frame.f_code
            caller = None if own[code.co_filename] else caller_from(frame)
            note.details = (code, frame.f_lasti, frame.f_globals, caller, creation.epoch, keep(task))
        except TypeError:  # a task in Python, or of a class that is not asyncio's
            note.details = (code, frame.f_lasti, frame.f_globals, caller, creation.epoch, coroutine_of(task))
        except (AttributeError, ValueError):  # there is no frame outside the library, or no second one
            place = creation.place_from(getframe(1)) or _NOWHERE
            note.details = (*place, creation.epoch, coroutine_of(task) if strong else id(task))

    return add


def _creator(frame: FrameType) -> FrameType:
    """The frame of the user's code that asked for a task, from `frame` outwards.

    It is not that of a task factory, nor of a `create_task` that a loop defines itself. Raises
    AttributeError if there is none.
    """
    while True:
        while library_files[frame.f_code.co_filename]:
            frame = None if frame.f_code is creation.CALL_BACK else frame.f_back  # type: ignore[assignment]
        if frame.f_back is None or frame.f_back.f_code not in _CREATE_TASK:
            return frame
        frame = frame.f_back


def _noting_create(strong: bool) -> Callable[[Callable[..., asyncio.Task]], Callable[..., asyncio.Task]]:
    keep = operator.methodcaller("get_coro") if strong else id
    forget = _own.discard if strong else _forgetting(_own.discard)

    def wrap(original: Callable[..., asyncio.Task]) -> Callable[..., asyncio.Task]:
        def create_task(loop: asyncio.AbstractEventLoop, *args: Any, **kwargs: Any) -> asyncio.Task:
            task = original(loop, *args, **kwargs)
            if _patches and isinstance(task, _TASKS) and not task.done():
                loops.remember(loop)
                note = Note(task, forget)
                place = creation.place(2) or _NOWHERE
                note.details = (*place, creation.epoch, keep(task))
                _own.discard(note)
                _own.add(note)
            return task

        return create_task

    return wrap


def _forgetting(forget: Callable[[weakref.ref], None]) -> Callable[[Note], None]:
    def remember_and_forget(note: Note) -> None:
        if len(_gone) > _MOST_DESTROYED:
            _gone.clear()
        _gone[note.details[-1]] = note  # type: ignore[index]
        forget(note)

    return remember_and_forget


def _asked_for_by(call_back: FrameType) -> Place | None:
    """Who has created the task that takes a step in the frame `call_back`, or has put the callback on the loop."""
    task = current_task() if loops.running() is not None else None
    if task is not None:
        note = note_of(task)
        return None if note is None else note.place
    with creation.handing_over:
        return creation.handles.place(call_back.f_locals.get("self"))


creation.beginnings[creation.CALL_BACK] = _asked_for_by


def _noting_caller(original: Callable[..., asyncio.Handle]) -> Callable[..., asyncio.Handle]:
    def call_soon_threadsafe(loop: asyncio.AbstractEventLoop, *args: Any, **kwargs: Any) -> asyncio.Handle:
        with creation.handing_over:
            handle = original(loop, *args, **kwargs)
            if _patches and isinstance(handle, asyncio.Handle):
                creation.handles.record(handle, 2)
            return handle

    return call_soon_threadsafe


def _noting_destroyed(
    on_destroyed: Callable[[asyncio.Task, Note | None], Any],
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    def wrap(original: Callable[..., None]) -> Callable[..., None]:
        def call_exception_handler(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
            task = context.get("task")
            if _patches and isinstance(task, _TASKS) and "destroyed" in context.get("message", ""):
                destroyed.append(on_destroyed(task, note_of(task) or _gone.pop(id(task), None)))
            original(loop, context)

        return call_exception_handler

    return wrap
