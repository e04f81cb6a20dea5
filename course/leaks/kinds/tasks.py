"""asyncio tasks of every loop in every thread, those included that the collector destroyed while pending."""

from __future__ import annotations

import asyncio
import sys
import weakref
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from types import CoroutineType
from typing import Any

from course.leaks import creation, loops
from course.leaks.creation import Place
from course.leaks.frames import Frame, library_files, stack_of_awaitable
from course.leaks.patches import Patch
from course.leaks.report import Leak, describe
from course.leaks.rules import Value

NAME = "task"
IN_LOOP = True
_MOST_DESTROYED = 10_000
_SWEEP_AT_LEAST = 1_000

Record = tuple[int, Place | None, object]

# id(task) -> serial, place, and what keeps the task alive: while a task is suspended, its coroutine leads
# to it, by way of the future that it awaits. So a done task and its result are not kept.
_records: dict[int, Record] = {}
_destroyed: deque[Destroyed] = deque(maxlen=_MOST_DESTROYED)


@dataclass(frozen=True)
class Destroyed(Value):
    """A task that the collector destroyed while it was pending."""

    leak: Leak = field(compare=False)
    serial: float


def _all_tasks_set() -> weakref.WeakSet | None:
    """asyncio's own set of tasks; None in versions of Python (from 3.14) where it does not hold them all."""
    if sys.version_info >= (3, 14):
        return None
    for name in ("_scheduled_tasks", "_all_tasks"):
        tasks = getattr(asyncio.tasks, name, None)
        if isinstance(tasks, weakref.WeakSet):
            return tasks
    return None


def every() -> list[asyncio.Task]:
    """Every pending task of every loop."""
    tasks = _all_tasks_set()
    if tasks is None:
        everywhere = loops.known() if _patches else loops.search()
        return loops.tasks_of(everywhere)
    while True:
        try:
            return [task for task in tasks if not task.done()]
        except RuntimeError:  # another thread has started one meanwhile
            continue


def alive(claimed: set[object]) -> Iterator[object]:
    """Every pending task but the one that asks; and those that were destroyed while tracking."""
    own = asyncio.current_task() if loops.running() is not None else None
    yield from (task for task in every() if task is not own)
    yield from list(_destroyed)


def may_end(thing: object, let_run: bool) -> bool:
    return isinstance(thing, asyncio.Task) and loops.may_run(thing.get_loop(), let_run)


def leak(thing: object) -> Leak:
    if isinstance(thing, Destroyed):
        return thing.leak
    return _describe(thing, _created(thing), object=thing)


def _describe(task: asyncio.Task, created: Frame | None, note: str = "", object: object = None) -> Leak:
    coro = task.get_coro()
    stack, awaited = stack_of_awaitable(coro)
    blocked_in = ""
    if isinstance(awaited, asyncio.Task):
        blocked_in = f"await of task {awaited.get_name()!r}"
    name = getattr(coro, "__name__", "")
    note = ", ".join(filter(None, (f"running {name}" if name else "", note)))
    return describe(
        NAME,
        task.get_name(),
        created=created,
        stack=stack,
        blocked_in=blocked_in,
        note=note,
        object=object,
    )


def _created(task: asyncio.Task) -> Frame | None:
    record = _records.get(id(task))
    if record is not None and _is_of(record[2], task):
        return creation.frame(record[1])
    # Recorded by asyncio itself in its debug mode.
    for entry in reversed(getattr(task, "_source_traceback", None) or ()):
        if not library_files[entry.filename]:
            return Frame(entry.filename, entry.lineno, entry.name, "", entry.name)
    return None


def _is_of(held: object, task: asyncio.Task) -> bool:
    if isinstance(held, weakref.ref):
        return held() is task
    return held is task or held is task.get_coro()


_patches: list[Patch] = []
_strong = False


def install(strong: bool) -> None:
    """Record the creators of tasks from now on, and keep pending tasks alive if `strong`."""
    global _strong
    _strong = strong
    if _patches:
        return
    tasks = _all_tasks_set()
    if tasks is not None:
        _patches.append(Patch(tasks, "add", _recording_add))
    else:
        loops.search()
        _patches.extend(
            Patch(kind, "create_task", _recording_create) for kind in loops.classes("create_task")
        )
    for kind in loops.classes("call_exception_handler"):
        _patches.append(Patch(kind, "call_exception_handler", _noting_destroyed))


def uninstall() -> None:
    while _patches:
        _patches.pop().remove()
    _records.clear()
    _destroyed.clear()


def _recording_add(original: Callable[[asyncio.Task], None]) -> Callable[[asyncio.Task], None]:
    # Runs for every task that is started: written for speed.
    records, library, next_serial, getframe = (
        _records,
        library_files,
        creation.serials.__next__,
        sys._getframe,
    )

    def add(task: asyncio.Task) -> None:
        original(task)
        frame = getframe(1)
        while frame is not None and library[frame.f_code.co_filename]:
            frame = frame.f_back
        where = None if frame is None else (frame.f_code, frame.f_lasti, frame.f_globals)
        records[id(task)] = (next_serial(), where, _hold(task))
        if len(records) > _sweep_limit:
            _sweep()

    return add


def _hold(task: asyncio.Task) -> object:
    if not _strong:
        return weakref.ref(task)
    coro = task.get_coro()
    return coro if type(coro) is CoroutineType else task


def _recording_create(original: Callable[..., asyncio.Task]) -> Callable[..., asyncio.Task]:
    def create_task(loop: asyncio.AbstractEventLoop, *args: Any, **kwargs: Any) -> asyncio.Task:
        task = original(loop, *args, **kwargs)
        if _patches and isinstance(task, asyncio.Task) and not task.done():
            loops.remember(loop)
            _records[id(task)] = (next(creation.serials), creation.place(2), _hold(task))
            if len(_records) > _sweep_limit:
                _sweep()
        return task

    return create_task


def _noting_destroyed(original: Callable[..., None]) -> Callable[..., None]:
    def call_exception_handler(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        task = context.get("task")
        if _patches and isinstance(task, asyncio.Task) and "destroyed" in context.get("message", ""):
            serial, where, _ = _records.pop(id(task), (0, None, None))
            note = "destroyed by the garbage collector while pending"
            _destroyed.append(Destroyed(_describe(task, creation.frame(where), note), serial))
        original(loop, context)

    return call_exception_handler


_sweep_limit = _SWEEP_AT_LEAST


def _sweep() -> None:
    """Forget the tasks that are done; at a cost that is shared by as many new ones."""
    global _sweep_limit
    mark = next(creation.serials)
    pending = {id(task) for task in every()}
    for key, record in list(_records.items()):
        if key not in pending and record[0] < mark:
            _records.pop(key, None)
    _sweep_limit = max(_SWEEP_AT_LEAST, 2 * len(_records))
