"""Processes that run learners' code: kept out of this one, ended with all that they started, cleared up after."""

from __future__ import annotations

import contextlib
import ctypes
import os
import shutil
import signal
import time

# Bound here, as learners' code may put others in the place of these.
from os import _exit

from autograder.run.limits import become

_PR_SET_DUMPABLE = 4
_PR_SET_CHILD_SUBREAPER = 36


def close_to_others() -> None:
    """Keep other processes of this user out of this one: out of `/proc/…/mem` and `/proc/…/fd`."""
    _prctl(_PR_SET_DUMPABLE, 0)


def adopt_orphans() -> None:
    """Make what outlives its parent this process's child, so that it can be ended."""
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)


def end(child: int, sandboxed: bool) -> None:
    """End a child and whatever it started."""
    if sandboxed:
        # All that lives in the sandbox but this process, its first.
        with contextlib.suppress(ProcessLookupError):
            os.kill(-1, signal.SIGKILL)
    else:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(child, 0)
        if _has_children():
            import psutil

            for process in psutil.Process().children(recursive=True):
                with contextlib.suppress(psutil.Error):
                    process.kill()
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, 0):
            pass


def _has_children() -> bool:
    """Whether any child is left, or a descendant of one that has ended, and so is this process's child now."""
    try:
        while os.waitpid(-1, os.WNOHANG) != (0, 0):
            pass
    except ChildProcessError:
        return False
    return True


def clear(folder: str, before: set[str], uid: int | None) -> bool:
    """Remove what has come into a folder since, and return whether that went well.

    No item may find what another has left, or the disk full of it.
    """
    try:
        left = set(os.listdir(folder)) - before
    except OSError:
        return False
    if not left:
        return True
    child = os.fork()
    if child == 0:
        # As its owner: the process that judges may not override permissions.
        try:
            if uid is not None:
                become(uid)
            for path in (os.path.join(folder, name) for name in left):
                if os.path.isdir(path) and not os.path.islink(path):
                    shutil.rmtree(path, ignore_errors=True)
                else:
                    with contextlib.suppress(OSError):
                        os.unlink(path)
        finally:
            _exit(0)
    end = time.monotonic() + _CLEARING
    while os.waitpid(child, os.WNOHANG) == (0, 0):
        if time.monotonic() > end:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            return False
        time.sleep(0.001)
    try:
        return set(os.listdir(folder)) == before
    except OSError:
        return False


_CLEARING = 1.0
"""Seconds. What takes longer goes with the sandbox."""


def _prctl(option: int, value: int) -> None:
    """Linux's prctl; nothing elsewhere."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)
