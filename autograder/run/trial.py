"""One try of a learner's code in this process: import it, run a check on it, and word what came of it.

The process belongs to the try and ends with it.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from typing import Any

from autograder.item import Item
from autograder.run import faults, needs, own_files
from autograder.run.calling import call
from autograder.run.loading import load
from autograder.run.marks import acts, changes
from autograder.run.outcome import Outcome, failure, import_failure
from autograder.run.places import where
from autograder.run.recording import Recorder, look_before_each_turn
from autograder.run.threads import Deadlock, OutOfTime, install
from autograder.run.threads.kernel import kernel
from autograder.run.threads.schedules import Schedule
from autograder.source import Source
from autograder.verdict import Failed
from course import leaks
from course.leaks import machinery


def run_check(
    item: Item,
    source: Source,
    imported: Callable[[], None],
    noticed: Callable[[str], None],
    schedule: Schedule | None,
    record: bool = False,
) -> Outcome:
    """Imports the learner's code and runs the item's check on it; calls `imported` in between. Never raises.

    `noticed` is told what a person should look at.

    Time is virtual, and the threads take turns as the schedule says; without one it is the machine's. With `record` a
    run on virtual time that fails comes with its recording.
    """
    recorder = None
    if schedule is not None:
        install.install(own_files.files, schedule, trace=not inspect.iscoroutinefunction(item.run))
        if record:
            recorder = kernel.recorder = Recorder(lambda: kernel.now)
            look_before_each_turn(recorder)
    machinery.by_name = False
    with leaks.tracking() if item.tracked else nullcontext():
        before = changes.Before()
        _hide_the_grader()
        acts.watch(noticed)
        try:
            solution = load(source, item.provides)
        except BaseException as error:
            return Outcome("error", import_failure(error), where(error))
        imported()
        faults.record_crashes()
        try:
            for need in item.needs:
                needs.require(solution, need)
        except Failed as error:  # nothing was run, so there is nothing to show of it
            return failure(error)
        try:
            call(item.run, solution)
        except BaseException as error:
            recording = recorder.recording(isinstance(error, Deadlock | OutOfTime)) if recorder else None
            return replace(failure(error), recording=recording)
        if changed := before.changed():
            noticed(f"what the verdict depends on was changed: {', '.join(changed)}")
    return Outcome("passed")


def _hide_the_grader() -> None:
    """From now on the grader cannot be imported, as where it is not installed, and who tries is noticed."""
    modules: dict[str, Any] = sys.modules
    modules |= {name: None for name in modules if f"{name}.".startswith("autograder.")}


def clock() -> str:
    """The time that this process is on: `virtual`, `real`, or `mixed`."""
    if not kernel.installed:
        return "real"
    return "mixed" if kernel.real_waits else "virtual"


def fingerprint() -> str:
    """How often threads have taken turns in this process, and what the clock says; empty if not all is virtual."""
    return f"{kernel.switches} turns, {kernel.now:.6f} s" if clock() == "virtual" else ""
