"""How long `course.audit` takes for 10,000 files: what is installed here and the standard library, as one tree.

    python benchmarks/audit.py [files]

Prints wall and processor seconds, of two processes, and of the parsing of all files alone for comparison.
"""

from __future__ import annotations

import ast
import os
import shutil
import sys
import sysconfig
import tempfile
import time
import warnings
from itertools import islice
from pathlib import Path

from course import audit

FILES = 10_000


def collect(folder: Path, count: int) -> int:
    """Copies files into `folder`, as packages of their own, and returns how many there were."""
    found = 0
    for place in ("purelib", "stdlib"):
        source = Path(sysconfig.get_paths()[place])
        files = (
            file for file in sorted(source.rglob("*.py")) if place == "purelib" or "site-packages" not in file.parts
        )
        for file in islice(files, count - found):
            target = folder / place / file.relative_to(source)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, target)
            found += 1
    return found


def processor_seconds() -> float:
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def main(count: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        found = collect(folder, count)
        started, used = time.monotonic(), processor_seconds()
        result = audit.find(folder, jobs=2)
        wall, used = time.monotonic() - started, processor_seconds() - used
        print(f"{found} files, {len(result.spawns)} places, {len(result.skipped)} files skipped")
        print(f"find, jobs=2    {wall:5.1f} s   processor {used:5.1f} s")
        used = processor_seconds()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for file in folder.rglob("*.py"):
                try:
                    ast.parse(file.read_bytes())
                except (SyntaxError, ValueError):
                    continue
        print(f"parsing alone             processor {processor_seconds() - used:5.1f} s")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else FILES)
