"""Program 12.15, a file that is closed before its writer has ended: `Recorder(events, file)` with `close()`."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

from autograder.checking import Task
from autograder.checks.find_the_bug._choices import broken_principle, observation
from autograder.probes.stubs import AsyncStub
from autograder.probes.tasks import Call, nothing_left
from autograder.probes.words import quoted, require

task = Task("12.15", needs=("Recorder(events, file)",))

happens = observation(
    task,
    a="It does return: all it waits for is the file's `close`, which takes 50 ms.",
    b="The last line is written by the task. Does `close()` wait for the task?",
    c="A task that is cancelled ends at its next turn, unless it catches that, and this one does not.",
)
principle = broken_principle(
    task,
    "c",
    a="The recorder knows its task, and ends it in `close`: it is the owner.",
    b="`close` does tell the task to end, and the task hears it.",
    d="No wait lasts too long here: everything is over after 50 ms.",
    e="The cancellation gets through: the task ends, and nothing catches it.",
    g="The file is closed, whatever happens. That is not what went wrong with it.",
    h="Nobody hears of the `ValueError`, that is so. But if somebody did, the last line would be missing all the same.",
)

NEW, WAITS, WRITES = "has not begun", "waits for an event", "writes an event"


@task.item("c")
async def the_file_is_closed_last(solution: Any) -> None:
    """Mended: when `close()` returns, the task has written its last line, and the file is closed."""
    for state, pause in ((WAITS, 60.0), (WRITES, 20.0), (NEW, None)):
        write, closing = AsyncStub("write(line)", latency=30), AsyncStub("close()", latency=30)
        file = SimpleNamespace(write=write.function, close=closing.function)

        async def close(pause: float | None = pause, file: SimpleNamespace = file) -> None:
            events: asyncio.Queue[str] = asyncio.Queue()
            recorder = solution.Recorder(events, file)
            if pause is not None:
                events.put_nowait("take-off")
                await asyncio.sleep(pause)
            await recorder.close()

        when = f"of a recorder that {state}"
        async with nothing_left(f"when `close()` {when} has returned"):
            call = Call(close)
            await call.returned(within=600)
        closed = len(closing.calls) == 1 and closing.last_end <= call.ended_at
        seen = f"`close()` {when} returned, and the file had been closed {len(closing.calls)} times."
        require(closed, "when `close()` returns, the file has been closed, once.", seen, call.place)
        late = [each for each in write.calls if each.ended > closing.calls[0].began]
        seen = f"at `close()` {when}, {quoted(late[0].argument) if late else ''} was still being written."
        require(not late, "the file is closed when nothing is written to it any more.", seen, closing.calls[0].place)
        lines = [each.argument for each in write.calls if each.ending == "returned"]
        expected = ["take-off"] * (state == WAITS) + ["end of record"] * (state != NEW)
        whole = lines[: state == WAITS] + lines[-1:] == expected or state == NEW
        seen = f"`close()` {when} returned, and the file had {quoted(lines)}."
        require(whole, "every line is in the file, the last is 'end of record'.", seen, closing.calls[0].place)
