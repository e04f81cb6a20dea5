"""Task 90: `project/` greets, `audit.csv` is of some size, and `size()` says of which."""

import shutil
from importlib import import_module
from pathlib import Path

from autograder.checking import Failed, Task, where

task = Task("90", files=("project/", "audit.csv"), clock="real")


@task.item("a")
def greets(solution):
    """`greet()` says hello."""
    greet = import_module("project.hello").greet
    if greet() != "hello":
        raise Failed("`greet()` returns 'hello'.", f"it returned {greet()!r}.", where(greet))
    # The next item finds it all again.
    shutil.rmtree("project")
    Path("audit.csv").unlink(missing_ok=True)


@task.item("b", needs=("size",))
def measures(solution):
    """`size()` is the size of `audit.csv` in bytes."""
    size = Path("audit.csv").stat().st_size if Path("audit.csv").exists() else None
    if solution.size() != size:
        raise Failed(f"`size()` returns {size}.", f"it returned {solution.size()!r}.", where(solution.size))


@task.manual("c")
def why():
    """Why it is as large as that."""
