"""Where in the learner's code something is, in words."""

from __future__ import annotations

import asyncio
import inspect
import linecache
import sys
import threading
import types
from collections.abc import Iterable
from typing import Any

from autograder.run.own_files import own_name
from course.leaks import Frame, Leak
from course.leaks.frames import stack_of_awaitable, stack_of_frame


def where(*things: Any) -> str:
    """Return where in the learner's code the first of the `things` is that is in it, in words; empty if none is.

    A thing may be a `Leak`, a `Frame`, a thread, a task, an exception, a function or class, or an instance of a
    learner's class.
    """
    return next(filter(None, map(_where, things)), "")


def caller() -> str:
    """Return the learner's line that has led to the code that asks, in words; empty if there is none."""
    frame: types.FrameType | None = sys._getframe(1)
    while frame is not None and not own_name(frame.f_code.co_filename):
        frame = frame.f_back
    return line_of(frame) if frame else ""


def line_of(frame: types.FrameType) -> str:
    """Return the line that a frame is at, or has ended at, in words; empty if it is not the learner's."""
    code, line = frame.f_code, frame.f_lineno
    # None: at code without a line of its own, as at the end of `except*`.
    return at(code.co_filename, line, code.co_name) if line and own_name(code.co_filename) else ""


def _where(thing: Any) -> str:
    if isinstance(thing, Leak):
        now = "it calls what is" if thing.kind == "timer" else "waiting"
        places = [("created", thing.created), *((now, frame) for frame in thing.waiting[:1])]
        said = [f"{verb} at {_place(frame)}" for verb, frame in places if frame and own_name(frame.file)]
        return "; ".join(said)
    if isinstance(thing, Frame):
        return _innermost([thing])
    if isinstance(thing, BaseException):
        return _innermost(_stack_of_error(thing))
    if isinstance(thing, asyncio.Task):
        stack, _ = stack_of_awaitable(thing.get_coro())
        return _innermost(stack)
    if isinstance(thing, threading.Thread):
        place = _innermost(stack_of_frame(sys._current_frames().get(thing.ident or 0)))
        # A timer waits in a line of Python's own; what it is to call is the learner's.
        return place or (_definition(thing.function) if isinstance(thing, threading.Timer) else "")
    return _definition(thing)


def _place(frame: Frame) -> str:
    return at(frame.file, frame.line, frame.function)


def at(file: str, line: int, function: str) -> str:
    """One place in the learner's code: ``cell 1.1, line 7, in `send`: `await queue.put(url)` ``."""
    file = own_name(file) or file
    code = linecache.getline(file, line).strip()
    inside = "" if function == "<module>" else f", in `{function}`"
    return f"{file}, line {line}{inside}" + (f": `{code}`" if code else "")


def _innermost(stack: Iterable[Frame]) -> str:
    """The first of the frames, innermost first, that is the learner's, in words."""
    return next((_place(frame) for frame in stack if own_name(frame.file)), "")


def _stack_of_error(error: BaseException) -> list[Frame]:
    stack: list[Frame] = []
    traceback = error.__traceback__
    while traceback:
        code = traceback.tb_frame.f_code
        stack.insert(0, Frame(code.co_filename, traceback.tb_lineno, code.co_name))
        traceback = traceback.tb_next
    if isinstance(error, SyntaxError) and error.filename:
        stack.insert(0, Frame(error.filename, error.lineno or 0, "<module>"))
    if isinstance(error, BaseExceptionGroup):
        stack = [*_stack_of_error(error.exceptions[0]), *stack]
    return stack


def _definition(thing: Any) -> str:
    if not (callable(thing) and hasattr(thing, "__name__")):
        thing = type(thing)
    thing = inspect.unwrap(thing)
    try:
        file = inspect.getsourcefile(thing) or ""
        _, line = inspect.findsource(thing)  # finds where it begins, and need not read on to where it ends
    except (OSError, TypeError):
        return ""
    return at(file, line + 1, "<module>") if own_name(file) else ""
