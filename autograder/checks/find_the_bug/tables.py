"""Program 12.18, an async generator that is left before its end: `count_rows(pool, table)`."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

from autograder.checking import Task
from autograder.checks.find_the_bug._choices import broken_principle, observation
from autograder.probes.stubs import AsyncStub
from autograder.probes.tasks import Call
from autograder.probes.words import quoted, require

task = Task("12.18", needs=("count_rows(pool, table)",))

happens = observation(
    task,
    b="Follow a connection on which a broken row was read. Which line puts it back, and when does that line run?",
    c="Each is a task of its own, and nobody cancels it because another one has failed.",
    d="Only `rows` puts a connection back, in one place, and nothing runs that place twice.",
)
principle = broken_principle(
    task,
    "g",
    a="Who has started the tasks keeps them in a list, can end them, and does so in the end.",
    b="Nobody here is to be told to end: each would end by itself, with the last row.",
    d="A timeout would end the wait of the other six. They would still not get to read their tables.",
    f="To hold a connection while one reads over it is what it is for; the six wait for one that nobody reads over.",
    h="The errors come out, both of them: each task ends with its own.",
)

BROKEN = {"oak": None, "elm": 0, "ash": 3, "fir": 4, "yew": None}
"""Tables, and which row of each is broken."""


@task.item("c")
async def the_connection_comes_back(solution: Any) -> None:
    """Mended: when `count_rows` has ended, however it has, its connection is in the pool again."""
    for table in ("oak", "elm", "ash", "fir"):
        broken = BROKEN[table]
        what = f"with a table whose row {broken} is broken" if broken is not None else "with a table that is whole"
        call, _ = await counted(solution, table, what)
        seen = f"{what}, it {call.ending}, with {quoted(call.result)}."
        expected = "it returns how many rows there are, or raises a ValueError."
        right = call.result == 5 if broken is None else isinstance(call.error, ValueError)
        require(right, expected, seen, call.place)
    call, _ = await counted(solution, "yew", "with a table that cannot be read")
    require(isinstance(call.error, OSError), "it raises what `read` raises.", f"it {call.ending}.", call.place)
    for cancelled_after in (30, 55, 90):
        call, read = await counted(solution, "oak", "cancelled", cancelled_after)
        ended = call.task.cancelled() and not read.in_flight
        require(ended, "cancelled, it ends as cancelled, and so does its `read`.", f"it {call.ending}.", call.place)


async def counted(solution: Any, table: str, what: str, cancelled_after: float | None = None) -> tuple[Call, AsyncStub]:
    """A call that has ended, with a pool of one connection, which has to be in it again when the call ends."""
    read = AsyncStub(
        "read(table, number)",
        latency=20.0,
        returns=lambda table, number: "broken" if BROKEN[table] == number else f"row {number}",
        raises=lambda table, number: OSError("the disk is gone") if table == "yew" and number == 2 else None,
    )
    connection = SimpleNamespace(read=read.function)
    pool: asyncio.Queue[Any] = asyncio.Queue()
    pool.put_nowait(connection)
    left: list[Any] = []

    async def count_rows() -> Any:
        try:
            return await solution.count_rows(pool, table)
        finally:
            left.extend(pool._queue)  # type: ignore[attr-defined]  # asked in this very turn

    call = Call(count_rows)
    if cancelled_after is not None:
        await asyncio.sleep(cancelled_after)
        call.cancel()
    expected = "when `count_rows` has ended, the connection is in the pool again, once."
    require(await call.ended(600), expected, f"{what}, it did not end.", call.place)
    seen = f"{what}, it {call.ending}, and the pool of one connection had {len(left)}."
    require(left == [connection], expected, seen, *(each.place for each in read.calls), call.place)
    return call, read
