"""The probes for servers: forked, socket_table, http_client, served, at_once."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import time
import types

import pytest

from autograder.probes.at_once import at_once
from autograder.probes.forked import forked
from autograder.probes.http_client import GET, Answer, Client
from autograder.probes.served import Job, free_address, served, served_script
from autograder.probes.socket_table import held
from autograder.verdict import Failed


def wait_for_a_signal(tell):
    tell("begun", number=1)
    while True:
        signal.pause()


def test_a_forked_process_tells_of_events_and_ends_by_a_signal():
    async def scene():
        async with forked(wait_for_a_signal) as process:
            assert await process.until("begun", within=30.0)
            (begun,) = process.all("begun")
            assert begun.what == {"number": 1}
            assert begun.at <= time.monotonic()
            process.signal(signal.SIGTERM)
            assert await process.ended(within=30.0)
            assert process.exit_code == -signal.SIGTERM
            assert process.signalled <= process.over

    asyncio.run(scene())


def test_a_forked_process_begins_as_a_script_does():
    def loop_of_its_own(tell):
        with contextlib.suppress(KeyboardInterrupt):
            tell("begun")
            signal.pause()
        print("interrupted")
        return asyncio.run(asyncio.sleep(0, 3))

    async def scene():
        async with forked(loop_of_its_own) as process:
            await process.until("begun", within=30.0)
            process.signal(signal.SIGINT)
            assert await process.ended(within=30.0)
            assert (process.exit_code, process.output) == (3, "interrupted\n")

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        asyncio.run(scene())
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def test_a_forked_process_that_raises_ends_with_1_and_says_why():
    async def scene():
        async with forked(lambda tell: 1 // 0) as process:
            assert await process.ended(within=30.0 + time.monotonic())
            assert process.exit_code == 1
            assert process.output.endswith("ZeroDivisionError: integer division or modulo by zero\n")

    asyncio.run(scene())


def test_a_forked_process_is_gone_after_the_block():
    async def scene():
        async with forked(wait_for_a_signal) as process:
            await process.until("begun", within=30.0)
        with pytest.raises(ProcessLookupError):
            os.kill(process.pid, 0)

    asyncio.run(scene())


def test_until_is_false_for_what_never_happens_and_does_not_wait_for_the_dead():
    async def scene():
        async with forked(lambda tell: 0) as process:
            started = time.monotonic()
            assert not await process.until("begun", within=60)
            assert time.monotonic() - started < 30

    asyncio.run(scene())


def test_a_fork_does_not_keep_connections_of_its_parent_open():
    async def scene():
        ours, theirs = socket.socketpair()
        async with forked(wait_for_a_signal) as process:
            await process.until("begun", within=30.0)
            ours.close()
            theirs.settimeout(5)
            assert theirs.recv(1) == b""
            theirs.close()

    asyncio.run(scene())


def test_a_socket_is_held_until_its_process_closes_it():
    with socket.create_server(("127.0.0.1", 0)) as listening:
        client = socket.create_connection(listening.getsockname())
        accepted, peer = listening.accept()
        assert held(listening.getsockname(), peer)
        # What is left to be sent keeps the system's end of it, and the client is none the wiser.
        accepted.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            while True:
                accepted.send(b"x" * 65536)
        accepted.close()
        assert not held(listening.getsockname(), peer)
        client.close()


def test_no_two_servers_share_an_address():
    assert len({free_address() for _ in range(20)}) == 20
    assert all(address[0].startswith("127.") for address in [free_address()])


async def _small_server(reader, writer):
    head = await reader.readuntil(b"\r\n\r\n")
    if b"/hello" in head:
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n")
        await writer.drain()
    with contextlib.suppress(OSError):
        heard.append(await reader.read(1))
    writer.close()


heard: list[bytes] = []


@pytest.mark.parametrize("leave", [Client.close, Client.reset])
def test_a_client_reads_an_answer_and_leaves(leave):
    async def scene():
        server = await asyncio.start_server(_small_server, "127.0.0.1", 0)
        client = await Client.connect(server.sockets[0].getsockname())
        await client.send(GET)
        assert await client.answer(within=30.0) == Answer(200, "hi")
        assert not client.closed_by_server()
        leave(client)
        server.close()

    asyncio.run(scene())


def test_an_answer_that_is_cut_off_or_late_is_none():
    async def scene():
        async def cut(reader, writer):
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhi")
            writer.close()

        server = await asyncio.start_server(cut, "127.0.0.1", 0)
        client = await Client.connect(server.sockets[0].getsockname())
        await client.send(GET)
        assert await client.answer(within=30.0) is None
        assert client.closed_by_server()
        silent = await Client.connect(server.sockets[0].getsockname())
        assert await silent.answer(within=0.05) is None
        silent.close()
        client.close()
        server.close()

    asyncio.run(scene())


def test_a_trickle_ends_when_the_server_closes():
    async def scene():
        async def cut(reader, writer):
            await reader.readexactly(3)
            writer.transport.abort()

        server = await asyncio.start_server(cut, "127.0.0.1", 0)
        client = await Client.connect(server.sockets[0].getsockname())
        started = time.monotonic()
        await client.trickle(b"G", b"ET", seconds=60)
        assert time.monotonic() - started < 30
        client.close()
        server.close()

    asyncio.run(scene())


def test_the_first_scene_in_order_that_fails_is_the_one_that_is_told():
    async def fails(text, turns):
        for _ in range(turns):
            await asyncio.sleep(0)
        raise Failed(text, "")

    async def holds():
        pass

    async def scene():
        await at_once(holds(), fails("first", 5), fails("second", 0))

    with pytest.raises(Failed, match="first"):
        asyncio.run(scene())
    asyncio.run(at_once(holds(), holds()))


def module(text):
    solution = types.ModuleType("solution")
    solution.__file__ = "server.py"
    exec(text, solution.__dict__)
    return solution


SERVER = module(
    """
