"""Executors with workers that nobody has shut down. An executor answers for its threads and processes."""

from __future__ import annotations

import sys
import weakref
from collections.abc import Callable
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures import thread as _thread_pool
from threading import Thread
from threading import enumerate as all_threads
from types import FrameType
from typing import Any

from course.leaks import creation, loops, machinery
from course.leaks.frames import beneath_stand_ins
from course.leaks.kinds import threads
from course.leaks.patches import Patch
from course.leaks.report import Leak, describe

NAME = "executor"
ALL_IN_LOOP = False

_places = creation.Places()
_jobs = creation.Places()
# Those that asyncio's and uvloop's loops give to the threads of their default executors.
_PREFIXES_OF_LOOPS = ("asyncio", "uvloop")


def alive(claimed: set[object]) -> list[object]:
    """Return every executor that is open and has workers, but event loops' default ones, which end with their loop."""
    found: list[object] = []
    for executor, workers in _open():
        if _is_default_of_loop(executor):
            continue
        if not _is_kept_for_later(executor):
            found.append(executor)
        claimed.update(workers)
        claimed.update(_processes(executor))
        claimed.add(getattr(getattr(executor, "_call_queue", None), "_thread", None))
    return found


def idle_of_loops() -> set[object]:
    """Return the threads of event loops' default executors, AnyIO's and trio's, that are idle: they end by themselves.

    What such a thread is busy with is of whoever asked for it.
    """
    anyios = getattr(sys.modules.get("anyio._backends._asyncio"), "WorkerThread", None)
    idle: set[object] = {
        thread for thread in all_threads() if type(thread) is anyios and thread in getattr(thread, "idle_workers", ())
    }
    trio_cache = sys.modules.get("trio._core._thread_cache")
    if trio_cache is not None:
        idle.update(worker._thread for worker in loops.copy(trio_cache.THREAD_CACHE._idle_workers))
    for executor, workers in _open():
        if _is_default_of_loop(executor):
            idle.update(set(workers).difference(_busy(executor, workers)))
    return idle


def _open() -> list[tuple[Executor, list[Thread]]]:
    """The executors that are not shut down, with the threads that work for them."""
    found: dict[int, tuple[Executor, list[Thread]]] = {}
    for thread in all_threads():
        executor = _executor_of(thread)
        if executor is not None and not _is_shut_down(executor):
            found.setdefault(id(executor), (executor, []))[1].append(thread)
    return list(found.values())


def _executor_of(thread: Thread) -> Executor | None:
    """The executor that `thread` works for; None if it works for none, or that cannot be told."""
    reference = getattr(thread, "executor_reference", None)  # the managing thread of a process pool
    if getattr(thread, "_target", None) is _thread_pool._worker:
        reference = next(iter(getattr(thread, "_args", ())), None)
    executor = reference() if isinstance(reference, weakref.ref) else None
    return executor if isinstance(executor, Executor) else None


def _is_shut_down(executor: Executor) -> bool:
    return bool(getattr(executor, "_shutdown", False) or getattr(executor, "_shutdown_thread", False))


def _is_default_of_loop(executor: Executor) -> bool:
    if machinery.by_name and getattr(executor, "_thread_name_prefix", "") in _PREFIXES_OF_LOOPS:
        return True
    return any(getattr(loop, "_default_executor", None) is executor for loop in loops.known())


def _is_kept_for_later(executor: Executor) -> bool:
    """Whether it is the one that loky, and joblib with it, keeps for the next call, and ends when it is idle."""
    return any(kind.__name__ == "_ReusablePoolExecutor" for kind in type(executor).__mro__)


def _busy(executor: Executor, workers: list[Thread]) -> list[Thread]:
    """Those of `workers` that are at a job; all, if one may be about to begin one and it cannot be seen which."""
    frames = sys._current_frames()
    at_a_job = [
        thread
        for thread in workers
        if (frame := beneath_stand_ins(frames.get(thread.ident or 0))) is not None
        and frame.f_code is not _thread_pool._worker.__code__
    ]
    idle = getattr(getattr(executor, "_idle_semaphore", None), "_value", len(workers))
    return at_a_job if len(workers) - idle <= len(at_a_job) else workers


def _processes(executor: Executor) -> list[int]:
    """The ids of the processes that `executor` has started."""
    return list(getattr(executor, "_processes", None) or ())


def created_since(epoch: int) -> list[Executor]:
    """Return the open executors whose creation was recorded in `epoch` and later, those without workers too."""
    return [executor for executor in _places.since(epoch) if not _is_shut_down(executor)]


def in_loop(thing: object) -> bool:
    return False


def may_end(thing: object, let_run: bool) -> bool:
    return True


def leak(thing: object) -> Leak:
    assert isinstance(thing, Executor)
    workers = next((threads for executor, threads in _open() if executor is thing), [])
    processes = _processes(thing)
    busy = [] if processes else _busy(thing, workers)
    if processes:
        note = f"left open with {len(processes)} process{'es' * (len(processes) != 1)}"
    else:
        note = f"left open with {len(workers)} thread{'s' * (len(workers) != 1)}, {len(busy)} busy"
    return describe(
        NAME,
        getattr(thing, "_thread_name_prefix", "") or type(thing).__name__,
        created=_places.frame(thing),
        stack=threads.stack_of(busy[0]) if busy else (),
        note=note,
        object=thing,
    )


_patches: list[Patch] = []


def install(strong: bool) -> None:
    """Record the creators of executors from now on, and who submits jobs to threads."""
    if not _patches:
        for kind in (ThreadPoolExecutor, ProcessPoolExecutor):
            _patches.append(Patch(kind, "__init__", _recording_init))
        # Where a job is made, by whoever submits it: that is before a thread can be at it.
        _patches.append(Patch(_thread_pool._WorkItem, "__init__", _recording_job))


def uninstall() -> None:
    while _patches:
        _patches.pop().remove()
    _places.clear()
    _jobs.clear()


def _recording_job(original: Callable[..., None]) -> Callable[..., None]:
    def __init__(self: object, *args: Any, **kwargs: Any) -> None:
        if _patches:
            _jobs.record(self, 2)
        original(self, *args, **kwargs)

    return __init__


def _submitted_by(run: FrameType) -> creation.Place | None:
    """Who has submitted the job that runs in the frame `run`."""
    return _jobs.place(run.f_locals.get("self"))


creation.beginnings[_thread_pool._WorkItem.run.__code__] = _submitted_by


def _recording_init(original: Callable[..., None]) -> Callable[..., None]:
    def __init__(self: Executor, *args: Any, **kwargs: Any) -> None:
        if _patches:
            _places.record(self, 2)
        original(self, *args, **kwargs)

    return __init__
