"""Faults of the learner's code that show somewhere else: what ended a thread, stopped a loop, hides a method."""

from __future__ import annotations

import gc
import inspect
import sys
import threading
from typing import Any

from autograder.run import places, threads

_crashes: list[BaseException] = []


def record_crashes() -> None:
    """From now on keeps what ends threads, instead of printing it."""
    threading.excepthook = lambda args: _crashes.append(args.exc_value) if args.exc_value is not None else None


def crash() -> BaseException | None:
    """Return the learner's error that ended a thread, if any; an error that a check has its stubs raise is none."""
    return next((error for error in _crashes if not type(error).__module__.startswith("autograder.")), None)


def stopped_loop() -> str:
    """Return that a sleep in a coroutine has stopped everything else, and where; empty if there was none."""
    if (stopped := threads.stopped_loop()) is None:
        return ""
    seconds, code, line = stopped
    seen = f"`time.sleep` stopped the event loop and all its tasks for {seconds:g} s; a task awaits `asyncio.sleep`"
    return f"{seen}: {places.at(code.co_filename, line, code.co_name)}"


def hidden_method() -> tuple[str, str] | None:
    """Return what hides a method of `threading.Thread` that `Thread` itself needs, and where; None if nothing does.

    A subclass that keeps its event as `self._stop` makes `join()` raise an error that says nothing of it.
    """
    for thread in [thing for thing in gc.get_objects() if isinstance(thing, threading.Thread)]:
        for name in vars(thread):
            if callable(getattr(threading.Thread, name, None)) and type(thread).run is not threading.Thread.run:
                seen = (
                    f"`{type(thread).__name__}` has an attribute `{name}`, which hides a method of `threading.Thread`"
                )
                return f"{seen} that `join()` needs. Name it otherwise.", _assignment(type(thread), name)
    return None


def _assignment(kind: type, name: str) -> str:
    """Where in the class the attribute is set, in words."""
    try:
        lines, first = inspect.getsourcelines(kind)
    except (OSError, TypeError):
        return places.where(kind)
    file = sys.modules[kind.__module__].__file__ or ""
    found: Any = next((number for number, line in enumerate(lines) if f".{name} =" in line), None)
    return places.at(file, first + found, kind.__name__) if found is not None else places.where(kind)
