"""Putting the kernel in place of the machine's threads, locks and clocks, for the rest of this process."""

from __future__ import annotations

import _thread
import contextlib
import gc
import itertools
import logging
import os
import queue
import sched
import selectors
import sys
import threading
from typing import Any

from autograder.run.threads import clocks, guard, io, locks, loops, real
from autograder.run.threads.kernel import kernel
from autograder.run.threads.schedules import RoundRobin, Schedule
from course.leaks.frames import stand_ins

_STACK = 2 << 20
"""Bytes of stack that a thread gets, so that hundreds fit into the limit of memory."""

_NOT_JUDGED = "autograder.run."
"""The engine's own modules keep real time."""


class MissingName(RuntimeError):
    """This Python lacks private names of the standard library that the kernel needs; the text says which."""


def missing_names() -> list[str]:
    """The private names of the standard library that the kernel needs and this Python does not have."""
    needed = ["threading._PyRLock", "threading._CRLock", "threading._active", "logging._handlerList"]
    needed += ["selectors.SelectSelector._select", "sched.scheduler.__init__.__defaults__"]
    needed += ["threading.Event().is_set", "threading.Event()._flag"]
    if real.epoll:
        needed.append("selectors.EpollSelector._selector_cls")
    if real.start_joinable_thread:
        needed += ["_thread._ThreadHandle", "_thread.lock", "threading._start_joinable_thread"]
    else:
        needed += ["_thread._set_sentinel", "threading._set_sentinel", "threading._start_new_thread"]
    return [name for name in needed if not _is_there(name)]


def _is_there(name: str) -> bool:
    module, *rest = name.split(".")
    thing: Any = sys.modules[module]
    for part in rest:
        thing = getattr(thing, part.removesuffix("()"), None)
        if thing is None:
            return False
        if part.endswith("()"):
            thing = thing()
    return True


def _replacements() -> list[tuple[Any, Any]]:
    """The originals, and what comes in their place wherever a loaded module has them."""
    pairs = [
        *clocks.REPLACEMENTS,
        *io.REPLACEMENTS,
        (queue.SimpleQueue, locks.SimpleQueue),
        (_thread.allocate_lock, locks.Lock),
        (_thread.start_new_thread, kernel.start),
        (_thread.RLock, threading._PyRLock),  # type: ignore[attr-defined]
    ]
    if real.set_sentinel:
        pairs.append((real.set_sentinel, locks.set_sentinel))
    if real.start_joinable_thread:
        pairs.append((real.start_joinable_thread, locks.start_joinable_thread))
        pairs.append((_thread._ThreadHandle, locks.ThreadHandle))  # type: ignore[attr-defined]
        pairs.append((_thread.lock, locks.Lock))  # type: ignore[attr-defined]
    return pairs


class Sites:
    """Every name in a loaded module that is one of the originals, or a lock made before."""

    def __init__(self) -> None:
        self.new = {id(old): new for old, new in _replacements()}
        self._originals = [old for old, _ in _replacements()]  # an id is good as long as its object is there
        self._found: list[tuple[dict[str, Any], str, Any, bool]] = []
        for module in list(sys.modules.values()):
            name = getattr(getattr(module, "__spec__", None), "name", None) or getattr(module, "__name__", "") or ""
            if name.startswith(_NOT_JUDGED) or not hasattr(module, "__dict__"):
                continue
            names = vars(module)
            for name, value in list(names.items()):
                if id(value) in self.new:
                    self._found.append((names, name, self.new[id(value)], False))
                elif type(value) is real.LOCK:
                    self._found.append((names, name, locks.Lock, True))
                elif type(value) is real.RLOCK:
                    self._found.append((names, name, threading._PyRLock, True))  # type: ignore[attr-defined]

    def apply(self) -> None:
        for names, name, value, make in self._found:
            names[name] = value() if make else value


_sites: Sites | None = None


def prepare() -> None:
    """Finds the sites once, in the process that forks those which install."""
    global _sites
    _sites = Sites()


def install(own_files: set[str], schedule: Schedule | None = None, *, trace: bool = True) -> None:
    """Makes the calling thread, the main one, the judge and everything else virtual, to the end of this process.

    `own_files` are the names of the learner's files, as their code objects have them; it may grow later. Without
    `trace` lines cost nothing in the judge's own thread: on a loop it is the turns that do. Raises `MissingName`.
    """
    if missing := missing_names():
        raise MissingName(f"virtual time for threads needs {', '.join(missing)}, which this Python does not have")
    kernel.adopt(schedule or RoundRobin(), own_files)
    gc.disable()
    threading.stack_size(_STACK)
    sites = _sites or Sites()
    sites.apply()
    threading._CRLock = None  # type: ignore[attr-defined]
    for name in ("EpollSelector", "PollSelector"):
        if selector := getattr(selectors, name, None):
            selector._selector_cls = sites.new[id(selector._selector_cls)]
    selectors.SelectSelector._select = staticmethod(io.select_)  # type: ignore[attr-defined]
    defaults = sched.scheduler.__init__.__defaults__ or ()
    sched.scheduler.__init__.__defaults__ = tuple(sites.new.get(id(value), value) for value in defaults)
    for reference in logging._handlerList:  # type: ignore[attr-defined]
        if (handler := reference()) is not None and handler.lock is not None:
            handler.lock = threading.RLock()
    io.patch_sockets()
    loops.install()
    # A step, so that code in C that asks again and again is seen.
    threading.Event.is_set = _is_set  # type: ignore[method-assign]
    threading.Thread.__hash__ = _number  # type: ignore[method-assign, assignment]
    here = os.path.dirname(__file__)
    stand_ins.update(os.path.join(here, name) for name in os.listdir(here))
    os.register_at_fork(after_in_child=_after_fork)
    _stay_on_one_processor()
    guard.start()
    if trace:
        sys.settrace(kernel.trace)


_numbers = itertools.count()


def _number(self: threading.Thread) -> int:
    """The hash of a thread: not its address, so that sets of threads keep their order."""
    if "_number" not in self.__dict__:
        self.__dict__["_number"] = next(_numbers)
    return self.__dict__["_number"]


def _is_set(self: threading.Event) -> bool:
    kernel.step()
    return self._flag  # type: ignore[attr-defined]


def _stay_on_one_processor() -> None:
    """Keeps the threads where this one is: one runs at a time, and a turn on another processor costs twice as much."""
    if not hasattr(os, "sched_setaffinity"):  # not Linux
        return
    with contextlib.suppress(OSError), open("/proc/self/stat", "rb") as file:
        os.sched_setaffinity(0, {int(file.read().rpartition(b")")[2].split()[36])})


def _after_fork() -> None:
    kernel.after_fork()
    guard.start()
