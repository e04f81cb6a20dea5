"""An HTTP server in a process of its own: the learner's `run`, or the whole script.

    async with served(solution, jobs=[Job(seconds=1.0)], grace=5.0) as server:
        client = await server.in_hand()
        server.process.signal(signal.SIGTERM)
        await client.answer(within=5.0)           # Answer(status=200, text='done')
        await server.process.ended(within=6.0)    # True

It tells of `started` and `stopped`, with the `number` of the call of `work`, from 1; of `on_shutdown`; and, when `run`
has ended, of `returned`, or of `raised` with the `error` in words and whether it was an `os_error`. It has an address
that no other server has, however many graders run at once.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import linecache
import os
import socket
import sys
import time
import traceback
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any

import aiohttp.web  # noqa: F401  # most solutions import it: once here, and not once an item

from autograder.probes.forked import Process, Say, forked
from autograder.probes.http_client import GET, Client
from autograder.probes.socket_table import Address
from autograder.run.places import where
from autograder.verdict import Failed

START_SECONDS = 8.0
"""Real seconds that a server may take until it has answered its first request."""

_ports = iter(range(8001, 65000))


@dataclass(frozen=True)
class Job:
    """What one call of `work` does: it waits `seconds`, then gives `answer`. If `deaf`, it waits on when cancelled."""

    seconds: float = 0.0
    answer: str = "done"
    deaf: bool = False


@dataclass
class Server:
    """A server: its process, its address, and all clients that have ever connected, our own included."""

    process: Process
    address: Address
    clients: list[Client] = field(default_factory=list)

    async def connect(self, *, room: int | None = None) -> Client:
        """A new connection; `room` as for a client."""
        client = await Client.connect(self.address, room=room)
        self.clients.append(client)
        return client

    async def request(self) -> Client:
        """A new connection, on which a request was sent."""
        client = await self.connect()
        await client.send(GET)
        return client

    async def in_hand(self) -> Client:
        """A new connection with a request in hand: `work` was called for it. Raises `Failed` if it was not."""
        begun = len(self.process.all("started"))
        client = await self.request()
        if not await self.process.until("started", begun + 1):
            raise Failed("`GET /hello` calls the `work` that `run` was given.", "it did not, within 5 s.")
        return client

    async def stalled(self) -> Client:
        """A new connection whose client does not read the answer to its request, which `work` has given."""
        over = len(self.process.all("stopped"))
        client = await self.connect(room=4096)
        await client.send(GET)
        await self.process.until("stopped", over + 1)
        return client

    async def refuses(self) -> bool:
        """Whether it takes no new connection; if it takes one, that is closed at once."""
        try:
            client = await self.connect()
        except OSError:
            return True
        client.close()
        return False

    async def run_ended(self, within: float) -> float:
        """How many seconds after the last signal `run` ended, or the process did; infinity if not `within` so many."""
        process = self.process

        def ends() -> list[float]:
            return [event.at for event in process.all("returned") + process.all("raised")]

        while not ends() and not await process.ended(0) and time.monotonic() < process.signalled + within:
            await asyncio.sleep(0.01)
        return min([*ends(), process.over or float("inf")]) - process.signalled


@contextlib.asynccontextmanager
async def served(
    solution: Any, *, jobs: Sequence[Job] = (), grace: float = 30.0, ready: bool = True, address: Address | None = None
) -> AsyncIterator[Server]:
    """Runs `run` in a process of its own, for as long as the block lasts.

    The n-th call of `work` does the n-th of `jobs`, or the last. Before the block begins, the server has answered one
    request, which is none of these; `Failed` is raised where it does not. `ready=False` waits for nothing. An `address`
    is given where it is to be one that is taken.
    """
    address = address or free_address()

    def serve(tell: Say) -> int:
        async def run() -> None:
            host, port = address
            work = _work(tell, jobs, ready)
            await solution.run(
                host, port, delay=2.0, grace=grace, work=work, on_shutdown=lambda connection: tell("on_shutdown")
            )
            tell("returned")

        def call() -> None:
            try:
                asyncio.run(run())
            except BaseException as error:
                tell("raised", error=_named(error), os_error=_is_os_error(error))
                raise

        return _exit_code(call)

    async with forked(serve) as process:
        server = Server(process, address)
        if ready:
            await _answers(solution, server)
        yield server


@contextlib.asynccontextmanager
async def served_script(
    solution: Any,
    *,
    jobs: Sequence[Job] = (),
    delay: float = 2.0,
    grace: float = 30.0,
    ready: bool = True,
    address: Address | None = None,
) -> AsyncIterator[Server]:
    """The same with the learner's script: `main` with its arguments, or the file run as `__main__`.

    Where there are `jobs`, the module's `run` is given them, whatever `main` gives it.
    """
    address = address or free_address()

    def serve(tell: Say) -> int:
        if jobs:
            solution.run = functools.partial(solution.run, work=_work(tell, jobs, ready))
        host, port = address
        arguments = ["--host", host, "--port", str(port), "--delay", str(delay), "--grace", str(grace)]
        return _exit_code(lambda: _script(solution, arguments))

    async with forked(serve) as process:
        server = Server(process, address)
        if ready:
            await _answers(solution, server)
        yield server


def free_address() -> Address:
    """A loopback address and a port on it that nobody else has.

    On Linux all of 127.0.0.0/8 is the loopback, and each process has a host of its own. Elsewhere the system picks a
    port.
    """
    if sys.platform == "linux":
        number = os.getpid()
        return f"127.{64 + (number >> 16) % 64}.{number >> 8 & 255}.{number & 255}", next(_ports)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return taken.getsockname()


def _work(tell: Say, jobs: Sequence[Job], ready: bool) -> Callable[[], Coroutine[Any, Any, str]]:
    calls = 0

    async def work() -> str:
        nonlocal calls
        calls += 1
        number = calls - ready
        if not number:
            return "ready"
        job = jobs[min(number, len(jobs)) - 1] if jobs else Job()
        tell("started", number=number)
        end = time.monotonic() + job.seconds
        try:
            while (left := end - time.monotonic()) > 0:
                try:
                    await asyncio.sleep(left)
                except asyncio.CancelledError:
                    if not job.deaf:
                        raise
        finally:
            tell("stopped", number=number)
        return job.answer

    return work


def _script(solution: Any, arguments: list[str]) -> Any:
    sys.argv = [solution.__file__, *arguments]
    if hasattr(solution, "main"):
        return solution.main(arguments)
    source = "".join(linecache.getlines(solution.__file__))
    exec(compile(source, solution.__file__, "exec", dont_inherit=True), {"__name__": "__main__"})
    return None


def _exit_code(call: Callable[[], Any]) -> int:
    """The code with which Python ends after this call; what raises something else than `SystemExit` raises here."""
    try:
        code = call()
    except SystemExit as exit:
        if exit.code is None or isinstance(exit.code, int):
            return int(exit.code or 0)
        print(exit.code, file=sys.stderr)
        return 1
    return code if type(code) is int else 0


def _named(error: BaseException) -> str:
    while isinstance(error, BaseExceptionGroup) and len(error.exceptions) == 1:
        error = error.exceptions[0]
    return "".join(traceback.format_exception_only(error)).strip()


def _is_os_error(error: BaseException) -> bool:
    if isinstance(error, BaseExceptionGroup):
        return all(map(_is_os_error, error.exceptions))
    return isinstance(error, OSError)


async def _answers(solution: Any, server: Server) -> None:
    """Returns when the server has answered a request: some can be reached before they have their signal handlers."""
    until = time.monotonic() + START_SECONDS
    seen = f"nobody answers within {START_SECONDS:g} s at the host and port that `run` was given."
    while not await server.process.ended(0) and (left := until - time.monotonic()) > 0:
        try:
            client = await server.request()
        except OSError:
            await asyncio.sleep(0.02)
            continue
        answer = await client.answer(within=left)
        client.close()
        if answer and answer.status == 200:
            return
        if answer:
            seen = f"the status {answer.status}."
            break
        await asyncio.sleep(0.02)
    raised = [event.what["error"] for event in server.process.all("raised")]
    if raised:
        seen = f"`run` raised {raised[0]}"
    elif server.process.over is not None:
        seen = f"the process ended at once, with exit code {server.process.exit_code}."
    raise Failed("the server starts, and answers `GET /hello` with 200.", seen, where(solution.run))
