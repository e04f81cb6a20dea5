"""In the child process that judges one item: what learners' code is to have, and the try."""

from __future__ import annotations

import contextlib
import faulthandler
import os
import signal
from collections.abc import Callable

# Bound here, as learners' code may put others in the place of these.
from os import getpid
from typing import IO

from autograder.item import Item
from autograder.run import learners_test, limits, places, processes, trial
from autograder.run.threads import schedules
from autograder.run.threads.schedules import Schedule
from autograder.source import Source

LONGEST_MESSAGE = 4000
"""Characters of a message that are kept."""

LONGEST_MARK = 300
"""Characters of a sentence for a person that are kept."""


def set_up(
    print_end: int, say_end: int, stacks: IO[bytes], seconds: float, uid: int | None, scratch: tuple[str, ...]
) -> None:
    """Give this process what learners' code is to have, and nothing else.

    What it prints goes to `print_end`; shortly before its `seconds` are over, where its threads are goes to `stacks`.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    os.setsid()
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(print_end, 1)
    os.dup2(print_end, 2)
    for descriptor in set(range(3, 64)) - {say_end, stacks.fileno()}:
        with contextlib.suppress(OSError):
            os.close(descriptor)
    processes.adopt_orphans()
    learners_test.scratch = scratch
    limits.set_limits(uid)
    faulthandler.dump_traceback_later(seconds * 0.9, file=stacks)
    faulthandler.register(signal.SIGXCPU, file=stacks, all_threads=True, chain=True)


def judge(item: Item, source: Source, schedule_name: str, recorded: bool, say: Callable[..., None]) -> None:
    """Judge the item, on virtual time if there is a schedule, and `say` what came of it."""
    pid = getpid()
    schedule = schedules.named(schedule_name) if schedule_name else None
    outcome = trial.run_check(
        item,
        source,
        lambda: say(imported=True),
        lambda why: say(noticed=why[:LONGEST_MARK]),
        schedule,
        recorded,
    )
    if getpid() != pid:
        return  # a copy of this process, which the learner's code has made, without its threads
    message = outcome.message()[:LONGEST_MESSAGE]
    if schedule and outcome.kind != "passed":
        message += _circumstances(schedule)
    points = schedule.points if schedule else (0, 0)
    run = {"clock": trial.clock(), "fingerprint": trial.fingerprint(), "points": points}
    say(status=outcome.kind, message=message, **run, recording=outcome.recording)


def _circumstances(schedule: Schedule) -> str:
    """What is special about the order of the threads' steps, in words."""
    if schedule.held_up_at:
        held_up = ", then one at ".join(places.at(*place) for place in schedule.held_up_at)
        return f"\nWhen: a thread is held up at {held_up}, and the others go on."
    return "" if str(schedule) == schedules.USUAL else f"\nWhen: the threads take turns as in the schedule {schedule}."
