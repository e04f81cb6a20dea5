"""Which files are the learner's, and the names under which the learner knows them."""

from __future__ import annotations

import io
import linecache
import os
from collections.abc import Iterable
from pathlib import Path

from autograder.source import Source

files: set[str] = set()
"""The learner's files, named as their code objects name them."""

_labels: set[str] = set()
_folder = ""


def remember(source: Source) -> None:
    """Remember which files are the learner's, and their lines."""
    for name, text in {**source.files, **source.texts_beside()}.items():
        _labels.add(name)
        files.add(name)
        # linecache keeps it even if there is no such file: a cell has none, and a sandbox has it elsewhere.
        # Lines as Python counts them: a form feed, or one of Unicode's separators, ends none.
        linecache.cache[name] = (len(text), None, io.StringIO(text).readlines(), name)


def also_in(folder: Path, names: Iterable[str]) -> None:
    """Remember that these files lie in a folder, too."""
    global _folder
    _folder = str(folder)
    files.update(str(folder / name) for name in names)


def own_name(file: str) -> str:
    """Return the name under which the learner knows a file, or nothing if it is not the learner's."""
    name = os.path.relpath(file, _folder) if _folder and file.startswith(_folder) else file
    return name if name in _labels else ""
