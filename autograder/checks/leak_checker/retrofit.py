"""Task 4, the leak checker retrofitted to a project: `project/`."""

from __future__ import annotations

import ast
import io
import re
import shutil
import tokenize
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from autograder.checking import Failed, Task
from autograder.checks.leak_checker.pytest_runs import IMPATIENT, Test, copy_of, project, run
from autograder.probes.words import count

task = Task("4", files=("project/",), clock="real")

SECONDS = 400
PACKAGES = ("fetch", "metrics", "schedule")

A_LEAK = """
import asyncio, threading, time
import pytest

def test_planted_thread():
    threading.Thread(target=time.sleep, args=(20,), name="planted", daemon=True).start()

@pytest.mark.anyio
async def test_planted_task():
    planted.append(asyncio.create_task(asyncio.sleep(20), name="planted"))

planted = []
"""
"""Tests that leak. A package where the checker is on reports both."""

OF_THE_LIBRARY = """
import asyncio, threading, time
from pyrate_limiter import Duration, Limiter, Rate

def stay(name):
    threading.Thread(target=time.sleep, args=(20,), name=name, daemon=True).start()

in_the_library = {"__name__": "pyrate_limiter.planted", "threading": threading, "time": time}
exec(compile('''def refill():
    threading.Thread(target=wait, name="refill", daemon=True).start()
def wait():
    time.sleep(20)
''', "pyrate_limiter/planted.py", "exec"), in_the_library)

def test_the_thread_of_the_library():
    limiter = Limiter(Rate(50, Duration.SECOND))
    assert limiter.try_acquire("planted", blocking=False)
    time.sleep(0.2)

def test_a_like_name():
    stay("PyrateLimiter's Leaker of ours")

def test_the_same_library():
    in_the_library["refill"]()

def test_a_loop_in_a_thread():
    threading.Thread(target=asyncio.run, args=(asyncio.sleep(20),), name="ours with a loop", daemon=True).start()
    time.sleep(0.2)
"""
"""A test that leaves the known thread, and others whose threads an allow list must not cover."""

NOT_COVERED = {
    "test_a_like_name": ("Leaker of ours", "a thread of a like name"),
    "test_the_same_library": ("refill", "another thread of the same library"),
    "test_a_loop_in_a_thread": ("ours with a loop", "a thread of ours that runs a loop, as the library's does,"),
}
"""Of each such test how its thread's name ends, and what that is."""


