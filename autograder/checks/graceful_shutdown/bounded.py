"""Task 5.1, a shutdown that is bounded, whatever the handlers do."""

from __future__ import annotations

import asyncio
import re
from signal import SIGINT, SIGTERM, Signals
from typing import Any

from autograder.checking import Task, where
from autograder.probes.at_once import at_once
from autograder.probes.served import Job, served, served_script
from autograder.probes.socket_table import held
from autograder.probes.words import require

task = Task("5.1", needs=("run",), clock="real")

_TRACEBACK = re.compile(r"^[ +|]*(Exception Group )?Traceback \(most recent call last\):\n([ +|].*\n)*", re.MULTILINE)
"""What else there are numbers in."""


@task.item("a", seconds=20)
async def says_how_many(solution: Any) -> None:
    """When the deadline passes it says, in a log or print, how many connections have a request in hand."""

    async def says(left: int) -> None:
        jobs = [Job(), Job(), *[Job(60.0)] * left, Job(0.5)]
        async with served(solution, jobs=jobs, grace=1.0) as server:
            for idle in [await server.request(), await server.request()]:
                await idle.answer(within=2.0)
            in_hand = [await server.in_hand() for _ in range(left + 4)]
            before = len(server.process.output)
            server.process.signal(SIGTERM)
            await server.process.ended(within=2.5)
            said = _TRACEBACK.sub("", server.process.output[before:]).strip()
        # The number by itself, not as a part of a date, a time, an address or a decimal.
        number = re.search(rf"(?<!\d)(?<!\d[-.:,/]){left}(?!\d)(?![-.:,/]\d)", said)
        expected = (
            f"with {len(in_hand)} requests in hand at the signal, {left} of them still at the deadline, and 2 idle "
        )
        expected += f"connections, it says {left}, without a log being set up."
        require(number, expected, f"it said {said[-300:]!r}." if said else "it said nothing.", where(solution.run))

    # Two numbers: a process may be called 13, and say so.
    await at_once(says(13), says(7))


@task.item("b", seconds=20)
async def on_shutdown(solution: Any) -> None:
    """`on_shutdown(connection)` runs once for each connection open at the signal, before `run` returns."""
    async with served(solution, jobs=[Job(), Job(), Job(), Job(0.6)], grace=2.0) as server:
        silent = await server.connect()
        gone, *idle = [await server.request() for _ in range(3)]
        for client in (gone, *idle):
            await client.answer(within=2.0)
        gone.close()
        busy = [await server.in_hand() for _ in range(2)]
        await asyncio.sleep(0.1)
        least = sum(not client.closed_by_server() for client in (silent, *idle, *busy))
        # A server may be slow to let go of clients that have left.
        most = sum(held(server.address, client.address) for client in server.clients)
        server.process.signal(SIGTERM)
        await server.run_ended(within=3.5)
        names = [event.name for event in server.process.events]
    calls = (names[: names.index("returned")] if "returned" in names else names).count("on_shutdown")
    expected = (
        f"`on_shutdown` is called {least} times before `run` returns: once for each connection that was open at the "
    )
    expected += "signal, two with a request in hand, the others idle."
    require(least <= calls <= most, expected, f"it was called {calls} times.", where(solution.run))


@task.item("c", seconds=20)
async def deaf_handler(solution: Any) -> None:
    """A handler that is deaf to cancellation does not keep the process past `grace` + 1 s."""
    grace = 2.0

    async def ends(start: Any, number: Signals) -> bool:
        async with start(solution, jobs=[Job(60.0, deaf=True)], grace=grace) as server:
            await server.in_hand()
            server.process.signal(number)
            return await server.process.ended(within=grace + 1)

    async def bounded(number: Signals) -> None:
        # It may be `main` that ends the process.
        holds = await ends(served, number) or (hasattr(solution, "main") and await ends(served_script, number))
        expected = f"with grace={grace:g} and a handler that is deaf to cancellation for 60 s, the process ends within "
        expected += f"{grace + 1:g} s after {number.name}."
        require(holds, expected, "it was still alive.", where(solution.run))

    await at_once(bounded(SIGINT), bounded(SIGTERM))