import asyncio, signal, sys

async def run(host, port, *, delay=2.0, grace=30.0, work=None, on_shutdown=None):
    stop = asyncio.Event()

    async def connected(reader, writer):
        await reader.readuntil(b"\\r\\n\\r\\n")
        body = (await work() if work else "hi").encode()
        writer.write(b"HTTP/1.1 200 OK\\r\\nContent-Length: %d\\r\\n\\r\\n%s" % (len(body), body))
        await writer.drain()

    server = await asyncio.start_server(connected, host, port)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    await stop.wait()
    on_shutdown and on_shutdown(None)

def main(argv):
    options = dict(zip(argv[::2], argv[1::2]))
    asyncio.run(run(options["--host"], int(options["--port"])))
    return 7
"""
)


def test_a_server_tells_what_its_work_does_and_when_run_has_returned():
    async def scene():
        async with served(SERVER, jobs=[Job(0.05, "one"), Job(60.0)]) as server:
            first = await server.in_hand()
            assert await first.answer(within=30.0) == Answer(200, "one")
            await server.in_hand()
            server.process.signal(signal.SIGTERM)
            assert await server.run_ended(within=30.0) < 30.0
            assert await server.process.ended(within=30.0)
            names = [(event.name, event.what.get("number")) for event in server.process.events]
            assert names[:5] == [
                ("started", 1),
                ("stopped", 1),
                ("started", 2),
                ("on_shutdown", None),
                ("returned", None),
            ]
            assert server.process.exit_code == 0
            assert await server.refuses()

    asyncio.run(scene())


def test_a_deaf_job_outlives_its_cancellation():
    async def scene():
        async with served(SERVER, jobs=[Job(60.0, deaf=True)]) as server:
            await server.in_hand()
            server.process.signal(signal.SIGTERM)
            await server.process.until("returned", within=30.0)
            assert not await server.process.ended(within=0.3)

    asyncio.run(scene())


def test_a_client_that_stalls_leaves_the_answer_with_the_server():
    async def scene():
        async with served(SERVER, jobs=[Job(answer="x" * (8 << 20))]) as server:
            client = await server.stalled()
            await asyncio.sleep(0.2)
            assert held(server.address, client.address)

    asyncio.run(scene())


def test_a_taken_port_is_an_os_error_that_is_told():
    async def scene():
        address = free_address()
        with socket.create_server(address):
            async with served(SERVER, ready=False, address=address) as server:
                await server.process.until("raised", within=30.0)
                (raised,) = server.process.all("raised")
                assert raised.what["os_error"]
                assert raised.what["error"].startswith("OSError: [Errno")

    asyncio.run(scene())


def test_a_script_has_its_exit_code_and_a_work_of_ours_where_there_are_jobs():
    async def scene():
        async with served_script(SERVER, jobs=[Job(answer="ours")]) as server:
            client = await server.in_hand()
            assert await client.answer(within=30.0) == Answer(200, "ours")
            server.process.signal(signal.SIGTERM)
            assert await server.process.ended(within=30.0)
            assert server.process.exit_code == 7
        async with served_script(SERVER) as server:
            assert await (await server.request()).answer(within=30.0) == Answer(200, "hi")

    asyncio.run(scene())


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("async def run(host, port, **limits): pass", "the process ended at once, with exit code 0"),
        ("async def run(host, port, **limits): raise ValueError('port')", "`run` raised ValueError: port"),
        ("async def run(host, port, **limits):\n    import sys; sys.exit(3)", "`run` raised SystemExit: 3"),
    ],
)
def test_a_server_that_does_not_start_fails_with_the_reason(text, seen):
    async def scene():
        async with served(module(text)):
            pass

    with pytest.raises(Failed) as failed:
        asyncio.run(scene())
    assert f"Seen: {seen}" in str(failed.value)
