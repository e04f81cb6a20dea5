"""Task 5.1, a shutdown that is bounded, whatever the handlers do."""

from __future__ import annotations

import asyncio
import re
from signal import SIGINT, SIGTERM, Signals
from typing import Any

from autograder.checking import Failed, Task, where
from autograder.probes.at_once import at_once
from autograder.probes.served import Job, served, served_script
from autograder.probes.socket_table import held

task = Task("5.1", needs=("run",), clock="real")


@task.item("a")
async def says_how_many(solution: Any) -> None:
    """When the deadline passes it says, in a log or print, how many connections have a request in hand."""
    jobs = [Job(), Job(), *[Job(60.0)] * 13, Job(0.5)]
    async with served(solution, jobs=jobs, grace=1.0) as server:
        left = 13 if server.process.pid != 13 else 12  # a log may name its process
        idle = [await server.request() for _ in range(2)]
        for client in idle:
            await client.answer(within=2.0)
        cut = [await server.in_hand() for _ in range(left)]
        soon_done = [await server.in_hand() for _ in range(4)]
        before = len(server.process.output)
        server.process.signal(SIGTERM)
        await server.process.ended(within=2.5)
        said = server.process.output[before:].strip()
    # The number as a word of its own, not as a part of a date, a time, a port or a decimal.
    if not re.search(rf"(?<!\d)(?<!\d[-.:,/]){left}(?!\d)(?![-.:,/]\d)", said):
        expected = (
            f"with {len(idle)} idle connections, {len(soon_done)} requests answered during the drain and {len(cut)} "
        )
        expected += f"still in hand at the deadline, it says {left}, visible without setting up a log."
        raise Failed(expected, f"it said {said[-300:]!r}." if said else "it said nothing.", where(solution.run))


@task.item("b")
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
    if not least <= calls <= most:
        expected = (
            f"`on_shutdown` is called {least} times before `run` returns, once for each connection that was open "
        )
        expected += "at the signal: two with a request in hand, the others idle."
        raise Failed(expected, f"it was called {calls} times.", where(solution.run))


@task.item("c", seconds=20)
async def deaf_handler(solution: Any) -> None:
    """A handler that is deaf to cancellation does not keep the process past `grace` + 1 s, for either signal."""
    grace = 2.0

    async def ends(start: Any, number: Signals) -> bool:
        async with start(solution, jobs=[Job(60.0, deaf=True)], grace=grace) as server:
            await server.in_hand()
            server.process.signal(number)
            return await server.process.ended(within=grace + 1)

    async def bounded(number: Signals) -> None:
        if await ends(served, number):
            return
        # Or it is `main` that ends the process.
        if hasattr(solution, "main") and await ends(served_script, number):
            return
        expected = (
            f"with grace={grace:g}, the process ends within {grace + 1:g} s after {number.name}, though a handler "
        )
        expected += "takes 60 s and is deaf to cancellation."
        raise Failed(expected, "it was still alive.", where(solution.run))

    await at_once(bounded(SIGINT), bounded(SIGTERM))
