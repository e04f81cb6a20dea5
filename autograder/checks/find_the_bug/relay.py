"""Program 12.7: `relay(client, server)`, which leaves one of its two tasks behind."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

from autograder.checking import Task
from autograder.checks.find_the_bug._choices import broken_principle, observation
from autograder.probes.stubs import AsyncStub
from autograder.probes.tasks import Call, ends_as_cancelled, nothing_left
from autograder.probes.words import quoted, require

task = Task("12.7", needs=("relay(client, server)",))

happens = observation(
    task,
    b="`gather` hands the first error on at once. It does not wait for the other task.",
    c="Does the first error do anything to the other task? Look up what `gather` promises.",
    d="The `ConnectionError` is caught, in `relay` itself.",
)

principle = broken_principle(
    task,
    "a",
    b="`cancel()` would tell either of them to end, at any time, and it would hear it: neither is deaf.",
    c="To wait for the other one as well would take until the server hangs up. Waiting ends nothing.",
    d="`receive` may wait for as long as it likes: a cancellation would end that wait. Nobody sends one.",
    e="Nobody cancels anything here, so nothing can be kept from passing.",
    g="Nothing was taken here that has a place to go back to: no lock, no connection of a pool.",
    h="The error is caught, and it means what the comment says: one of them has hung up.",
)


CLEANUP = 30.0


class Side:
    """One side of a conversation: what it `says` is received from it, or raised; what it gets is noted in `sent`.

    A `receive` that is cancelled takes its time to clean up.
    """

    def __init__(self, *says: Any) -> None:
        self.says: asyncio.Queue[Any] = asyncio.Queue()
        for message in says:
            self.says.put_nowait(message)
        self.sent = AsyncStub("send(message)")
        self.side = SimpleNamespace(receive=self._receive, send=self.sent.function)

    async def _receive(self) -> Any:
        try:
            message = await self.says.get()
        except asyncio.CancelledError:
            await asyncio.sleep(CLEANUP)
            raise
        if isinstance(message, Exception):
            raise message
        return message


@task.item("c")
async def nothing_of_it_is_left(solution: Any) -> None:
    """Mended: when one side hangs up, or it is cancelled, `relay` ends and nothing of it is left running."""
    gone = ConnectionError("hung up")
    for who in ("the client", "the server", "both", "nobody"):
        async with nothing_left("when it was cancelled" if who == "nobody" else f"when {who} had hung up"):
            client, server = Side("a", "b"), Side("1", "2")
            call = Call(solution.relay, client.side, server.side)
            await asyncio.sleep(1)
            got = (server.sent.arguments, client.sent.arguments)
            expected = "what the client says, 'a' and 'b', goes to the server, and '1' and '2' the other way."
            seen = f"the server got {quoted(got[0])}, and the client {quoted(got[1])}."
            require(got == (["a", "b"], ["1", "2"]), expected, seen, call.place)
            require(not call.done, "`relay` goes on until somebody hangs up.", f"it {call.ending}.", call.place)
            for name, side in (("the client", client), ("the server", server)):
                if who in (name, "both"):
                    side.says.put_nowait(gone)
            if who == "nobody":
                call.cancel()
                await ends_as_cancelled(call, within=CLEANUP + 1)
                continue
            await call.ended(within=CLEANUP + 1)
            seen = f"when {who} had hung up it {call.ending if call.done else 'did not return'}."
            right = call.done and not call.error
            require(right, "`relay` returns, without an error, when somebody hangs up.", seen, call.place)
