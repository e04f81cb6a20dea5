"""Task 5, an HTTP server that stops gracefully: `run(host, port, …)` and `main(argv)`."""

from __future__ import annotations

import asyncio
import math
import socket
import time
from signal import SIGINT, SIGTERM, Signals
from typing import Any

from autograder.checking import Failed, Task, where
from autograder.probes.at_once import at_once
from autograder.probes.http_client import HEADERS, Answer, Client
from autograder.probes.served import Job, Server, free_address, served, served_script
from autograder.probes.socket_table import held
from autograder.probes.words import duration, require

task = Task("5", needs=("run",), clock="real")

LIMITS = ("HEADER_TIMEOUT", "BODY_TIMEOUT", "WRITE_TIMEOUT", "IDLE_TIMEOUT")
LONGEST_LIMIT = 3.0
LONG = Job(60.0)
LINE = b"a:b\r\n"
"""What a slow client sends: each byte, and each line, well within any limit."""

HUGE = Job(answer="x" * (8 << 20))
"""An answer that no system keeps for a client that does not read it."""


@task.item("a", seconds=20)
async def signals(solution: Any) -> None:
    """SIGINT and SIGTERM both start a graceful shutdown, idle or not: a request in hand is completed."""

    async def busy(number: Signals) -> None:
        async with served(solution, jobs=[Job(0.7)], grace=2.0) as server:
            client = await server.in_hand()
            server.process.signal(number)
            answer = await client.answer(within=3.0)
            ended = await server.process.ended(within=3.0)
        expected = f"the request in hand when {number.name} comes is answered: 200, and what `work()` gives."
        require(answer == Answer(200, "done"), expected, _said(answer), where(solution.run))
        require(ended, f"the server ends, within `grace` + 1 s after {number.name}.", "it ran on.", where(solution.run))

    async def idle(number: Signals) -> None:
        async with served(solution, grace=1.0) as server:
            server.process.signal(number)
            ended = await server.process.ended(within=2.0)
        expected = f"a server with nothing to do ends, within `grace` + 1 s after {number.name}."
        require(ended, expected, "it ran on.", where(solution.run))

    await at_once(busy(SIGINT), busy(SIGTERM), idle(SIGINT), idle(SIGTERM))


@task.item("b", seconds=20)
async def port_taken(solution: Any) -> None:
    """One `TaskGroup`: if the port is taken, `run` raises the `OSError`, and the script fails."""
    address = free_address()

    async def raises() -> None:
        async with served(solution, ready=False, address=address) as server:
            await server.process.until("raised", within=3.0)
            seen, raised = _state(server), server.process.all("raised")
        expected = "`run` raises the `OSError`, bare or in a group, within 3 s where the port is taken."
        require(raised, expected, seen, where(solution.run))
        require(raised[0].what["os_error"], expected, f"it raised {raised[0].what['error']}", where(solution.run))

    async def exits() -> None:
        async with served_script(solution, ready=False, address=address) as server:
            await server.process.until("an end", within=3.0)
            code, seen = server.process.exit_code, _state(server)
        expected = "the script ends within 3 s where the port is taken, and not with exit code 0."
        require(code, expected, seen, where(solution.run))

    with socket.create_server(address):
        await at_once(raises(), exits())


@task.item("c", seconds=20)
async def deadline(solution: Any) -> None:
    """The drain has its own deadline: `run` ends between `grace` and `grace` + 1 s after the signal."""
    grace = 2.3

    async def outlasts(company: str, *, age: float = 0.0, slow: bool = False, others: bool = False) -> None:
        async with served(solution, jobs=[LONG, HUGE if slow else LONG], grace=grace) as server:
            await server.in_hand()
            trickling = await server.connect()
            if others:
                await server.in_hand()
            if slow:
                await server.stalled()
            trickle = asyncio.ensure_future(trickling.trickle(HEADERS, LINE, seconds=age + grace if slow else 0))
            await asyncio.sleep(age)
            server.process.signal(SIGTERM)
            took = await server.run_ended(within=grace + 1.5)
            await trickle
        expected = (
            f"`run`, with grace={grace:g} and a request that outlasts it, ends {grace:g} to {grace + 1:g} s after "
        )
        seen = "it ran on" if took == math.inf else f"it ended {took:.1f} s after it"
        require(grace <= took <= grace + 1, f"{expected}SIGTERM.", f"{seen}, {company}.", where(solution.run))

    await at_once(
        outlasts("with this one request in hand"),
        outlasts("with two such requests in hand", others=True),
        # So early that whatever becomes of these two is over well before `grace` is.
        outlasts("with a client that trickles and one that does not read", age=0.9, slow=True),
        outlasts(f"in a server that was {grace + 0.2:g} s old", age=grace + 0.2),
    )