@task.item("a")
def dependency(solution):
    """`no-task-left-behind` is among the project's test dependencies."""
    try:
        tables = tomllib.loads((project() / "pyproject.toml").read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise Failed("`pyproject.toml` can be read.", f"{error}.", "project/pyproject.toml") from None
    tables.pop("build-system", None)
    of_users = tables.get("project", {}).pop("dependencies", [])
    lines = [line for file in project().rglob("*requirements*.txt") for line in file.read_text().splitlines()]
    if not any(map(_is_ours, [*_texts(tables), *lines])):
        seen = (
            "it is there for everybody who installs the project."
            if any(map(_is_ours, of_users))
            else "it is in no table."
        )
        raise Failed("`no-task-left-behind` is a test dependency of the project.", seen, "project/pyproject.toml")


def _texts(tables: Any) -> Iterator[str]:
    """The names of tables' entries and the texts in their lists: requirements are written either way."""
    if isinstance(tables, dict):
        for name, value in tables.items():
            yield name
            yield from _texts(value)
    elif isinstance(tables, list):
        for value in tables:
            yield from [value] if isinstance(value, str) else _texts(value)


def _is_ours(requirement: str) -> bool:
    name = re.match(r"\s*([\w.-]+)", requirement)
    return bool(name) and re.sub(r"[-_.]+", "-", name[1]).lower() == "no-task-left-behind"


@task.item("b", seconds=SECONDS)
def one_package(solution):
    """The leak checker is on for one whole package: a new test there that leaks is reported."""
    tests = _with_leaks_planted()
    if not any(map(_reports, tests.values())):
        seen = f"tests that leak were added to each of {', '.join(tests)}; in none of them all were reported."
        raise Failed("in one package of tests at least, every test is checked.", seen, "project/tests")


@task.item("e", seconds=SECONDS)
def every_package(solution):
    """It is on in every package that starts tasks or threads."""
    off = [package for package, tests in _with_leaks_planted().items() if not _reports(tests)]
    if off:
        seen = (
            f"in tests/{off[0]} a test that leaks a thread and one that leaks a task were added, and not both reported."
        )
        raise Failed("every test of every package is checked.", seen, f"project/tests/{off[0]}")


def _with_leaks_planted() -> dict[str, list[Test]]:
    """What a new test that leaks comes to, in each package of tests."""
    copied = copy_of(project())
    planted = [
        f"tests/{package}/test_planted_{package}.py" for package in PACKAGES if (copied / "tests" / package).is_dir()
    ]
    for name in planted:
        (copied / name).write_text(A_LEAK)
    tests = run(copied, *planted, IMPATIENT)
    return {package: [test for test in tests if f"_planted_{package}.py" in test.id] for package in PACKAGES}


def _reports(tests: list[Test]) -> bool:
    return bool(tests) and all(test.leaks for test in tests)


@task.item("c", seconds=SECONDS)
def fixed_in_the_code(solution):
    """Every leak in the project's own code is fixed there, not silenced; the suite still passes."""
    if failing := [test for test in run(project()) if test.errors]:
        raise Failed(
            "the project's suite passes.", f"{count(len(failing), 'test')} failed. The first: {failing[0].why()}"
        )
    ours = copy_of(Path(__file__).parent / "suite")
    shutil.copytree(project() / "feedwatch", ours / "feedwatch")
    if failing := [test for test in run(ours) if test.errors]:
        seen = (
            f"{count(len(failing), 'test')} of our own failed, with our own allow list. The first: {failing[0].why()}"
        )
        raise Failed("what `close()` promises holds, and nothing is left.", seen)


@task.item("d", seconds=SECONDS)
def allow_list(solution):
    """The library's thread is on an allow list: narrow, and with its reason."""
    copied = copy_of(project())
    (copied / "tests" / "fetch" / "test_planted_library.py").write_text(OF_THE_LIBRARY)
    tests = {test.name: test for test in run(copied, "tests/fetch/test_planted_library.py", "--leaks", IMPATIENT)}
    if (known := tests["test_the_thread_of_the_library"]).errors:
        raise Failed("the thread that PyrateLimiter keeps is allowed.", f"it is reported: {known.why()}")
    for name, (thread, what) in NOT_COVERED.items():
        reported = re.compile(rf"^ *thread .*{thread}['\"]", re.MULTILINE)  # itself, and not a task that runs in it
        if not any(map(reported.search, tests[name].errors)):
            raise Failed("the allow list covers this one thread.", f"{what} was left behind, and not reported.")
    if not _has_reason(copied):
        seen = "there is none. Give the entry a `reason`, or a comment beside it."
        raise Failed("the entry says why it is there.", seen, "project/pyproject.toml")


def _has_reason(folder: Path) -> bool:
    """Whether an entry stands in `pyproject.toml`, where a reason is demanded, or each rule has a comment beside it."""
    entries = tomllib.loads((folder / "pyproject.toml").read_text()).get("tool", {}).get("leaks", {}).get("allow", [])
    if any(len(str(entry.get("reason", "")).split()) >= 3 for entry in entries):
        return True
    return any(map(_is_explained, folder.rglob("*.py")))


def _is_explained(file: Path) -> bool:
    """Whether a file has a rule, and a comment or text within three lines of it."""
    text = file.read_text(encoding="utf-8", errors="replace")
    rules = [
        range(node.lineno - 3, node.end_lineno + 2)
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] == "ignore"
    ]
    comments = [
        token.start[0]
        for token in tokenize.generate_tokens(io.StringIO(text).readline)
        if token.type == tokenize.COMMENT and len(token.string.split()) >= 4
    ]
    return any(line in rule for rule in rules for line in comments)
