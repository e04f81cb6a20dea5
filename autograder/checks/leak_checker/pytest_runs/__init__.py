"""Runs of pytest on the learner's project, or on a copy of it with something planted, each in a process of its own."""

from __future__ import annotations

import json
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from autograder.checking import Failed

PROJECT = Path("project")
LONGEST_RUN = 150.0
"""Seconds. A suite that hangs is ended then; one that works takes two to five, and 50 on a very busy machine."""

IMPATIENT = "--override-ini=leaks_seconds=0.3"
"""An argument: what is planted stays for 20 s, so nobody need wait for it long."""

WHATEVER_FAILS = "--override-ini=leaks_after_failure=true"
"""An argument: what is planted in a test is reported even if the test fails by itself, now and then."""

_TAIL = 1200


@dataclass(frozen=True)
class Test:
    """One test: its name, whether it is marked by itself, whether the fixture checks it, and its errors."""

    id: str
    name: str
    marked: bool
    checked: bool
    errors: list[str] = field(default_factory=list)

    @property
    def leaks(self) -> bool:
        """Whether it was reported for what it left behind."""
        return any("left behind" in error for error in self.errors)

    def why(self) -> str:
        """What it left behind, or the line that its first error is at, and that error."""
        lines = [line for line in self.errors[0].splitlines() if line.strip()]
        leak = next((number for number, line in enumerate(lines) if "left behind" in line), None)
        if leak is not None:
            kept = lines[leak : leak + 5]
        else:
            statement = [line[1:].strip() for line in lines if line.startswith(">")][-1:]
            error = [line[1:].strip() for line in lines if line.startswith("E ")][:2]
            kept = [re.sub(r": \w+$", "", lines[-1]), *statement, *error]
        return f"{self.id}\n" + "\n".join(f"  {line}" for line in kept)


def project() -> Path:
    """The learner's project. Raises `Failed` if it is not there."""
    if not (PROJECT / "feedwatch").is_dir() or not (PROJECT / "tests").is_dir():
        raise Failed("`project/`, with `feedwatch/` and `tests/` in it, lies beside the notebook.", "it does not.")
    return PROJECT


def copy_of(folder: Path) -> Path:
    """A copy of a folder, to plant something in."""
    copied = Path(tempfile.mkdtemp(dir=".")) / folder.name
    shutil.copytree(folder, copied, ignore=shutil.ignore_patterns("__pycache__", ".*"))
    return copied


def run(
    folder: Path,
    *arguments: str,
    rounds: int = 0,
    seed: int = 0,
    delay: float = 0,
    plant_in: str = "",
    lossy: bool = False,
    dev: bool = False,
) -> list[Test]:
    """Runs pytest in a folder and returns the tests that it ran.

    Each runs `rounds` times in an order shuffled by `seed`; threads begin `delay` seconds late; in the test
    `plant_in` a thread is started that stays; a `lossy` bus loses every seventh event. `dev` is Python's development
    mode with asyncio's debug mode. Raises `Failed` where pytest did not get to run tests.
    """
    with tempfile.TemporaryDirectory(dir=".") as place:
        report, output = Path(place, "report.json").resolve(), Path(place, "output")
        chosen = {"report": str(report), "rounds": rounds, "seed": seed, "delay": delay}
        chosen |= {"plant_in": plant_in, "lossy": lossy}
        environment = {**os.environ, "GRADERS_RUN": json.dumps(chosen), "PYTHONASYNCIODEBUG": "1" if dev else ""}
        command = [
            sys.executable,
            *(["-X", "dev"] if dev else []),
            "-m",
            "pytest",
            "-q",
            "-p",
            f"{__name__}.plugin",
        ]
        # Hypothesis takes longer to import than such a suite to run, and the project does not use it.
        command += ["-p", "no:cacheprovider", "-p", "no:hypothesispytest"]
        with output.open("wb") as printed:
            try:
                subprocess.run(
                    [*command, *arguments],
                    cwd=folder,
                    env=environment,
                    stdout=printed,
                    stderr=subprocess.STDOUT,
                    timeout=LONGEST_RUN,
                    preexec_fn=_all_of_the_processor_time,
                )
            except subprocess.TimeoutExpired:
                seen = f"after {LONGEST_RUN:g} s pytest was still running."
                raise Failed("the tests end.", seen, "project") from None
        if not report.exists() or not (said := json.loads(report.read_text()))["tests"]:
            tail = output.read_bytes()[-_TAIL:].decode(errors="replace").strip()
            raise Failed("pytest runs the project's tests.", f"it ran none. It said, last:\n{tail}", "project")
    return [Test(id, **fields) for id, fields in said["tests"].items()]


def _all_of_the_processor_time() -> None:
    _, most = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (most, most))
