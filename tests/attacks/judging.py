"""Judges what tests/attacks/submissions/ holds, and prints a line of JSON a submission.

    python -m tests.attacks.judging [GROUP | GROUP/NAME ...]

A process of its own, so that it can be another user's: `as_ordinary_user` starts it as one, whoever runs the tests.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import sys
import threading
import time
import tomllib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import psutil
import pyseccomp

from autograder import checks
from autograder.catalogue import select
from autograder.run.judge import judge_task
from autograder.source import Source
from autograder.submission import Submission
from tests.toys import CHECKS

ROOT = Path(__file__).parent.parent.parent
SUBMISSIONS = Path(__file__).parent / "submissions"
SECRET = "hunter2"
_SESSION_KEYRING = -3


@dataclass(frozen=True)
class Attack:
    """One hostile submission: what it `tries`, and what must come of it.

    `earns` are the items that it rightly passes; `marked` says that a person must be told; `says` and `never` are what
    its messages must and must not contain. It is judged on its `items`, of one task.
    """

    name: str
    tries: str
    code: str
    items: Sequence[str] = ("91.1a",)
    earns: Sequence[str] = ()
    marked: bool = False
    says: str = ""
    never: str = ""


def attacks() -> dict[str, Attack]:
    """Return every attack by its name, such as `steal/reads_keys`."""
    found = {}
    for path in sorted(SUBMISSIONS.glob("*.toml")):
        for name, fields in tomllib.loads(path.read_text()).items():
            name = f"{path.stem}/{name}"
            found[name] = Attack(name, **fields)
    return found


def as_ordinary_user(command: list[str]) -> list[str]:
    """Return the command that runs another without root's rights; there must be bubblewrap, as there must to judge."""
    return ["bwrap", "--unshare-user", "--uid", "1000", "--gid", "1000", "--dev-bind", "/", "/", *command]


class _Memory(threading.Thread):
    """Watches how much memory the descendants of this process have together, until it is told to stop."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.most = 0
        self.enough = threading.Event()

    def run(self) -> None:
        while not self.enough.wait(0.1):
            used = 0
            for process in psutil.Process().children(recursive=True):
                with contextlib.suppress(psutil.Error):
                    used += process.memory_full_info().pss  # what is shared by copies counts once
            self.most = max(self.most, used)


def judged(attack: Attack) -> dict[str, Any]:
    """Return the verdicts, the seconds it took and the most bytes of memory, of this and all that is judged with it."""
    items = [select(id)[0] for id in attack.items]
    task = items[0].task
    submission = Submission("x", {task: Source("solution.py", {"solution.py": attack.code})})
    memory = _Memory()
    memory.start()
    began = time.monotonic()
    verdicts = [asdict(verdict) for verdict in judge_task(submission, task, items, sandboxed=True)]
    seconds = time.monotonic() - began
    memory.enough.set()
    return {"name": attack.name, "verdicts": verdicts, "seconds": seconds, "memory": memory.most}


def main(names: list[str]) -> None:
    """Judge all attacks, or those named."""
    os.environ["A_SECRET"] = SECRET
    libc, add_key = ctypes.CDLL(None), pyseccomp.resolve_syscall(pyseccomp.Arch.NATIVE, "add_key")
    libc.syscall(add_key, b"user", SECRET.encode(), b"x", 1, _SESSION_KEYRING)
    checks.__path__[:] = [str(CHECKS)]
    for attack in attacks().values():
        if not names or attack.name in names or attack.name.partition("/")[0] in names:
            print(json.dumps(judged(attack)), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
