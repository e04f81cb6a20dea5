"""Section 5's notebook runs a cell's server as a process, watches it from inside, and sends it clients and signals."""

from __future__ import annotations

import asyncio
import importlib.util
import linecache
from pathlib import Path

import pytest

from tests.cases import all_cases

PATH = Path(__file__).parent.parent / "source" / "05-graceful-shutdown" / "server_process.py"


@pytest.fixture(scope="module")
def server_process():
    spec = importlib.util.spec_from_file_location("server_process", PATH)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def run():
    """The `run` of a right solution, as a notebook's cell defines it."""
    source = all_cases()["05-graceful-shutdown/5/solutions/aiohttp_reference"].source
    text = source.files[source.main]
    linecache.cache["a cell"] = len(text), None, text.splitlines(keepends=True), "a cell"
    module = {"__name__": "a_cell"}
    exec(compile(text, "a cell", "exec"), module)
    return module["run"]


def test_clients_are_told_what_came_of_them_and_the_process_what_is_in_it(server_process, run):
    async def scene():
        server = server_process.serve(run, delay=0.5, grace=5)
        await server.started(within=60)
        assert (await server.get()).startswith("200 hi, after ")
        clients = [asyncio.ensure_future(server.trickle(20)), asyncio.ensure_future(server.get())]
        await asyncio.sleep(0.3)
        server.signal("SIGTERM")
        assert await server.ended(within=60) == 0
        trickled, asked = await asyncio.gather(*clients)
        assert trickled.startswith("was cut off after")
        assert asked.startswith("200 hi")
        assert await server.get() == "was refused"
        async with asyncio.timeout(60):
            while [text for _, text in server.marks] != ["SIGTERM", "end"]:
                await asyncio.sleep(0.01)
        assert max(connections for _, _, connections in server.samples) >= 2
        assert "exit code 0" in repr(server)

    asyncio.run(scene())


def test_a_deaf_handler_is_cut_by_the_solution_and_the_old_process_by_a_new_one(server_process, run):
    async def scene():
        first = server_process.serve(run, grace=60)
        await first.started(within=60)
        server = server_process.serve(run, grace=0.5, deaf=True)
        assert first.process.poll() is not None
        await server.started(within=60)
        client = asyncio.ensure_future(server.get())
        await asyncio.sleep(0.5)
        server.signal("SIGTERM")
        assert await server.ended(within=60) == 1
        assert await client == "was cut off without an answer"
        assert any("1 connections still have a request in hand" in line for line in server.printed)
        server.close()

    asyncio.run(scene())


def test_a_server_that_does_not_start_says_why(server_process):
    text = "async def run(host, port, **limits):\n    raise ValueError('no')\n"
    linecache.cache["a bad cell"] = len(text), None, text.splitlines(keepends=True), "a bad cell"
    module = {}
    exec(compile(text, "a bad cell", "exec"), module)

    async def scene():
        server = server_process.serve(module["run"])
        with pytest.raises(RuntimeError, match="ValueError: no"):
            await server.started(within=60)

    asyncio.run(scene())
