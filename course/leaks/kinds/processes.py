"""Child processes that run. One that has ended and was not waited for (a zombie) is no leak here."""

from __future__ import annotations

import multiprocessing.process
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from subprocess import Popen
from typing import Any

import psutil
from psutil import Process

from course.leaks import creation
from course.leaks.creation import Place
from course.leaks.patches import Patch
from course.leaks.report import Leak, describe
from course.leaks.rules import Value

NAME = "process"
ALL_IN_LOOP = False

_FORGET_ABOVE = 1_000
_places: dict[int, Place | None] = {}


@dataclass(frozen=True)
class Child(Value):
    """A child process. psutil tells it from a later one of the same id, though the clock be set meanwhile."""

    process: Process


def alive(claimed: set[object]) -> Iterator[object]:
    """Yield every child process that runs, but those in `claimed` and multiprocessing's and loky's own helpers."""
    if _has_no_children():
        return
    own = _helpers_of_multiprocessing()
    for process in Process().children():
        try:
            if process.pid not in claimed and process.pid not in own and _runs(process):
                yield Child(process)
        except psutil.NoSuchProcess:
            continue


def _has_no_children() -> bool:
    """Whether it is certain, at the price of one system call, that this process has no child."""
    if not hasattr(os, "waitid"):
        return False
    try:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return True
    return False


def _runs(process: psutil.Process) -> bool:
    return process.status() not in (psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD)


def _helpers_of_multiprocessing() -> set[int]:
    """The processes that multiprocessing, and loky after its example, keep for all that are started."""
    pids = set()
    for module, attribute, name in (
        ("multiprocessing.resource_tracker", "_resource_tracker", "_pid"),
        ("multiprocessing.forkserver", "_forkserver", "_forkserver_pid"),
        ("loky.backend.resource_tracker", "_resource_tracker", "_pid"),
        ("joblib.externals.loky.backend.resource_tracker", "_resource_tracker", "_pid"),
    ):
        helper = getattr(sys.modules.get(module), attribute, None)
        if (pid := getattr(helper, name, None)) is not None:
            pids.add(pid)
    return pids


def in_loop(thing: object) -> bool:
    return False


def may_end(thing: object, let_run: bool) -> bool:
    return True


def leak(thing: object) -> Leak:
    assert isinstance(thing, Child)
    process, pid = thing.process, thing.process.pid
    try:
        name, command = process.name(), " ".join(process.cmdline())
    except psutil.Error:
        name, command = f"pid {pid}", ""
    for child in getattr(multiprocessing.process, "_children", ()):
        if child.pid == pid:
            name = child.name
    note = f"pid {pid}" + (f": {command[:80]}" if command else "")
    created = creation.frame(_places.get(pid))
    return describe(NAME, name, created=created, note=note, object=pid)


_patches: list[Patch] = []


def install(strong: bool) -> None:
    """Record the creators of processes from now on."""
    if _patches:
        return
    _patches.append(Patch(Popen, "__init__", _recording_method))
    _patches.append(Patch(multiprocessing.process.BaseProcess, "start", _recording_method))
    for name in ("fork", "forkpty", "posix_spawn", "posix_spawnp"):
        if hasattr(os, name):
            _patches.append(Patch(os, name, _recording_function))


def uninstall() -> None:
    while _patches:
        _patches.pop().remove()
    _places.clear()


def _recording_method(original: Callable[..., None]) -> Callable[..., None]:
    def start(self: Any, *args: Any, **kwargs: Any) -> None:
        original(self, *args, **kwargs)
        if _patches:
            _record(self.pid, creation.place(2))

    return start


def _recording_function(original: Callable[..., Any]) -> Callable[..., Any]:
    def start(*args: Any, **kwargs: Any) -> Any:
        result = original(*args, **kwargs)
        pid = result[0] if isinstance(result, tuple) else result
        if _patches and pid:
            _record(pid, creation.place(2))
        return result

    return start


def _record(pid: int, place: Place | None) -> None:
    if len(_places) > _FORGET_ABOVE:
        running = {child.pid for child in Process().children()}
        for gone in set(_places) - running:
            _places.pop(gone, None)
    _places[pid] = place
