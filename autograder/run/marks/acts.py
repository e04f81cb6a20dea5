"""Acts that Python itself reports (audit events): learners' code reaches into frames, other modules or below Python.

    acts.watch(say)     # from here on `say` gets each reason once, before the act is done

Each is told by who asked for it: the library looks into frames too, as `logging` does, and is asked to by honest code.
"""

from __future__ import annotations

import os
import sys
import sysconfig
from _thread import get_ident
from collections.abc import Callable
from types import CodeType, FrameType
from typing import Any

import autograder
import course

MOST = 20

# Not f_code: nobody has a frame who has not been noticed, and the engine asks for it at every step.
_ATTRIBUTES = {"tb_frame", "gi_frame", "cr_frame", "ag_frame", "gi_code", "cr_code", "ag_code"}
_ATTRIBUTES |= {"__code__", "__defaults__", "__kwdefaults__"}
_LOOKED_UP = {"builtins", "operator", "sys", "gc", "inspect", "types", "ctypes", "importlib", "autograder"}
_PACKAGE = os.path.dirname(os.path.abspath(autograder.__file__)) + os.sep
_TRUSTED = (
    *{os.path.join(sysconfig.get_path(name), "") for name in ("stdlib", "platstdlib", "purelib", "platlib")},
    _PACKAGE,
    os.path.dirname(os.path.abspath(course.__file__)) + os.sep,
    "<frozen ",
)
_GO_BETWEENS = tuple(
    os.path.join(sysconfig.get_path("stdlib"), name)
    for name in (
        *("inspect.py", "asyncio/base_tasks.py", "importlib/__init__.py", "pkgutil.py", "runpy.py", "code.py"),
        *("codeop.py", "timeit.py", "pdb.py", "bdb.py", "cgitb.py", "ctypes/__init__.py", "ctypes/util.py"),
        *("pathlib.py", "io.py", "os.py", "shutil.py", "pickle.py", "tempfile.py", "codecs.py", "traceback.py"),
    )
)
_GO_BETWEENS += ("<frozen importlib.",)
"""Files of the library that do for their caller what the caller does not do itself."""


def watch(say: Callable[[str], None]) -> None:
    """Say of each act what it is, before it is done, for the rest of this process and of those that it forks."""
    getframe = sys._getframe
    within: set[int] = set()
    said: set[str] = set()
    foreign: dict[str, bool] = {}

    def is_foreign(code: CodeType) -> bool:
        file = code.co_filename
        known = foreign.get(file)
        if known is None:
            known = foreign[file] = not file.startswith(_TRUSTED)
        return known

    def asked_by(frame: FrameType | None, direct: bool) -> FrameType | None:
        """The frame of the learner's that asks for the act, itself or through a go-between."""
        while frame is not None and not is_foreign(frame.f_code):
            if direct or not frame.f_code.co_filename.startswith(_GO_BETWEENS):
                return None
            frame = frame.f_back
        return frame

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event.startswith("object.") and arguments[1] not in _ATTRIBUTES:
            return
        judge = _EVENTS.get(event)
        if judge is None and not event.startswith("ctypes."):
            return
        ident = get_ident()
        if ident in within:
            return  # what this asks for itself
        within.add(ident)
        try:
            why = judge(arguments) if judge else "reaches below Python"
            if not why or len(said) >= MOST:
                return
            # `inspect.signature` looks into functions for honest code.
            direct = event in _DIRECT or (event.startswith("object.") and arguments[1].startswith("__"))
            frame = asked_by(getframe(1), direct)
            if frame is not None:
                text = f"{os_name(frame.f_code.co_filename)}, line {frame.f_lineno}: {why}"
                if text not in said:
                    said.add(text)
                    say(text)
        finally:
            within.discard(ident)

    os_name = os.path.basename
    sys.addaudithook(hook)


def _of_attribute(arguments: tuple[Any, ...]) -> str:
    name = arguments[1]
    return f"`{name}` looks into {'functions' if name.startswith('__') else 'frames'}"


def _of_import(arguments: tuple[Any, ...]) -> str:
    name = f"{arguments[0]}"
    return f"`{name}` is the grader's" if f"{name}.".startswith("autograder.") else ""


def _of_file(arguments: tuple[Any, ...]) -> str:
    path = arguments[0]
    if isinstance(path, bytes):
        path = os.fsdecode(path)
    if not isinstance(path, str):
        return ""
    path = os.path.normpath(path)
    if path.startswith("/proc") and path.endswith(("/mem", "/maps", "/environ", "/pagemap", "/syscall", "/stack")):
        return f"`{path}` reaches below Python"
    return "reads the grader's own files" if f"{path}{os.sep}".startswith(_PACKAGE) else ""


def _of_pickle(arguments: tuple[Any, ...]) -> str:
    module = f"{arguments[0]}".partition(".")[0]
    return f"a pickle looks up `{arguments[0]}.{arguments[1]}`" if module in _LOOKED_UP else ""


_FRAMES = "looks into others' frames"
_COLLECTOR = "looks for others' objects"
_CODE = "makes code from something else than its own text"
_EVENTS: dict[str, Callable[[tuple[Any, ...]], str]] = {
    **dict.fromkeys(
        ("sys._getframe", "sys._current_frames", "sys._current_exceptions", "sys.settrace", "sys.setprofile"),
        lambda arguments: _FRAMES,
    ),
    **dict.fromkeys(("gc.get_objects", "gc.get_referrers", "gc.get_referents"), lambda arguments: _COLLECTOR),
    **dict.fromkeys(
        ("compile", "exec", "code.__new__", "function.__new__", "marshal.load", "marshal.loads"),
        lambda arguments: _CODE,
    ),
    **dict.fromkeys(("object.__getattr__", "object.__setattr__", "object.__delattr__"), _of_attribute),
    "sys.addaudithook": lambda arguments: "changes how Python works",
    "import": _of_import,
    **dict.fromkeys(("open", "os.listdir", "os.scandir"), _of_file),
    "pickle.find_class": _of_pickle,
}
_DIRECT = {"exec", "compile", "object.__setattr__", "code.__new__", "function.__new__", "marshal.load", "marshal.loads"}
"""Acts that count only if the learner's code does them itself: to import a module is to load and execute code."""
