"""Reading what a learner hands in from the disk, within bounds: it may be anything.

Errors name the file, what is wrong and what to do.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from itertools import chain
from pathlib import Path

LARGEST_FILE = 20_000_000
"""Bytes. A notebook beyond it is refused rather than read."""

LARGEST_TREE = 10_000_000
"""Bytes, of all files beside a notebook that belong to one task."""

MOST_FILES = 1000
"""The number of them."""

_GENERATED = frozenset({"__pycache__", "node_modules"})


class SubmissionError(Exception):
    """A submission that cannot be read. Its text names the file, what is wrong and what to do."""


def read_text(path: Path) -> str:
    """Return the text of a file. Raises `SubmissionError`."""
    data = read_bytes(path, LARGEST_FILE, "Clear its outputs, save it and try again")
    try:
        # Windows' editors begin a file with a mark that Python and JSON do not want; its lines end in two characters.
        return data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        raise SubmissionError(
            f"{path}: not a text file in UTF-8 (byte {error.start}). Save it as UTF-8 and try again"
        ) from None


def read_bytes(path: Path, most: int, way_out: str) -> bytes:
    """Return what is in a file of at most so many bytes. Raises `SubmissionError`."""
    try:
        if path.is_symlink():
            raise SubmissionError(f"{path}: a symbolic link, which may lead anywhere. Hand in the file itself")
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise SubmissionError(f"{path}: not a file")
        if status.st_size > most:
            raise SubmissionError(f"{path}: larger than {most // 1_000_000} MB. {way_out}")
        return path.read_bytes()
    except FileNotFoundError:
        raise SubmissionError(f"{path}: there is no such file or folder") from None
    except OSError as error:
        raise SubmissionError(f"{path}: cannot be read: {error.strerror}") from None


def read_tree(folder: Path, names: Iterable[str]) -> dict[str, bytes]:
    """Return the files of these names in `folder`, by their path in it; a name that ends in `/` is a whole folder.

    What is not there is left out, and so is what nobody wrote: hidden folders, compiled files, and notebooks, which
    nbgrader does not hand on either. Raises `SubmissionError`.
    """
    found: dict[str, bytes] = {}
    left = LARGEST_TREE
    for path in _paths(folder, names):
        if len(found) == MOST_FILES:
            raise SubmissionError(f"{folder}: more than {MOST_FILES} files. {_LEAVE_OUT}")
        data = read_bytes(path, LARGEST_TREE, _LEAVE_OUT)
        left -= len(data)
        if left < 0:
            raise SubmissionError(f"{folder}: files of more than {LARGEST_TREE // 1_000_000} MB. {_LEAVE_OUT}")
        found[path.relative_to(folder).as_posix()] = data
    return found


def refuse_links(folder: Path) -> None:
    """Raise `SubmissionError` where a folder that was handed in is a link, is in one, or has one in it.

    `folder` is `submitted/<student>/<assignment>`.
    """
    inside = (Path(parent, name) for parent, folders, files in os.walk(folder) for name in (*folders, *files))
    for path in chain((folder.parent, folder), inside):
        if path.is_symlink():
            raise SubmissionError(f"{path}: a symbolic link, which may lead anywhere. Hand in the file itself")


_LEAVE_OUT = "Leave out what was installed or generated, such as a virtual environment"


def _paths(folder: Path, names: Iterable[str]) -> Iterable[Path]:
    for name in names:
        path = folder / name
        if path.is_symlink() or (path.exists() and path.is_dir() != name.endswith("/")):
            kind = "folder" if name.endswith("/") else "file"
            raise SubmissionError(f"{path}: not a {kind}. Hand in the {kind} itself")
        if name.endswith("/"):
            for parent, folders, files in os.walk(path):
                folders[:] = sorted(f for f in folders if not f.startswith(".") and f not in _GENERATED)
                links = [f for f in folders if (Path(parent) / f).is_symlink()]
                kept = [f for f in files if not f.endswith((".pyc", ".ipynb"))]
                yield from (Path(parent) / f for f in sorted([*links, *kept]))
        elif path.exists():
            yield path
