"""Who is alive: the tasks and threads that a learner's code started, and what they wait for.

Counting must not change what is counted: between two looks nothing here holds a task, a thread or a frame,
and while one look lasts the garbage collector waits for it (see `_Looking`).
"""

import asyncio
import gc
import os
import re
import sys
import sysconfig
import threading
import weakref
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from types import CodeType, FrameType
from typing import Any, TypeVar

from course.leaks import machinery
from course.leaks.frames import place_in
from course.leaks.kinds import executors

T = TypeVar("T", asyncio.Task, threading.Thread)

_STANDARD_LIBRARY = sysconfig.get_path("stdlib") + os.sep
_SITE_PACKAGES = (sysconfig.get_path("purelib") + os.sep, sysconfig.get_path("platlib") + os.sep)

_JUDGES_PREFIX = "autograder"
"""How the names of the threads begin that judge a learner's tasks."""

_DEFAULT_NAMES = re.compile(r"(Task|Thread)-\d+( \(.*\))?")

_SILENT = "_course_live_silent"

own_threads: weakref.WeakSet[threading.Thread] = weakref.WeakSet()
"""The threads of the live plots themselves, which no census counts."""


@dataclass(frozen=True)
class Group:
    """Tasks (or threads) alike: the same code, waiting at the same place."""

    kind: str  # "task" or "thread"
    name: str
    waiting: str
    count: int

    def __str__(self) -> str:
        return f"{self.name}{times(self.count)}, {self.waiting}"


def times(count: int) -> str:
    """Return how often, after a name: " \u00d73", or nothing for once."""
    return f" \u00d7{count}" if count > 1 else ""


class _Looking:
    """Keeps the collector of other threads out while this thread holds tasks.

    A look at the tasks holds them for some microseconds. Were `gc.collect()` to run in another thread at that
    very moment, it would find them in use and spare them, and the plot would have changed what it shows.
    """

    def __init__(self):
        self._lock = threading.RLock()
        self._collecting = False
        self._process = os.getpid()

    def __enter__(self):
        self._lock.acquire()

    def __exit__(self, *_):
        self._lock.release()

    def on_collect(self, phase: str, _info: dict) -> None:
        if os.getpid() != self._process:
            return  # In a forked child nobody looks, and the lock may have been held when it was forked.
        # Code that looks takes no other lock, so it never waits for the collector; the limit is for safety.
        if phase == "start":
            self._collecting = self._lock.acquire(timeout=0.1)
        elif self._collecting:
            self._collecting = False
            self._lock.release()


class Census:
    """Counts what has appeared since this census was taken up.

    `loop` is the event loop whose tasks count; without one only threads do. Call `close()` in the end.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop | None, before: "Baseline | None" = None):
        self._loop = weakref.ref(loop) if loop is not None else lambda: None
        self._looking = _Looking()
        self._before = before or Baseline(loop)
        gc.callbacks.append(self._looking.on_collect)

    def close(self) -> None:
        if self._looking.on_collect in gc.callbacks:
            gc.callbacks.remove(self._looking.on_collect)

    def count(self) -> tuple[int, int]:
        """Return the number of live tasks and of live threads."""
        threads = len(self._threads())
        with self._looking:
            tasks = self._tasks()
            make_heard(tasks)
            return len(tasks), threads

    def groups(self) -> list[Group]:
        """Return what is alive, alike things together, the most numerous first; tasks before threads."""
        alive = self._threads()
        with self._looking:
            tasks = _grouped("task", ((task, task_name(task), _task_waiting(task)) for task in self._tasks()))
            frames = sys._current_frames()
            waiting = (
                (thread, thread_name(thread), _thread_waiting(frames.get(thread.ident or 0))) for thread in alive
            )
            threads = _grouped("thread", waiting)
            del frames, waiting
        return tasks + threads

    def _tasks(self) -> list[asyncio.Task]:
        loop = self._loop()
        if loop is None or loop.is_closed():
            return []
        return [task for task in self._before.without(asyncio.all_tasks(loop)) if not is_machinery(task)]

    def _threads(self) -> list[threading.Thread]:
        idle: set[object] | None = None
        found = []
        for thread in self._before.without(threading.enumerate()):
            if thread in own_threads or thread.name.startswith(_JUDGES_PREFIX):
                continue
            if idle is None:  # Asked only where there is something new: it looks at every executor and loop.
                idle, frames = executors.idle_of_loops(), sys._current_frames()
            if thread not in idle and not machinery.owns_thread(thread, frames.get(thread.ident or 0)):
                found.append(thread)
        return found


class Baseline:
    """What is alive now, by weak references."""

    def __init__(self, loop: asyncio.AbstractEventLoop | None):
        alive = [*threading.enumerate(), *(asyncio.all_tasks(loop) if loop is not None else ())]
        self._alive = {id(one): weakref.ref(one) for one in alive}  # Faster to ask than a WeakSet.

    def without(self, alive: Iterable[T]) -> list[T]:
        """Return those that were not alive then."""
        reference = self._alive.get
        return [one for one in alive if (known := reference(id(one))) is None or known() is not one]


def running_loop() -> asyncio.AbstractEventLoop | None:
    """Return the event loop that runs in this thread, or None."""
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


def make_heard(tasks: list[asyncio.Task]) -> None:
    """Have asyncio report each task, should it be destroyed while pending, even one that it would be silent about.

    `asyncio.gather` makes such tasks.
    """
    for task in tasks:
        if not getattr(task, "_log_destroy_pending", True):
            task._log_destroy_pending = True  # type: ignore[attr-defined]
            setattr(task, _SILENT, True)


def is_silent(task: asyncio.Task) -> bool:
    """Return whether asyncio would not have reported the task."""
    return hasattr(task, _SILENT)


def make_silent(task: asyncio.Task) -> None:
    """Undo `make_heard`."""
    if is_silent(task):
        task._log_destroy_pending = False  # type: ignore[attr-defined]
        delattr(task, _SILENT)


def task_name(task: asyncio.Task) -> str:
    """Return the qualified name of the coroutine that the task runs."""
    coroutine: Any = task.get_coro()
    return getattr(coroutine, "__qualname__", None) or task.get_name()


def thread_name(thread: threading.Thread) -> str:
    """Return the qualified name of what the thread runs, or the thread's own name where it hides that."""
    if isinstance(thread, threading.Timer):
        return f"Timer({getattr(thread.function, '__qualname__', thread.name)})"
    target = getattr(thread, "_target", None)
    return getattr(target, "__qualname__", None) or thread.name


