"""What belongs to pytest, Jupyter, debuggers or matplotlib, and is therefore nobody's leak."""

from __future__ import annotations

import sys
from functools import lru_cache
from threading import Thread
from types import FrameType
from typing import Any

from course.leaks.frames import is_kernels_run, library_files, user_frames
from course.leaks.report import Leak

# Packages, or parts of them, whose own threads and tasks live as long as the program.
_PACKAGES = (
    "IPython",
    "_pytest",
    "course.live",
    "execnet",
    "ipykernel",
    "matplotlib",
    "pytest_timeout",
    "tqdm._monitor",
    "xdist",
    "zmq._future",
    "zmq.eventloop",
    "zmq.utils",
)
_PREFIXES = tuple(f"{package}." for package in _PACKAGES)
by_name = True
"""Whether these are known by their names. Code that is judged could take such a name: there, nothing is."""

# Functions that run for other packages' users too, and are machinery only where they run tests.
_FUNCTIONS = ("anyio._backends._asyncio.TestRunner._run_tests_and_fixtures",)


def owns(leak: Leak) -> bool:
    """Return whether the outermost user function of `leak`, or the class of its thread, is machinery's."""
    if not by_name:
        return False
    if isinstance(leak.object, Thread) and _is_machinerys(leak.object):
        return True
    outermost = [frame for frame in user_frames(leak.stack) if not _is_debuggers(frame.module)][-1:]
    if any(frame.full_name in _FUNCTIONS for frame in outermost):
        return True
    return any(_is_ours(frame.module) for frame in (*outermost, leak.created) if frame is not None)


def owns_thread(thread: Thread, frame: FrameType | None) -> bool:
    """As `owns`, for a thread that is in `frame`, innermost; fast enough to be asked 20 times a second."""
    outermost = None
    while frame is not None:
        if not library_files[frame.f_code.co_filename] and not is_kernels_run(frame):
            module = str(frame.f_globals.get("__name__"))
            outermost = outermost if _is_debuggers(module) else module
        frame = frame.f_back
    return _is_machinerys(thread) or (outermost is not None and _is_ours(outermost))


def owns_coroutine(coroutine: Any) -> bool:
    """As `owns`, for the coroutine of a task; fast enough to be asked of thousands, 20 times a second."""
    while (frame := getattr(coroutine, "cr_frame", None)) is not None:
        if not library_files[frame.f_code.co_filename]:
            return _is_ours(str(frame.f_globals.get("__name__")))
        coroutine = coroutine.cr_await
    return False


def _is_machinerys(thread: Thread) -> bool:
    # Debuggers mark their own threads; their functions are in the stacks of everybody's.
    if getattr(thread, "is_pydev_daemon_thread", False):
        return True
    # asyncio's own, and it ends with the process that it waits for: that is reported.
    if thread.name.startswith("asyncio-waitpid-"):
        return True
    return _is_ours(type(thread).__module__) or _runs_loop_of_magics(thread)


def _runs_loop_of_magics(thread: Thread) -> bool:
    """Whether `thread` runs the loop that IPython keeps for `%%bash` and its like, as long as the kernel lives."""
    scripts = sys.modules.get("IPython.core.magics.script")
    shells = sys.modules.get("IPython.core.interactiveshell")
    if scripts is None or shells is None or not shells.InteractiveShell.initialized():
        return False
    registry = shells.InteractiveShell.instance().magics_manager.registry
    loop = getattr(registry.get(scripts.ScriptMagics.__name__), "event_loop", None)
    return loop is not None and getattr(getattr(thread, "_target", None), "__self__", None) is loop


def _is_debuggers(module: str) -> bool:
    """Whether `module` is the debugger's, through which every thread runs that starts while it is there."""
    return module.startswith(("pydevd", "_pydev"))


@lru_cache(maxsize=1024)
def _is_ours(module: str) -> bool:
    return f"{module}.".startswith(_PREFIXES)
