"""The sandbox for code that is not trusted: bubblewrap, with no network and nothing to see but Python itself."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import autograder
import course
from autograder import checks
from autograder.run import seccomp

SCRATCH = ("/tmp", "/dev/shm")
"""The only places where anything may be written."""

SCRATCH_SIZE = 64 << 20
"""Bytes that may be written to each of them."""


_KEYS = ("/proc/keys", "/proc/key-users")


class NoSandbox(Exception):
    """There is no bubblewrap here, or it may not make namespaces. The text says what to do."""


@contextmanager
def start(arguments: list[str]) -> Iterator[subprocess.Popen[bytes]]:
    """Start Python with these arguments as the first process of a new sandbox. Raises `NoSandbox`."""
    require()
    with os.fdopen(os.memfd_create("filter"), "wb+") as file:
        file.write(seccomp.program())
        file.seek(0)
        command = _command(file.fileno(), arguments)
        pipe = subprocess.PIPE
        process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, cwd="/", pass_fds=[file.fileno()])
    with process:
        yield process


def _command(filter: int, arguments: list[str]) -> list[str]:
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
        # No process of bubblewrap's in there, which learners' code could read or stop where it is the same user.
        *("--as-pid-1", "--die-with-parent", "--new-session", "--seccomp", str(filter), "--cap-drop", "ALL"),
        *(("--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID", "--cap-add", "CAP_KILL") if os.getuid() == 0 else ()),
        *("--proc", "/proc", "--dev", "/dev"),
        # The kernel lists there the keys of whoever grades; with the calls for keys denied, nothing else leads to them.
        *(word for path in _KEYS if os.path.exists(path) for word in ("--ro-bind", "/dev/null", path)),
        # Before the bindings: the repository may lie under /tmp.
        *(word for path in SCRATCH for word in ("--perms", "1777", "--size", str(SCRATCH_SIZE), "--tmpfs", path)),
        *bindings,
        *("--remount-ro", "/dev", "--remount-ro", "/", "--chdir", "/tmp"),
        *("--clearenv", "--setenv", "HOME", "/tmp", "--setenv", "PATH", "/usr/bin:/bin", "--setenv", "LANG", "C.UTF-8"),
        *(word for name, value in environment().items() for word in ("--setenv", name, value)),
        sys.executable,
        *arguments,
    ]


def environment() -> dict[str, str]:
    """Return what the process that judges needs in its environment, in a sandbox or not: the same way every time."""
    return {"PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1", "MALLOC_ARENA_MAX": "2"}


def _visible() -> list[Path]:
    """Python, its libraries, our two packages and the checks; not the repository around them, nor all of /usr."""
    paths = [Path("/etc/ld.so.cache"), Path("/etc/localtime")]
    for prefix in (Path("/usr"), Path(sys.base_prefix).resolve(), Path(sys.prefix)):
        paths += [prefix / name for name in ("bin", "lib", "lib64", "share/zoneinfo", "pyvenv.cfg")]
    paths += [Path(package.__file__).parent for package in (autograder, course) if package.__file__]
    paths += map(Path, checks.__path__)
    found = list(dict.fromkeys(path for path in paths if path.exists()))
    return [path for path in found if not any(other in path.parents for other in found)]


@cache
def require() -> None:
    """Raise `NoSandbox` where there can be none."""
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
    try:
        seccomp.program()
    except (RuntimeError, OSError) as error:
        raise NoSandbox(
            f"libseccomp cannot be used here ({error}), and without it submissions could do more than they should. "
            "Install it (Debian, Ubuntu: apt-get install libseccomp2)"
        ) from None
