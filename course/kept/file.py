"""The file: read, changed and replaced as a whole."""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

FORMAT = 1
"""The version of the file's format. A newer one has more fields, which are left as they are."""

_PATIENCE = 2.0
"""Seconds to wait for another notebook that writes. One that holds the lock for longer hangs, and is not waited for."""


def place() -> Path:
    """Return where the file is, or will be."""
    if named := os.environ.get("COURSE_PROGRESS"):
        return Path(named)
    try:
        from jupyter_core.paths import jupyter_data_dir

        data = Path(jupyter_data_dir())
    except ModuleNotFoundError:  # no notebook was run here, so nothing has been kept
        data = Path.home() / ".local" / "share" / "jupyter"
    return data / "no-task-left-behind" / "progress.json"


def read() -> dict[str, Any]:
    """Return what is kept: `items` and `runs` are there and are tables, whatever the file is like."""
    try:
        return _parsed(place().read_bytes())
    except (OSError, ValueError):
        return _parsed(b"{}")


def set_aside() -> list[Path]:
    """Return the files that could not be read and were set aside, or that would be if something were kept now."""
    path = place()
    broken = sorted(path.parent.glob(f"{path.stem}-broken-*{path.suffix}"))
    with contextlib.suppress(OSError):
        try:
            _parsed(path.read_bytes())
        except ValueError:
            broken.append(path)
    return broken


@contextlib.contextmanager
def changed() -> Iterator[dict[str, Any]]:
    """Give what is kept, to be changed in the block, and then replace the file. Raises OSError."""
    path = place()
    path.parent.mkdir(parents=True, exist_ok=True)
    with _locked(path.with_suffix(".lock")):
        try:
            before = path.read_bytes()
        except FileNotFoundError:
            before = b"{}"
        try:
            kept = _parsed(before)
        except ValueError:
            now = datetime.now().strftime("%Y-%m-%d-%H-%M-%S")
            os.replace(path, path.with_name(f"{path.stem}-broken-{now}{path.suffix}"))
            kept = _parsed(b"{}")
        yield kept
        after = json.dumps(kept, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
        if after != before:
            _replace(path, after)


def _parsed(text: bytes) -> dict[str, Any]:
    """What a file holds. Raises ValueError where it is no file of ours."""
    try:
        kept = json.loads(text)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    if not isinstance(kept, dict):
        raise ValueError("not a table")
    for name in ("items", "runs"):
        if not isinstance(kept.setdefault(name, {}), dict):
            raise ValueError(f"{name} is not a table")
    kept.setdefault("version", FORMAT)
    return kept


def _replace(path: Path, content: bytes) -> None:
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
        try:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
            file.close()
            os.replace(file.name, path)
        except BaseException:
            os.unlink(file.name)
            raise


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Keep other notebooks of this learner from writing meanwhile, where the system can."""
    try:
        import fcntl
    except ImportError:  # Windows
        yield
        return
    with path.open("a") as file:
        deadline = time.monotonic() + _PATIENCE
        while time.monotonic() < deadline:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                time.sleep(0.02)
            except OSError:  # a file system without locks
                break
            else:
                break
        yield
