"""Program 12.23, a goodbye without a limit, after the cancel: `session(connection, handle)`."""

from __future__ import annotations

import asyncio
from math import inf
from types import SimpleNamespace
from typing import Any

from autograder.checking import Task
from autograder.checks.find_the_bug._choices import broken_principle, observation
from autograder.probes.stubs import AsyncStub, Stub
from autograder.probes.tasks import Call, ends_as_cancelled, nothing_left
from autograder.probes.words import count, duration, quoted, require
from course import leaks

task = Task("12.23", needs=("session(connection, handle)",))

happens = observation(
    task,
    a="The `finally` comes first, and it waits for an answer.",
    b="A cancel raises once, at the `await` where the task is. A later `await` of the task is like any other.",
    c="A `finally` does not go back into the block it belongs to.",
)
principle = broken_principle(
    task,
    "d",
    a="Whoever has started the session ends it, and waits: there is an owner.",
    b="The session is told to end, by the cancel, and it hears it.",
    c="Somebody waits for its end. That is how one sees that it does not come.",
    e="Nothing catches the cancellation. It has ended the loop, and goes on when the `finally` has come to its end.",
    g="The connection would be closed on every way out: `close` is in a `finally` of its own.",
    h="No error is raised here: the peer is just silent.",
)

POLITE, SILENT, DEAF = "answers after 400 ms", "says nothing", "reads nothing"
FAST, SLOW = "says something every 200 ms", "says something every 900 ms"
HOUR = 3600.0


class Peer:
    """The connection, with three messages in it. Once the peer has been told "bye", it behaves in its manner."""

    def __init__(self, manner: str) -> None:
        self.manner, self.answered_at = manner, inf
        self.messages: asyncio.Queue[Any] = asyncio.Queue()
        for message in ("one", "two", "three"):
            self.messages.put_nowait(message)
        self.send = AsyncStub("send(message)", latency=HOUR if manner == DEAF else 0.0, returns=self._hears)
        self.close = Stub("close()")
        self.connection = SimpleNamespace(send=self.send.function, receive=self._receive, close=self.close.function)

    def _hears(self, message: str) -> None:
        loop = asyncio.get_running_loop()
        pause, messages = {POLITE: (0.2, 1), FAST: (0.2, 100), SLOW: (0.9, 100)}.get(self.manner, (0.0, 0))
        for number in range(1, messages + 1):
            loop.call_later(pause * number, self.messages.put_nowait, "late")
        if self.manner == POLITE:
            self.answered_at = loop.time() + 0.4
            loop.call_later(0.4, self.messages.put_nowait, "bye")

    async def _receive(self) -> str:
        message = await self.messages.get()
        if isinstance(message, Exception):
            raise message
        return str(message)


@task.item("c")
async def the_goodbye_has_a_limit(solution: Any) -> None:
    """Mended: cancelled, a session waits for the peer's "bye", ends within 5 s, and closes the connection."""
    for manner in (POLITE, SILENT, FAST, SLOW, DEAF):
        async with nothing_left(f"when a session whose peer {manner} has ended", kinds={*leaks.KINDS} - {"timer"}):
            peer, handle = Peer(manner), AsyncStub("handle(message)")
            call = Call(solution.session, peer.connection, handle.function)
            await asyncio.sleep(1)
            call.cancel()
            await call.ended(HOUR)
            seen = f"it ended {duration(call.ended_at - call.cancelled_at)} later" if call.done else "it did not end"
            expected = "it ends at most 5 s after it was cancelled, whatever the peer does."
            in_time = call.ended_at - call.cancelled_at <= 5.001
            require(in_time, expected, f"with a peer that {manner}, {seen}.", call.place)
            closed_once(peer, call)
            expected = "it handles what comes before the cancel, and nothing that comes after it."
            handled = handle.arguments
            require(handled == ["one", "two", "three"], expected, f"it handled {quoted(handled)}.", call.place)
            said = peer.send.arguments == ["bye"]
            require(said, 'it says "bye", once.', f"it sent {quoted(peer.send.arguments)}.", call.place)
        if manner == POLITE:
            early = peer.answered_at - peer.close.calls[0].began
            seen = f"the connection was closed {duration(early)} before the peer's answer."
            require(early <= 0, "a peer that answers soon is waited for.", seen, peer.close.calls[0].place)
            await ends_as_cancelled(call, since=peer.answered_at)
    for name in ("receive", "handle"):
        raised = OSError("reset by the peer")
        peer = Peer(SILENT)
        if name == "receive":
            peer.messages.put_nowait(raised)
        handle = AsyncStub("handle(message)", raises=raised if name == "handle" else None)
        call = Call(solution.session, peer.connection, handle.function)
        ended = await call.ended(60)
        require(ended, f"a session ends when `{name}` raises.", "it did not.", call.place)
        require(call.error, f"if `{name}` raises, the session raises.", f"it {call.ending}.", call.place)
        closed_once(peer, call)


def closed_once(peer: Peer, call: Call) -> None:
    seen = f"it had been closed {count(len(peer.close.calls), 'time')}."
    once = len(peer.close.calls) == 1
    require(once, "when the session ends, the connection is closed, once.", seen, call.place)
