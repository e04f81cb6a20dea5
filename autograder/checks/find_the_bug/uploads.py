"""Program 12.10: `Uploads(connection, workers)`, which closes the connection while it is in use."""

from __future__ import annotations

import time
from types import SimpleNamespace
from typing import Any

from autograder.checking import Task, where
from autograder.checks.find_the_bug._choices import broken_principle, observation
from autograder.probes.stubs import Stub
from autograder.probes.threads import Call, nothing_left
from autograder.probes.words import count, require

task = Task("12.10", needs=("Uploads(connection, workers)",))

happens = observation(
    task,
    a="`shutdown` was told not to wait.",
    b="`shutdown` cancels what has not begun only if it is asked to: with `cancel_futures=True`.",
    c="`shutdown` wakes the idle threads, and they end. And `close()` does not wait for them.",
)

principle = broken_principle(
    task,
    "c",
    a="The pool has an owner: the object keeps it, and `close()` ends it.",
    b="There is a stop signal: `shutdown` tells the threads to end when the work is done. Who waits until it is?",
    d="A `send` takes a second, and the pool ends by itself after three. No wait is without an end.",
    g="The connection is given back, on the only way out there is. It is given back too soon.",
    h="The errors of `send` are in the futures, at which the caller looks.",
)


@task.item("c")
def close_waits_for_the_uploads(solution: Any) -> None:
    """Mended: `close()` waits until no `send` is under way; only then the connection is closed."""
    for files, workers in ((6, 2), (1, 3), (0, 2)):
        state = f"with {count(files, 'file')} and {count(workers, 'worker')}"
        with nothing_left(f"after `close()` {state}"):
            send = Stub("send(name)", latency=3600.0)
            in_use: list[int] = []
            disconnect = Stub("close()", returns=lambda send=send, in_use=in_use: in_use.append(len(send.in_flight)))
            connection = SimpleNamespace(send=send.function, close=disconnect.function)
            uploads = solution.Uploads(connection, workers)
            futures = [uploads.add(f"file {number}") for number in range(files)]
            time.sleep(0.5)
            busy = send.most_at_once
            call = Call(uploads.close)
            call.ended(within=20_000)
            seen = f"{state} it {call.ending if call.done else 'had not returned 5 hours later'}."
            require(call.done and not call.error, "`close()` returns.", seen, call.place)
            seen = f"{state} {len(send.in_flight)} were under way."
            require(not send.in_flight, "when `close()` returns, no `send` is under way.", seen, call.place)
            seen = f"{state} it was closed {count(len(in_use), 'time')}, with {sum(in_use)} of `send` under way."
            place = disconnect.calls[0].place if in_use else call.place
            require(in_use == [0], "the connection is closed once, when no `send` is under way.", seen, place)
            late = [each for each in send.calls if each.began > disconnect.calls[0].began]
            require(not late, "no `send` begins after that.", f"{state} {len(late)} did.", call.place)
            undone = [future for future in futures if not future.done()]
            require(not undone, "every future is done.", f"{state} {len(undone)} are not.", call.place)
            seen = f"{state} it was {busy}."
            require(busy == min(files, workers), "`workers` files are sent at once.", seen, where(uploads.add))
