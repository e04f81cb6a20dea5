"""Copies release/ into work/, or the folder named, where the learner works; what is there already stays as it is.

Section 11, the solutions, is made anew each time: it is the reader's alone, and holds nothing of theirs.

JupyterLab writes the kernel's language into a notebook when it opens it, and does not trust one that it did not write:
both are done here, so that a notebook just opened has nothing unsaved.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.sign import NotebookNotary

from autograder.author.solutions import sections, write_page

ROOT = Path(__file__).parent.parent


def main(work: Path) -> None:
    # Else the debugger, which comes with the kernel, warns of a Python whose own modules are frozen.
    os.environ.setdefault("PYDEVD_DISABLE_FILE_VALIDATION", "1")
    from ipykernel.ipkernel import IPythonKernel

    notary = NotebookNotary()

    def as_opened(notebook: NotebookNode, path: Path) -> None:
        notebook.metadata.language_info = IPythonKernel.language_info
        nbformat.write(notebook, path)
        notary.sign(notebook)

    for released in sorted((ROOT / "release").rglob("*")):
        path = work / released.relative_to(ROOT / "release")
        if not released.is_file() or path.exists():
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        if released.suffix == ".ipynb":
            as_opened(nbformat.read(released, as_version=4), path)
        else:
            shutil.copy(released, path)
    solutions = write_page(work, sections())
    as_opened(nbformat.read(solutions, as_version=4), solutions)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if sys.argv[1:] else ROOT / "work")
