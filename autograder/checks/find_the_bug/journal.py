"""Program 12.11: `Journal(write)`, whose thread dies of an error that nobody hears of."""

from __future__ import annotations

from typing import Any

from autograder.checking import Task
from autograder.checks.find_the_bug._choices import broken_principle, observation
from autograder.probes.errors import comes_of
from autograder.probes.stubs import Stub
from autograder.probes.threads import Call, Started, nothing_left, until
from autograder.probes.words import quoted, require

task = Task("12.11", needs=("Journal(write)",))

happens = observation(
    task,
    b="Is there anything in `_run` that catches the error? What does an error do to a thread that does not?",
    c="`log` does not look at the thread, and the error was raised in the thread.",
    d="`put` on a full queue does not throw anything away. What does it do?",
)

principle = broken_principle(
    task,
    "h",
    a="The thread has an owner: the object keeps it, and `close()` is there to end it. It ends before that.",
    b="The `None` is a signal, and it would be heard by a thread that is there to hear it.",
    d="That `put` waits for room is meant so: it slows down who logs too fast, and room would come.",
    g="Nothing was taken that had to be given back: it is the thread that is gone.",
)


@task.item("c")
def the_error_reaches_the_caller(solution: Any) -> None:
    """Mended: an error of `write` comes out of a later `log` or of `close`, and no call waits for ever."""
    failed = OSError(28, "No space left on device")
    for bad in ("line 3", "line 159"):
        with nothing_left("after `close()`"):
            write = Stub("write(line)", latency=0.01, raises=lambda line, bad=bad: failed if line == bad else None)
            journal, started = solution.Journal(write.function), Started()
            calls = [Call(journal.log, f"line {number}") for number in range(150)]
            until(lambda calls=calls: all(call.done for call in calls), within=5)
            for number in range(150, 160):
                calls.append(Call(journal.log, f"line {number}"))
                calls[-1].ended()
            calls.append(Call(journal.close))
            calls[-1].ended(within=5)
            stuck = [call for call in calls if not call.done]
            seen = f"`write` raised for {bad}, and of 160 `log`s and a `close`, {len(stuck)} wait for ever."
            require(not stuck, "no call waits for ever.", seen, *(call.place for call in stuck))
            errors = [call.error for call in calls if call.error]
            seen = f"`write` raised for {bad}; a later call raised {quoted(errors[0]) if errors else 'nothing'}."
            expected = (
                "the `OSError` of `write` comes out of a later `log` or of `close`, or is the cause of what does."
            )
            require(any(comes_of(error, failed) for error in errors), expected, seen, calls[-1].place)
            require(not started.running(), "after `close()` the thread has ended.", "it runs on.", calls[-1].place)
    write, lines = Stub("write(line)", latency=1.0), [f"line {number}" for number in range(120)]
    journal = solution.Journal(write.function)
    for line in lines:
        journal.log(line)
    Call(journal.close).returned(within=300)
    done = write.arguments == lines and not write.in_flight
    seen = f"of 120, {len(write.calls)} had been written."
    require(done, "while `write` works, every line is written, in order, when `close()` returns.", seen)