@task.item("d", needs=("run", *LIMITS), seconds=20)
async def slow_clients(solution: Any) -> None:
    """Slow clients are bounded, in headers, body, reading and idling; a slow handler is not cut."""
    header, body, write, idle = (_limit(solution, name) for name in LIMITS)
    slow = Job(max(header, body, write, idle) + 0.8, "slow")

    async def released(client: Client, since: float, limit: float, name: str, what: str) -> None:
        while (holds := held(server.address, client.address)) and time.monotonic() < since + limit + 1:
            await asyncio.sleep(0.02)
        expected = f"the server releases the socket of {what} within {name} + 1 s, here {limit + 1:g} s."
        require(not holds, expected, "it still holds it.", where(solution.run))

    async def not_cut(client: Client) -> None:
        answer = await client.answer(within=slow.seconds + 2)
        expected = f"a handler that takes {slow.seconds:g} s, longer than each limit, is not cut: it answers 200."
        require(answer == Answer(200, "slow"), expected, _said(answer), where(solution.run))

    async with served(solution, jobs=[slow, HUGE, Job()]) as server:
        patient = await server.in_hand()
        stalled = await server.stalled()
        silent, dripping, filling = [await server.connect() for _ in range(3)]
        idler = await server.request()
        await idler.answer(within=2.0)  # by then the server has taken the three before it, too
        now = time.monotonic()
        await at_once(
            not_cut(patient),
            dripping.trickle(HEADERS, LINE, seconds=header + 1),
            filling.trickle(HEADERS + b"Content-Length: 1000\r\n\r\n", LINE, seconds=body + 1),
            released(dripping, now, header, LIMITS[0], "a client that sends its headers byte by byte"),
            released(silent, now, max(header, idle), "HEADER_TIMEOUT or IDLE_TIMEOUT", "a client that sends nothing"),
            released(filling, now, body, LIMITS[1], "a client that sends its body byte by byte"),
            released(stalled, now, write, LIMITS[2], "a client that does not read its answer"),
            released(idler, now, idle, LIMITS[3], "a client that is idle after its answer"),
        )


@task.item("e", seconds=20)
async def disconnect(solution: Any) -> None:
    """A client that leaves while its request is in hand stops the handler's work within 100 ms."""
    async with served(solution, jobs=[LONG]) as server:
        # This is real time in two processes: on a busy machine a right server may be late in one try. A server that
        # looks now and then is late in each, for each has eight phases.
        for _ in range(3):
            before = len(server.process.all("started"))
            clients = [await server.in_hand() for _ in range(8)]
            left = {}
            for number, client in enumerate(clients, before + 1):
                await asyncio.sleep(0.033)  # to meet it at several phases
                left[number] = time.monotonic()
                (client.reset if number % 2 else client.close)()
            await server.process.until("stopped", before + len(clients), within=1.0)
            stopped = {event.what["number"]: event.at for event in server.process.all("stopped")}
            late = {number: stopped.get(number, math.inf) - at for number, at in left.items()}
            worst = max(late, key=late.__getitem__)
            if late[worst] <= 0.1:
                return
    how = "reset" if worst % 2 else "closed"
    seen = "went on" if late[worst] == math.inf else f"stopped {duration(late[worst])} later"
    expected = "when a client leaves, the work for its request is cancelled within 100 ms."
    raise Failed(expected, f"the client {how} its connection, and `work()` {seen}.", where(solution.run))


@task.item("f", seconds=20)
async def integration(solution: Any) -> None:
    """The script, with SIGTERM in mid-flight: 200, new connections refused within 0.5 s, exit code 0."""
    async with served_script(solution, delay=1.0, grace=5.0) as server:
        client = await server.request()
        await asyncio.sleep(0.3)
        server.process.signal(SIGTERM)
        answering = asyncio.ensure_future(client.answer(within=5.0))
        refuses = False
        while not refuses and not answering.done() and time.monotonic() < server.process.signalled + 0.5:
            await asyncio.sleep(0.02)
            refuses = await server.refuses()
        answer = await answering
        await server.process.ended(within=6.0)
        code, seen = server.process.exit_code, _state(server)
    place = where(solution.run)
    expected = "new connections are refused within 0.5 s after SIGTERM, while the request in mid-flight goes on."
    require(answer == Answer(200, "hi"), "the request in mid-flight is answered: 200, `hi`.", _said(answer), place)
    require(refuses, expected, "the server still took one.", place)
    require(code == 0, "then the script ends, with exit code 0.", seen, place)


def _limit(solution: Any, name: str) -> float:
    value = getattr(solution, name)
    holds = isinstance(value, int | float) and 0 < value <= LONGEST_LIMIT
    require(holds, f"`{name}` is at most {LONGEST_LIMIT:g} seconds; the exercise says 2.", f"it is {value!r}.")
    return value


def _said(answer: Answer | None) -> str:
    if answer is None:
        return "no answer came, or not all of it."
    return f"the answer was {answer.status}, `{answer.text[:80]}`."


def _state(server: Server) -> str:
    if server.process.over is None:
        return "it ran on."
    code = server.process.exit_code
    return f"it was ended by the signal {Signals(-code).name}." if code < 0 else f"it ended with exit code {code}."
