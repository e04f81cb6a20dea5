"""Seconds to grade 12 mixed hand-ins of the toy course: `autograder grade` beside stock nbgrader, in one run."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.mixed_class import make_course
from tests.toys import ENVIRONMENT, SECTION


def seconds(folder: Path, *command: str) -> float:
    """Return how long a command takes in a folder; what it cannot grade is no error here."""
    began = time.monotonic()
    subprocess.run(command, cwd=folder, env=ENVIRONMENT, capture_output=True)
    return time.monotonic() - began


def main() -> None:
    """Print both, and the ratio."""
    programs = Path(sys.executable).parent
    with tempfile.TemporaryDirectory() as scratch:
        course, stock = Path(scratch, "course"), Path(scratch, "stock")
        make_course(course, 12)
        shutil.copytree(course, stock)
        (stock / "nbgrader_config.py").write_text("")
        ours = seconds(course, str(programs / "autograder"), "grade", "submitted")
        theirs = seconds(stock, str(programs / "nbgrader"), "autograde", SECTION)
        print(f"autograder grade {ours:.1f} s, nbgrader autograde {theirs:.1f} s: {theirs / ours:.1f} times")


if __name__ == "__main__":
    main()
