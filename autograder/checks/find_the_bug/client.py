"""Program 12.19, futures that nobody resolves once the reader has failed: `Client(connection, patience)`."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

from autograder.checking import Task
from autograder.checks.find_the_bug._choices import broken_principle, observation
from autograder.probes.errors import comes_of
from autograder.probes.stubs import AsyncStub
from autograder.probes.tasks import Call, nothing_left, until
from autograder.probes.words import duration, quoted, require

task = Task("12.19", needs=("Client(connection, patience)",))

happens = observation(
    task,
    a="An error goes up in the task in which it was raised. None of the five is in that task.",
    b="Each question has a time limit of its own, and it works.",
    c="Nothing in the reader's loop catches the error: it is left.",
)
principle = broken_principle(
    task,
    "h",
    a="The client knows its reader and ends it in `close`; each question is owned by who asks it.",
    b="The reader is not told to end; it has ended by itself. What is missing comes after that.",
    c="Whoever closes the client waits for its reader, and the questions are awaited by those who ask.",
    d="Every wait has a bound: all is over after two seconds.",
    g="A question takes its future out of the table on every way out, in its `finally`.",
)

PATIENCE = 30.0


class Connection:
    """Gives the answers, and raises the errors, that the check puts."""

    def __init__(self) -> None:
        self.put: asyncio.Queue[Any] = asyncio.Queue()
        self.send = AsyncStub("send(number, question)")

    def as_seen(self) -> SimpleNamespace:
        return SimpleNamespace(send=self.send.function, receive=self._receive)

    def answer(self, question: str) -> None:
        [number] = [number for number, asked in (call.arguments for call in self.send.calls) if asked == question]
        self.put.put_nowait((number, f"answer to {question}"))

    async def _receive(self) -> tuple[Any, str]:
        answer = await self.put.get()
        if isinstance(answer, Exception):
            raise answer
        return answer


@task.item("c")
async def the_error_reaches_all_who_wait(solution: Any) -> None:
    """Mended: if the connection breaks, each question that waits ends at once, with an error."""
    async with nothing_left("when `close()` has returned"):
        connection = Connection()
        client = solution.Client(connection.as_seen(), PATIENCE)
        forgotten = Call(client.ask, "forgotten")
        await forgotten.ended(PATIENCE + 1)
        seen = f"it {forgotten.ending}, after {duration(forgotten.took)}."
        in_time = isinstance(forgotten.error, TimeoutError) and abs(forgotten.took - PATIENCE) < 0.1
        require(in_time, "without an answer, `ask` raises TimeoutError after `patience`.", seen, forgotten.place)
        connection.answer("forgotten")
        calls = [Call(client.ask, f"question {number}") for number in range(4)]
        await until(lambda: len(connection.send.calls) == 5)
        connection.answer("question 2")
        answer = await calls.pop(2).returned()
        require(answer == "answer to question 2", "each gets its own answer.", f"it got {quoted(answer)}.")
        broken = OSError("the peer has gone")
        connection.put.put_nowait(broken)
        await asyncio.sleep(0.1)
        for call in calls:
            expected = "if `receive` raises, each question that waits ends at once, with an error that tells of it."
            require(call.done, expected, "100 ms later one still waited.", call.place)
            told = comes_of(call.error, broken) or isinstance(call.error, ConnectionError)
            require(told, expected, f"one {call.ending}.", call.place)
        closing = Call(client.close)
        require(await closing.ended(), "`close()` returns.", "after an error it does not.", closing.place)
    async with nothing_left("when `close()` of a client without an error has returned"):
        client = solution.Client(Connection().as_seen(), PATIENCE)
        await asyncio.sleep(0.1)
        await Call(client.close).returned()