def is_machinery(task: asyncio.Task) -> bool:
    """Return whether the task runs code of Jupyter's own, as the leak checker tells it."""
    return machinery.owns_coroutine(task.get_coro())


def _given_name(one: asyncio.Task | threading.Thread) -> str:
    """The name that somebody gave it; nothing where it has the name that Python gives."""
    name = one.get_name() if isinstance(one, asyncio.Task) else one.name
    return "" if _DEFAULT_NAMES.fullmatch(name) else name


def _grouped(kind: str, seen: Iterable[tuple[T, str, str]]) -> list[Group]:
    """Groups of what runs the same code and waits at the same place, the most numerous first.

    A group has the name given to all that are in it, or else the code's.
    """
    names: dict[tuple[str, str], Counter[str]] = {}
    for one, code, waiting in seen:
        names.setdefault((code, waiting), Counter())[_given_name(one)] += 1
    groups = [
        Group(kind, next(iter(given)) if len(given) == 1 and "" not in given else code, waiting, given.total())
        for (code, waiting), given in names.items()
    ]
    return sorted(groups, key=lambda group: -group.count)


def _task_waiting(task: asyncio.Task) -> str:
    """Where the innermost public coroutine of the task is, such as "waiting in Queue.put"."""
    place = None
    coroutine: Any = task.get_coro()
    while (code := getattr(coroutine, "cr_code", None)) is not None:
        if not _is_private(code.co_name) or place is None:
            place = _place(code, getattr(coroutine.cr_frame, "f_lineno", None))
        coroutine = coroutine.cr_await
    return place or "running"


def _thread_waiting(frame: FrameType | None) -> str:
    """What of the standard library the thread's own code waits in, or else at which own line it is."""
    standard = []
    while frame is not None and _is_standard(frame.f_code.co_filename):
        if not _is_private(frame.f_code.co_name):
            standard.append(_place(frame.f_code, frame.f_lineno))
        frame = frame.f_back
    if frame is None:  # All of it is the standard library's: name the innermost.
        return standard[0] if standard else "waiting"
    return standard[-1] if standard else _place(frame.f_code, frame.f_lineno)


def _place(code: CodeType, line: int | None) -> str:
    if _is_standard(code.co_filename):
        module = code.co_filename.removeprefix(_STANDARD_LIBRARY).split(os.sep)[0].removesuffix(".py")
        name = code.co_qualname
        return f"waiting in {name if '.' in name else f'{module}.{name}'}"
    return f"at {place_in(code.co_filename, line or code.co_firstlineno)}, in {code.co_qualname}"


@lru_cache(maxsize=1024)
def _is_standard(filename: str) -> bool:
    return filename.startswith(_STANDARD_LIBRARY) and not filename.startswith(_SITE_PACKAGES)


def _is_private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__")
