"""Importing the learner's code."""

from __future__ import annotations

import os
import sys
import tempfile
import types
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from autograder.run import own_files
from autograder.source import Source

MODULE = "solution"
"""The name under which the learner's code is imported."""


def load(source: Source, provided: Mapping[str, Any] | None = None) -> types.ModuleType:
    """Import the learner's code as the module `solution`, with what is `provided` in it; what it raises is theirs.

    Where there are more files, they are written to a new folder in the working directory, where `import` finds them;
    those beside the notebook are then in the current folder, as they are for the notebook.
    """
    own_files.remember(source)
    if len(source.files) > 1 or source.beside:
        folder = _written(source)
        sys.path.insert(0, str(folder))
        if source.beside:
            os.chdir(folder)
    module = types.ModuleType(MODULE)
    module.__file__ = source.main
    vars(module).update(provided or {})
    sys.modules[MODULE] = module
    if source.main:
        exec(compile(source.files[source.main], source.main, "exec", dont_inherit=True), module.__dict__)
    return module


def _written(source: Source) -> Path:
    """A new folder with the learner's files."""
    folder = Path(tempfile.mkdtemp(dir=".")).resolve()
    contents = {**{name: text.encode() for name, text in source.files.items()}, **source.beside}
    for name, data in contents.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    own_files.also_in(folder, contents)
    return folder
