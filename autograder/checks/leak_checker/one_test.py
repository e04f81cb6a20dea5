"""Task 4.1, one test by itself: marked, checked without the switch, and no longer flaky."""

from __future__ import annotations

from autograder.checking import Failed, Task
from autograder.checks.leak_checker.pytest_runs import IMPATIENT, WHATEVER_FAILS, Test, project, run
from autograder.probes.words import count

task = Task("4.1", files=("project/",), clock="real")

SECONDS = 400
THE_TEST = "test_every_subscriber_hears_every_publisher"
FILE = "tests/schedule/test_bus.py"
DELAY = 1.2
"""Seconds by which every thread begins late: no pause that one would write in a test is as long."""


@task.item("a", seconds=SECONDS)
def the_one(solution):
    """The test that starts threads of its own in its set-up is the one that is marked."""
    tests = run(project(), "--collect-only")
    the_test = _the_test(tests)
    others = [test for test in tests if FILE in test.id and test.name != THE_TEST]
    by_fixture = the_test.checked and not all(test.checked for test in others)
    if not (the_test.marked or by_fixture):
        marked = next((test.name for test in tests if test.marked), None)
        seen = f"the one that is marked is `{marked}`." if marked else "no test is marked by itself."
        raise Failed(f"`{THE_TEST}` has the marker or the fixture `leak_check`.", seen, f"project/{FILE}")


@task.item("b", seconds=SECONDS)
def by_itself(solution):
    """That test is verified by itself: with `--no-leaks` a leak planted in it is still reported."""
    arguments = [FILE, "-k", THE_TEST, "--no-leaks", IMPATIENT, WHATEVER_FAILS]
    the_test = _the_test(run(project(), *arguments, plant_in=THE_TEST))
    if not the_test.leaks:
        seen = "a thread was left behind in it, and not reported."
        raise Failed("with `pytest --no-leaks` it is still checked.", seen, f"project/{FILE}")


@task.item("c", seconds=SECONDS)
def not_flaky(solution):
    """Ten runs in random order pass, in development and debug mode, and with threads that begin late."""
    for seed in range(2):
        if failing := [test for test in run(project(), rounds=5, seed=seed, dev=True) if test.errors]:
            seen = f"{count(len(failing), 'run')} of a test failed. The first: {failing[0].why()}"
            raise Failed("in ten repetitions, in random order, all tests pass.", seen)
    late = _the_test(run(project(), FILE, "-k", THE_TEST, delay=DELAY))
    if late.errors:
        seen = f"with threads that begin {DELAY:g} s late it fails: {late.why()}"
        raise Failed(f"`{THE_TEST}` hangs on no luck: it waits for what it needs.", seen)
    if not _the_test(run(project(), FILE, "-k", THE_TEST, lossy=True)).errors:
        seen = "with a bus that loses every seventh event it passes."
        raise Failed(f"`{THE_TEST}` still tests what its name says.", seen, f"project/{FILE}")


def _the_test(tests: list[Test]) -> Test:
    for test in tests:
        if test.name == THE_TEST:
            return test
    raise Failed(f"the project has a test `{THE_TEST}`.", "there is none.", f"project/{FILE}")
