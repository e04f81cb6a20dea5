"""Servers that listen and were never closed."""

import asyncio
import http.server
import socketserver

import pytest

from course import leaks

pytest_plugins = ["pytester"]


async def answer(reader, writer):
    writer.close()


def test_a_server_of_asyncio_that_listens_is_found_with_its_address_and_who_started_it():
    async def main():
        with leaks.tracking():
            before = leaks.ignore_current()
            server = await asyncio.start_server(answer, "127.0.0.1", 0)  # started here
            port = server.sockets[0].getsockname()[1]
            (leak,) = await leaks.find_async(before, tries=0)
            assert (leak.kind, leak.name, leak.object) == ("server", f"127.0.0.1:{port}", server)
            assert leak.created.code.endswith("# started here")
            assert str(leak).startswith(f"server '127.0.0.1:{port}', Server, never closed\n")
            server.close()
            await server.wait_closed()
            assert await leaks.find_async(before) == []

    asyncio.run(main())


def test_it_is_found_without_tracking_too_and_not_if_it_was_there_before():
    async def main():
        before = leaks.ignore_current()
        async with await asyncio.start_server(answer, "127.0.0.1", 0):
            assert [leak.kind for leak in await leaks.find_async(before, tries=0)] == ["server"]
            assert await leaks.find_async(leaks.ignore_current(), tries=0) == []
        assert await leaks.find_async(before) == []

    asyncio.run(main())


@pytest.mark.parametrize("kind", [socketserver.TCPServer, http.server.ThreadingHTTPServer])
def test_a_socketserver_that_was_never_closed_is_found(kind):
    with leaks.tracking():
        before = leaks.ignore_current()
        server = kind(("127.0.0.1", 0), http.server.BaseHTTPRequestHandler)
        (leak,) = leaks.find(before, tries=0)
        assert (leak.kind, leak.object) == ("server", server)
        assert leak.created.code.startswith("server = kind(")
        server.server_close()
        assert leaks.find(before) == []


def test_a_server_of_a_test_is_reported_before_its_runner_closes_the_loop(pytester):
    pytester.makeini("[pytest]\nasyncio_mode = auto\nasyncio_default_fixture_loop_scope = function\n")
    pytester.makepyfile(
        "import asyncio\nasync def test_it():\n    await asyncio.start_server(lambda r, w: None, '127.0.0.1', 0)\n"
    )
    result = pytester.runpytest_subprocess("--leaks", "-p", "no:cacheprovider")
    result.stdout.fnmatch_lines(["*::test_it left behind: 1 leak found", "*server '127.0.0.1:*', Server, never closed"])
