"""Program 12.22, a store that is closed while a thread still writes to it: `backup(blocks, store)`."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

from autograder.checking import Task
from autograder.checks.find_the_bug._choices import broken_principle, observation
from autograder.probes.errors import comes_of
from autograder.probes.stubs import Stub
from autograder.probes.tasks import Call, ends_as_cancelled, until
from autograder.probes.words import count, duration, quoted, require

task = Task("12.22", needs=("backup(blocks, store)",))

happens = observation(
    task,
    b="A cancel ends the `await` at once, whatever the thread is doing.",
    c="A thread cannot be cancelled: its write goes on to its end.",
    d="The `await` in the loop raises the `CancelledError`, and nothing catches it: the loop is left.",
)
principle = broken_principle(
    task,
    "c",
    a="Somebody owns the backup, and ends it; each thread runs one `write` and is done with that.",
    b="A `write` takes 500 ms and ends by itself: nobody has to tell it.",
    d="Every `write` ends after 500 ms.",
    e="It passes through, and at once: the backup ends as cancelled. A thread is nothing that it could reach.",
    g="The store is closed on every way out, on this one too.",
    h="No error is lost: `backup` raises what a `write` raises.",
)

WRITE = 30.0
BLOCKS = ["one", "two", "three"]


@task.item("c")
async def the_store_outlives_the_write(solution: Any) -> None:
    """Mended: cancelled, `backup` closes the store when the `write` in hand has ended, and ends then."""
    for cancelled_in in (None, "one", "three"):
        write, close = Stub("write(block)", latency=WRITE), Stub("close()")
        store = SimpleNamespace(write=write.function, close=close.function)
        call = Call(solution.backup, BLOCKS, store)
        if cancelled_in is None:
            await call.returned(within=1000)
        else:
            number = BLOCKS.index(cancelled_in) + 1
            begun = await until(lambda write=write, number=number: len(write.calls) == number, within=1000)
            require(begun, "the blocks are written one after the other.", f"{quoted(write.arguments)}.", call.place)
            await asyncio.sleep(1)
            call.cancel()
            await require_free_loop(call)
            await call.ended(1000)
            await until(lambda write=write: not write.in_flight, within=1000)
        closed_once(close, write, call)
        if cancelled_in is not None:
            await ends_as_cancelled(call, since=write.last_end)
        blocks = ["one"] if cancelled_in == "one" else BLOCKS
        expected = "the blocks are written in order, each once; after a cancel none is begun."
        require(write.arguments == blocks, expected, f"written: {quoted(write.arguments)}.", call.place)
    raised = OSError("the disk is full")
    write, close = Stub("write(block)", raises=raised), Stub("close()")
    call = Call(solution.backup, ["one"], SimpleNamespace(write=write.function, close=close.function))
    await call.ended(1000)
    closed_once(close, write, call)
    seen = f"`write` raised, and `backup` {call.ending}."
    require(comes_of(call.error, raised), "`backup` raises what `write` raises.", seen, call.place)


def closed_once(close: Stub, write: Stub, call: Call) -> None:
    seen = f"`backup` has {'ended' if call.done else 'not ended'}, and it was closed {count(len(close.calls), 'time')}."
    closed = call.done and len(close.calls) == 1
    require(closed, "`backup` closes the store, once.", seen, *(each.place for each in close.calls), call.place)
    early = write.last_end - close.calls[0].began
    seen = f"it was closed {duration(early)} before the `write` in hand had ended."
    require(early <= 0, "the store is closed when no `write` is under way.", seen, close.calls[0].place)


async def require_free_loop(call: Call) -> None:
    loop = asyncio.get_running_loop()
    began = loop.time()
    await asyncio.sleep(0.1)
    held = loop.time() - began
    seen = f"after the cancel nothing else ran for {duration(held)}."
    require(held < 0.15, "the loop is free while `backup` waits.", seen, call.place)
