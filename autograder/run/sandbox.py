"""The sandbox for code that is not trusted: bubblewrap, with no network and nothing to see but Python itself."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import autograder
import course
from autograder import checks

SCRATCH = ("/tmp", "/dev/shm")
"""The only places where anything may be written."""

SCRATCH_SIZE = 64 << 20
"""Bytes that may be written to each of them."""


class NoSandbox(Exception):
    """There is no bubblewrap here, or it may not make namespaces. The text says what to do."""


def command(arguments: list[str]) -> list[str]:
    """Return the command that runs Python with these arguments in a new sandbox. Raises `NoSandbox`."""
    _require()
    bindings: list[str] = []
    for path in _visible():
        # bubblewrap makes what leads there for the owner alone; learners' code runs as another user.
        for parent in reversed(path.parents[:-1]):
            bindings += ["--perms", "0755", "--dir", str(parent)]
        bindings += ["--ro-bind", str(path), str(path)]
    for path in (Path("/lib"), Path("/lib64"), Path("/bin")):
        if path.is_symlink():
            bindings += ["--symlink", os.readlink(path), str(path)]
        elif path.exists():
            bindings += ["--ro-bind", str(path), str(path)]
    return [
        "bwrap",
        *("--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try"),
        *(() if os.getuid() == 0 else ("--unshare-user",)),
        *("--die-with-parent", "--new-session", "--cap-drop", "ALL"),
        *(("--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID", "--cap-add", "CAP_KILL") if os.getuid() == 0 else ()),
        *("--proc", "/proc", "--dev", "/dev"),
        # Before the bindings: the repository may lie under /tmp.
        *(word for path in SCRATCH for word in ("--perms", "1777", "--size", str(SCRATCH_SIZE), "--tmpfs", path)),
        *bindings,
        *("--remount-ro", "/dev", "--remount-ro", "/", "--chdir", "/tmp"),
        *("--clearenv", "--setenv", "HOME", "/tmp", "--setenv", "PATH", "/usr/bin:/bin", "--setenv", "LANG", "C.UTF-8"),
        *_environment_options(),
        sys.executable,
        *arguments,
    ]


def environment() -> dict[str, str]:
    """Return what the process that judges needs in its environment, in a sandbox or not: the same way every time."""
    return {"PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1", "MALLOC_ARENA_MAX": "2"}


def _environment_options() -> list[str]:
    return [word for name, value in environment().items() for word in ("--setenv", name, value)]


def _visible() -> list[Path]:
    """Python, its libraries, our two packages and the checks; not the repository around them."""
    paths = [Path("/usr"), Path("/etc/ld.so.cache"), Path("/etc/localtime")]
    paths += [Path(sys.base_prefix).resolve(), Path(sys.prefix)]
    paths += [Path(package.__file__).parent for package in (autograder, course) if package.__file__]
    paths += map(Path, checks.__path__)
    found = [path for path in paths if path.exists()]
    return [path for path in found if not any(other in path.parents for other in found)]


@cache
def _require() -> None:
    if not shutil.which("bwrap"):
        raise NoSandbox(
            "bubblewrap is not installed, and without it submissions would run with all your rights. "
            "Install it (Debian, Ubuntu: apt-get install bubblewrap)"
        )
    tried = subprocess.run(
        ["bwrap", "--unshare-all", "--ro-bind", "/", "/", "--proc", "/proc", "true"], capture_output=True, text=True
    )
    if tried.returncode:
        raise NoSandbox(
            f"bubblewrap cannot make a sandbox here ({tried.stderr.strip()}). Allow it to make user namespaces"
        )
