"""Where code is: frames of tasks and threads, told apart into the user's and the library's."""

from __future__ import annotations

import asyncio
import functools
import gc
import itertools
import linecache
import os
import re
import sys
import sysconfig
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from types import CodeType, CoroutineType, FrameType, FunctionType, GeneratorType, MethodType
from typing import Any, TypeVar

T = TypeVar("T")

_HERE = os.path.dirname(os.path.abspath(__file__)) + os.sep
_STDLIB = tuple({os.path.join(sysconfig.get_path(name), "") for name in ("stdlib", "platstdlib")})
# Where packages are installed, in any environment; Debian has a name of its own for it.
_INSTALLED = re.compile(r".*[\\/](?:site|dist)-packages[\\/]")
_MOST_FRAMES = 500
_LONGEST_CHAIN = 100_000
_COMPREHENSION = re.compile(r"((^|\.<locals>\.|\.)<(listcomp|setcomp|dictcomp|genexpr)>)+$")
_KERNELS_RUN = "IPythonKernel._initialize_thread_hooks.<locals>.run_closure"
_THREAD_BEGINNINGS = {
    ("threading", "Thread.run"),
    ("threading", "Thread._bootstrap_inner"),
    ("concurrent.futures.thread", "_WorkItem.run"),
    ("concurrent.futures.thread", "_worker"),
}


@dataclass(frozen=True)
class Frame:
    """One place in code.

    `file` and `line` (from 1) say where, `function` is the function's name with its class but
    without the functions around it (`Pool._run`), `module` the module's name, `qualname` the
    function's whole name in that module (`start.<locals>.run`). `caller` is, for a place where an installed
    library has created something, the nearest place in the project's own code that has led there.
    """

    file: str
    line: int
    function: str
    module: str = ""
    qualname: str = ""
    caller: Frame | None = None

    @property
    def code(self) -> str:
        """The source line, stripped; "" where the source cannot be read."""
        return linecache.getline(self.file, self.line).strip()

    @property
    def full_name(self) -> str:
        """`module.qualname`: what ignore rules compare with."""
        return f"{self.module}.{self.qualname}"

    def __str__(self) -> str:
        place = f"{place_in(self.file, self.line)} in {self.function}"
        return f"{place}: {self.code}" if self.code else place


def place_in(file: str, line: int) -> str:
    """Return a place for a person to find: `cell [3], line 6`, `app/pool.py:12`, or `anyio/_core/_tasks.py:12`.

    The path is relative to the working directory; of an installed package, to where packages are installed.
    """
    # Read here only, and not imported: the leak checker must not cost what it does not need.
    shell = sys.modules.get("IPython.core.interactiveshell")
    if shell is not None and shell.InteractiveShell.initialized():
        known = getattr(shell.InteractiveShell.instance().compile, "_filename_map", {})
        if file in known:
            return f"cell [{known[file]}], line {line}"
    installed = _INSTALLED.match(file)
    for folder in (installed[0] if installed else _STDLIB[0], os.path.join(os.getcwd(), "")):
        if file.startswith(folder):
            return f"{file.removeprefix(folder)}:{line}"
    return f"{os.path.basename(file)}:{line}"


class _LibraryFiles(dict[str, bool]):
    def __missing__(self, file: str) -> bool:
        full = os.path.abspath(file)
        standard = full.startswith(_STDLIB) and os.sep + "site-packages" + os.sep not in full
        self[file] = library = standard or file.startswith("<frozen ") or full.startswith(_HERE)
        return library


# Whether a file is part of the standard library or of this package.
library_files = _LibraryFiles()


class _OwnFiles(dict[str, bool]):
    def __missing__(self, file: str) -> bool:
        self[file] = own = not library_files[file] and _INSTALLED.match(os.path.abspath(file)) is None
        return own


# Whether a file is the project's own: neither that nor part of an installed package.
own_files = _OwnFiles()


def frame_at(code: CodeType, lasti: int, module: str) -> Frame:
    """Return the place of instruction `lasti` (-1: not started) of `code`."""
    line = code.co_firstlineno
    for start, end, number in code.co_lines():
        if start <= lasti < end and number is not None:
            line = number
    return _frame(code, line, module)


def frame_of(frame: FrameType) -> Frame:
    """Return the place where `frame` is now."""
    code = frame.f_code
    line = frame.f_lineno or code.co_firstlineno
    module = str(frame.f_globals.get("__name__", ""))
    return _frame(code, line, module)


def function_called(called: Any) -> Any:
    """Return the function or method that a call of `called`, a partial or an object with `__call__`, comes to.

    `called` itself, if it is a function or is not written in Python.
    """
    # By type alone: a mock has every attribute that it is asked for, and any class.
    while issubclass(type(called), functools.partial):
        called = called.func
    if isinstance(called, FunctionType) or not callable(called):
        return called
    call = type(called).__call__
    return MethodType(call, called) if isinstance(call, FunctionType) else called


