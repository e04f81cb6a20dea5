"""What belongs to pytest, Jupyter, debuggers or matplotlib, and is therefore nobody's leak."""

from __future__ import annotations

import sys
from threading import Thread

from course.leaks.frames import user_frames
from course.leaks.report import Leak

# Packages, or parts of them, whose own threads and tasks live as long as the program.
_PACKAGES = (
    "IPython",
    "_pytest",
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
# Functions that run for other packages' users too, and are machinery only where they run tests.
_FUNCTIONS = ("anyio._backends._asyncio.TestRunner._run_tests_and_fixtures",)


def owns(leak: Leak) -> bool:
    """Whether the outermost user function of `leak`, or the class of its thread, is machinery's."""
    if isinstance(leak.object, Thread):
        # Debuggers mark their own threads; their functions are in the stacks of everybody's.
        if getattr(leak.object, "is_pydev_daemon_thread", False):
            return True
        if _is_ours(type(leak.object).__module__):
            return True
        # It lives as long as the kernel, and with its target on the loop nothing of IPython is in its stack.
        if _runs_loop_of_magics(leak.object):
            return True
        # asyncio's own, and it ends with the process that it waits for: that is reported.
        if leak.name.startswith("asyncio-waitpid-"):
            return True
    outermost = user_frames(leak.stack)[-1:]
    if any(frame.full_name in _FUNCTIONS for frame in outermost):
        return True
    return any(_is_ours(frame.module) for frame in (*outermost, leak.created) if frame is not None)


def _runs_loop_of_magics(thread: Thread) -> bool:
    """Whether `thread` runs the loop that IPython keeps for ``%%bash`` and its like."""
    scripts = sys.modules.get("IPython.core.magics.script")
    shells = sys.modules.get("IPython.core.interactiveshell")
    if scripts is None or shells is None or not shells.InteractiveShell.initialized():
        return False
    registry = shells.InteractiveShell.instance().magics_manager.registry
    loop = getattr(registry.get(scripts.ScriptMagics.__name__), "event_loop", None)
    return loop is not None and getattr(getattr(thread, "_target", None), "__self__", None) is loop


def _is_ours(module: str) -> bool:
    return f"{module}.".startswith(_PREFIXES)
