"""Sessions, pools and connections that were never closed."""

import asyncio
import gc
import http.client
import http.server
import socket
import subprocess
import sys
import threading

import aiohttp
import pytest

from course import leaks

pytest_plugins = ["pytester"]


class Answer(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.send_response(200)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *args):
        pass


@pytest.fixture
def port():
    """A server that keeps connections open."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def before():
    with leaks.tracking():
        yield leaks.ignore_current()


def connections(before, **options):
    return leaks.find(before, kinds=["connection"], seconds=0.05, **options)


async def connections_async(before):
    return await leaks.find_async(before, kinds=["connection"], seconds=0.05)


def test_a_session_is_found_with_who_made_it_and_answers_for_its_connections(before, port):
    async def main():
        session = aiohttp.ClientSession()  # made here
        async with session.get(f"http://127.0.0.1:{port}/") as response:
            await response.read()
        (leak,) = await connections_async(before)
        assert (leak.name, leak.object) == ("ClientSession", session)
        lines = str(leak).splitlines()
        assert lines[0] == f"connection 'ClientSession', connected to 127.0.0.1:{port}, never closed"
        assert lines[1].startswith("  created at tests/leaks/test_connections.py:")
        assert lines[1].endswith("# made here")
        await session.close()
        assert await connections_async(before) == []

    asyncio.run(main())


def test_a_session_that_was_there_before_may_connect_in_the_block_and_keep_the_connection(port):
    of_server = leaks.ignore(any_function="socketserver.*")

    async def get_with(session):
        async with leaks.no_leaks(of_server, seconds=0.05), session.get(f"http://127.0.0.1:{port}/") as response:
            await response.read()

    async def main():
        async with aiohttp.ClientSession() as older_than_tracking:
            await get_with(older_than_tracking)
        with leaks.tracking():
            async with aiohttp.ClientSession() as session:
                await get_with(session)

    asyncio.run(main())


def test_a_connection_of_asyncios_is_found_by_its_address_and_not_its_socket_beside_it(before, port):
    async def main():
        _, writer = await asyncio.open_connection("127.0.0.1", port)  # connected here
        (leak,) = await connections_async(before)
        assert (leak.name, leak.note) == (f"127.0.0.1:{port}", "asyncio, never closed")
        assert leak.created.code.endswith("# connected here")
        writer.close()
        await writer.wait_closed()
        assert await connections_async(before) == []

    asyncio.run(main())


def test_the_servers_side_of_a_connection_is_not_reported(before):
    async def main():
        opened = []
        server = await asyncio.start_server(lambda reader, writer: opened.append(writer), "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        client = await asyncio.to_thread(socket.create_connection, ("127.0.0.1", port))
        while not opened:
            await asyncio.sleep(0)
        (leak,) = await connections_async(before)
        assert leak.name == f"127.0.0.1:{port}"
        client.close()
        assert await connections_async(before) == []
        opened[0].close()
        server.close()
        await server.wait_closed()

    asyncio.run(main())


def test_a_socket_and_what_the_standard_library_has_connected_are_found(before, port):
    plain = socket.create_connection(("127.0.0.1", port))
    (leak,) = connections(before)
    assert (leak.name, leak.note, leak.object) == (f"127.0.0.1:{port}", "socket, never closed", plain)
    plain.close()
    client = http.client.HTTPConnection("127.0.0.1", port)
    client.request("GET", "/")  # connected here
    client.getresponse().read()
    (leak,) = connections(before)
    assert leak.created.code.endswith("# connected here")
    client.close()
    assert connections(before) == []


def test_sockets_that_are_connected_to_nobody_are_not_reported(before):
    ends = socket.socketpair()
    loop = asyncio.new_event_loop()
    listening = socket.create_server(("127.0.0.1", 0))
    assert connections(before) == []
    loop.close()
    for one in (*ends, listening):
        one.close()


def test_one_that_only_the_collector_can_close_is_not_reported_if_it_would(before, port):
    class Client:
        def __init__(self):
            self.me = self
            self.socket = socket.create_connection(("127.0.0.1", port))

    gc.disable()
    try:
        Client()
        assert connections(before) == []
        client = Client()
        assert len(connections(before)) == 1
        client.socket.close()
    finally:
        gc.enable()


def test_it_is_known_only_while_tracking_and_leaves_no_patch(port):
    methods = [(socket.socket, "__init__"), (aiohttp.ClientSession, "__init__")]
    originals = [getattr(kind, name) for kind, name in methods]
    with leaks.tracking():
        assert [getattr(kind, name) for kind, name in methods] != originals
    assert [getattr(kind, name) for kind, name in methods] == originals
    before = leaks.ignore_current()
    with socket.create_connection(("127.0.0.1", port)):
        assert connections(before) == []


CLIENTS = {
    "httpx.Client": "import httpx\nclient = httpx.Client(trust_env=False)\nclient.get(url)",
    "requests.Session": "import requests\nclient = requests.Session()\nclient.trust_env = False\nclient.get(url)",
    "urllib3.PoolManager": "import urllib3\nclient = urllib3.PoolManager()\nclient.request('GET', url)",
}
CLOSED = {"urllib3.PoolManager": "clear"}


@pytest.mark.parametrize("name", CLIENTS)
def test_a_client_is_found_though_its_library_is_imported_after_tracking_began(name, port):
    """In a process of its own, which has imported none of them."""
    program = f"""
from course import leaks
def found():
    return [leak.name for leak in leaks.find(before, kinds=["connection"], seconds=0.05)]
with leaks.tracking():
    before = leaks.ignore_current()
    url = "http://127.0.0.1:{port}/"
{chr(10).join("    " + line for line in CLIENTS[name].splitlines())}
    assert found() == [{name.partition(".")[2]!r}], found()
    client.{CLOSED.get(name, "close")}()
    assert found() == [], found()
    before = leaks.ignore_current()
{chr(10).join("    " + line for line in CLIENTS[name].splitlines())}
    (leak,) = leaks.find(before, kinds=["connection"], seconds=0.05)
    assert leak.created.function == "<module>", leak
    client.{CLOSED.get(name, "close")}()
"""
    subprocess.run([sys.executable, "-c", program], check=True)


def test_a_test_that_leaves_a_session_is_told_so_before_its_runner_closes_the_loop(pytester):
    pytester.makeini("[pytest]\nasyncio_mode = auto\nasyncio_default_fixture_loop_scope = function\n")
    pytester.makepyfile("import aiohttp\nkept = []\nasync def test_it():\n    kept.append(aiohttp.ClientSession())\n")
    result = pytester.runpytest_subprocess("--leaks", "-p", "no:cacheprovider")
    result.stdout.fnmatch_lines(
        [
            "*::test_it left behind: 1 leak found",
            "*connection 'ClientSession', never closed",
            "*created at test_a_test*",
        ]
    )
