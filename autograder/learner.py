"""The learner's code, as the checks see it: loading it, and saying where in it something is."""

from __future__ import annotations

import asyncio
import inspect
import linecache
import os
import sys
import tempfile
import threading
import types
from pathlib import Path
from typing import Any

from autograder.submission import Source
from course.leaks import Frame, Leak

MODULE = "solution"
"""The name under which the learner's code is imported."""

_labels: set[str] = set()


def know(source: Source) -> None:
    """Remembers which files are the learner's, and their lines."""
    _labels.update(source.files)
    for name, text in source.files.items():
        # linecache keeps it though there is no such file: a cell has none, and a sandbox has it elsewhere.
        linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)


def load(source: Source) -> types.ModuleType:
    """Imports the learner's code as the module `solution`; whatever it raises is the learner's.

    The other files of a folder are found by `import`: they are written to a new folder in the working directory.
    """
    know(source)
    if len(source.files) > 1:
        folder = Path(tempfile.mkdtemp(dir="."))
        for name, text in source.files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text, encoding="utf-8")
        sys.path.insert(0, str(folder.resolve()))
    module = types.ModuleType(MODULE)
    module.__file__ = source.main
    sys.modules[MODULE] = module
    exec(compile(source.files[source.main], source.main, "exec", dont_inherit=True), module.__dict__)
    return module


def where(thing: Any) -> str:
    """Where in the learner's code `thing` is, in words; empty where it is not in it.

    `thing` may be a `Leak`, a `Frame`, a thread, a task, an exception, a function or class, or an instance of a
    learner's class.
    """
    if isinstance(thing, Leak):
        places = [("created", thing.created), *(("waiting", frame) for frame in thing.waiting[:1])]
        said = [f"{verb} at {_place(frame)}" for verb, frame in places if frame and _own_name(frame.file)]
        return "; ".join(said)
    if isinstance(thing, Frame):
        return _place(thing) if _own_name(thing.file) else ""
    if isinstance(thing, BaseException):
        return _innermost(_traceback_frames(thing))
    if isinstance(thing, asyncio.Task):
        return _innermost(_coroutine_frames(thing.get_coro()))
    if isinstance(thing, threading.Thread):
        frame = sys._current_frames().get(thing.ident or 0)
        return _innermost(_stack(frame))
    return _definition(thing)


def _own_name(file: str) -> str:
    """The name under which the learner knows a file, or nothing if it is not the learner's."""
    if file in _labels:
        return file
    for folder in sys.path[:1]:
        name = os.path.relpath(file, folder)
        if name in _labels:
            return name
    return ""


def _place(frame: Frame) -> str:
    return at(frame.file, frame.line, frame.function)


def at(file: str, line: int, function: str) -> str:
    """One place in the learner's code: ``cell 1.1, line 7, in `send`: `await queue.put(url)` ``."""
    file = _own_name(file)
    code = linecache.getline(file, line).strip()
    inside = "" if function == "<module>" else f", in `{function}`"
    return f"{file}, line {line}{inside}" + (f": `{code}`" if code else "")


def _innermost(frames: list[tuple[str, int, str]]) -> str:
    own = [frame for frame in frames if _own_name(frame[0])]
    return at(*own[-1]) if own else ""


def _traceback_frames(error: BaseException) -> list[tuple[str, int, str]]:
    frames = []
    traceback = error.__traceback__
    while traceback:
        code = traceback.tb_frame.f_code
        frames.append((code.co_filename, traceback.tb_lineno, code.co_name))
        traceback = traceback.tb_next
    if isinstance(error, SyntaxError) and error.filename:
        frames.append((error.filename, error.lineno or 0, "<module>"))
    if isinstance(error, BaseExceptionGroup):
        frames.extend(_traceback_frames(error.exceptions[0]))
    return frames


def _coroutine_frames(coroutine: Any) -> list[tuple[str, int, str]]:
    frames = []
    while coroutine is not None:
        frame = getattr(coroutine, "cr_frame", None) or getattr(coroutine, "gi_frame", None)
        frame = frame or getattr(coroutine, "ag_frame", None)
        if frame is not None:
            frames.append((frame.f_code.co_filename, frame.f_lineno, frame.f_code.co_name))
        coroutine = getattr(coroutine, "cr_await", None) or getattr(coroutine, "gi_yieldfrom", None)
    return frames


def _stack(frame: types.FrameType | None) -> list[tuple[str, int, str]]:
    frames = []
    while frame is not None:
        frames.append((frame.f_code.co_filename, frame.f_lineno, frame.f_code.co_name))
        frame = frame.f_back
    return frames[::-1]


def _definition(thing: Any) -> str:
    if not (callable(thing) and hasattr(thing, "__name__")):
        thing = type(thing)
    thing = inspect.unwrap(thing)
    try:
        file = inspect.getsourcefile(thing) or ""
        _, line = inspect.getsourcelines(thing)
    except (OSError, TypeError):
        return ""
    return at(file, line, "<module>") if _own_name(file) else ""