def frame_of_function(called: object) -> Frame | None:
    """Return where the function that `called` comes to, or the coroutine, is defined; None if it is not Python."""
    function = function_called(called)
    code = function.cr_code if isinstance(function, CoroutineType) else getattr(function, "__code__", None)
    if not isinstance(code, CodeType):
        return None
    return _frame(code, code.co_firstlineno, str(getattr(function, "__module__", "")))


def _frame(code: CodeType, line: int, module: str) -> Frame:
    # A comprehension is a function of its own in some versions of Python: to the reader, it never is.
    qualname = _COMPREHENSION.sub("", code.co_qualname) or "<module>"
    return Frame(code.co_filename, line, qualname.rpartition("<locals>.")[2], module, qualname)


stand_ins: set[str] = set()
"""Files that stand in for what is written in C, such as locks on virtual time: nobody is shown to be in them."""


def beneath_stand_ins(frame: FrameType | None) -> FrameType | None:
    """`frame`, or the first of its callers that is in no stand-in."""
    while frame is not None and frame.f_code.co_filename in stand_ins:
        frame = frame.f_back
    return frame


def user_frames(stack: Iterable[Frame]) -> tuple[Frame, ...]:
    """Return the frames of `stack` that are not the library's, in the same order."""
    return tuple(frame for frame in stack if not library_files[frame.file])


def blocking_call(stack: tuple[Frame, ...]) -> str:
    """Return the library function that the innermost user frame of `stack` (innermost first) is in; "" if none.

    Where there is no user frame, it is the outermost library function, but for what every thread begins with.
    """
    call = ""
    for frame in stack:
        if not library_files[frame.file] or (frame.module, frame.qualname) in _THREAD_BEGINNINGS:
            break
        call = frame.function
    return call


def stack_of_frame(frame: FrameType | None) -> tuple[Frame, ...]:
    """Return the stack that ends in `frame`, innermost first; of a very deep one, both ends."""
    return tuple(map(frame_of, _both_ends(_callers(beneath_stand_ins(frame)))))


def _callers(frame: FrameType | None) -> Iterator[FrameType]:
    while frame is not None:
        if not is_kernels_run(frame):
            yield frame
        frame = frame.f_back


def is_kernels_run(frame: FrameType) -> bool:
    """Return whether `frame` is in what ipykernel 6 puts in the place of `Thread.run`, for everybody's threads."""
    return frame.f_code.co_qualname == _KERNELS_RUN and frame.f_globals.get("__name__") == "ipykernel.ipkernel"


def _both_ends(things: Iterable[T]) -> list[T]:
    """The first and the last of `things`, half of `_MOST_FRAMES` each; all of them, if they are no more."""
    things = iter(things)
    half = _MOST_FRAMES // 2
    return [*itertools.islice(things, half), *deque(things, maxlen=half)]


def stack_of_awaitable(awaitable: object) -> tuple[tuple[Frame, ...], object]:
    """Return the suspended frames of a coroutine or async generator, innermost first, and what it awaits at last."""
    awaited: object = None

    def frames() -> Iterator[FrameType]:
        nonlocal awaited
        for step in _awaits(awaitable):
            awaited = step
            for name in ("cr_frame", "ag_frame", "gi_frame"):
                frame = getattr(step, name, None)
                if frame is not None:
                    yield frame

    stack = [frame_of(frame) for frame in _both_ends(frames())]
    return tuple(reversed(stack)), awaited


def _awaits(awaitable: object) -> Iterator[object]:
    """`awaitable`, what it awaits, what that awaits …, through the wrappers that CPython puts between."""
    for _ in range(_LONGEST_CHAIN):
        if awaitable is None:
            return
        yield awaitable
        if asyncio.isfuture(awaitable):
            return
        if isinstance(awaitable, CoroutineType):
            awaitable = awaitable.cr_await
        elif isinstance(awaitable, GeneratorType):
            awaitable = awaitable.gi_yieldfrom
        elif hasattr(awaitable, "ag_await"):
            awaitable = awaitable.ag_await
        elif hasattr(awaitable, "cr_await"):
            awaitable = awaitable.cr_await
        else:
            awaitable = _wrapped(awaitable)


def _wrapped(wrapper: object) -> object:
    """What an opaque awaitable of CPython (a future's iterator, an asend …) is a wrapper of."""
    for inner in gc.get_referents(wrapper):
        if asyncio.isfuture(inner) or isinstance(inner, (CoroutineType, GeneratorType)) or hasattr(inner, "ag_await"):
            return inner
    return None
