"""asyncio tasks of every loop in every thread, those included that the collector destroyed while pending."""

from __future__ import annotations

import asyncio
from asyncio import current_task
from dataclasses import dataclass, field
from typing import Any

from course.leaks import creation, loops, task_records
from course.leaks.frames import Frame, library_files, stack_of_awaitable
from course.leaks.report import Leak, describe
from course.leaks.rules import Value
from course.leaks.task_records import Note

NAME = "task"
ALL_IN_LOOP = True


@dataclass(frozen=True, eq=False)
class Destroyed(Value):
    """A task that the collector destroyed while it was pending."""

    leak: Leak = field(compare=False)
    epoch: float


def every() -> list[asyncio.Task]:
    """Return every pending task of every loop."""
    tasks = task_records.asyncio_set()
    if tasks is None:
        return loops.tasks_of(loops.known() if task_records.is_on() else loops.search())
    return [task for task in loops.copy(tasks) if not _is_done(task)]


def _is_done(task: Any) -> bool:
    # Of asyncio's own tasks by asyncio's own means: a subclass may say otherwise.
    return _asyncios_done(task) if isinstance(task, asyncio.Future) else task.done()


_asyncios_done = asyncio.Future.done


def alive(claimed: set[object]) -> list[object]:
    """Return every pending task but the one that asks; and those that were destroyed while tracking."""
    own = current_task() if loops.running() is not None else None
    return [*(task for task in every() if task is not own), *task_records.destroyed]


def runs_elsewhere(thing: object) -> bool:
    """Return whether the loop of `thing` runs in another thread."""
    loop = None if isinstance(thing, Destroyed) else loops.of(thing)
    return loop is not None and loop.is_running() and loop is not loops.running()


def in_loop(thing: object) -> bool:
    return True


def may_end(thing: object, let_run: bool) -> bool:
    if isinstance(thing, Destroyed):
        return False
    loop = loops.of(thing)
    return loop is not None and loops.may_run(loop, let_run)


def leak(thing: Any) -> Leak:
    if isinstance(thing, Destroyed):
        return thing.leak
    return _describe(thing, _created(thing), object=thing)


def _describe(task: asyncio.Task, created: Frame | None, note: str = "", object: object = None) -> Leak:
    coro = task_records.coroutine_of(task)
    stack, awaited = stack_of_awaitable(coro)
    blocked_in = ""
    if hasattr(awaited, "get_coro") and hasattr(awaited, "get_name"):
        blocked_in = f"await of task {awaited.get_name()!r}"
    function = getattr(coro, "__qualname__", "").rpartition("<locals>.")[2]
    note = ", ".join(filter(None, (f"running {function}" if function else "", note)))
    # A task that another library has registered need not have a name.
    name = task.get_name() if hasattr(task, "get_name") else type(task).__name__
    return describe(NAME, name, created=created, stack=stack, blocked_in=blocked_in, note=note, object=object)


def _created(task: asyncio.Task) -> Frame | None:
    note = task_records.note_of(task)
    if note is not None:
        return creation.frame(note.place)
    # Recorded by asyncio itself in its debug mode.
    for entry in reversed(getattr(task, "_source_traceback", None) or ()):
        if not library_files[entry.filename]:
            return Frame(entry.filename, entry.lineno, entry.name, "", entry.name)
    return None


def install(strong: bool) -> None:
    task_records.install(strong, _on_destroyed)


def uninstall() -> None:
    task_records.uninstall()


def _on_destroyed(task: asyncio.Task, note: Note | None) -> Destroyed:
    created = creation.frame(note.place) if note is not None else None
    text = "destroyed by the garbage collector while pending"
    return Destroyed(_describe(task, created, text), note.epoch if note is not None else 0)
