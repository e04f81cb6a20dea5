"""What `audit.find` finds: every way of starting something, under any name, and nothing else."""

from __future__ import annotations

import textwrap

import pytest

from course import audit


def found(folder, **sources):
    """The places in modules of these texts, in a package: each `(line, kind)`, with several modules the file too."""
    package = folder / "pkg"
    package.mkdir()
    for name, text in {"__init__": "", **sources}.items():
        (package / f"{name}.py").write_text(textwrap.dedent(text))
    spawns = audit.find(package).spawns
    if len(sources) == 1:
        return [(spawn.line, spawn.kind) for spawn in spawns]
    return [(spawn.file, spawn.line, spawn.kind) for spawn in spawns]


STARTS = {
    "create_task": (
        "import asyncio\nasyncio.create_task(f())",
        [(2, "task")],
    ),
    "under another name": (
        "import asyncio as aio\naio.create_task(f())",
        [(2, "task")],
    ),
    "imported from": (
        "from asyncio import create_task as go\ngo(f())",
        [(2, "task")],
    ),
    "from its own module": (
        "from asyncio.tasks import ensure_future\nensure_future(f())",
        [(2, "task")],
    ),
    "on a loop": (
        "import asyncio\nloop = asyncio.get_running_loop()\nloop.create_task(f())",
        [(3, "task")],
    ),
    "on a loop passed in": (
        "def go(loop):\n    loop.create_task(f())",
        [(2, "task")],
    ),
    "on a loop in an attribute": (
        "import asyncio\n"
        "class A:\n"
        "    def __init__(self):\n"
        "        self.x = asyncio.new_event_loop()\n"
        "    def go(self):\n"
        "        self.x.run_in_executor(None, f)",
        [(6, "thread")],
    ),
    "in a task group": (
        "import asyncio\nasync def f():\n    async with asyncio.TaskGroup() as g:\n        g.create_task(h())",
        [(4, "task")],
    ),
    "a coroutine from a thread": (
        "import asyncio\nasyncio.run_coroutine_threadsafe(f(), loop)",
        [(2, "task")],
    ),
    "gather of coroutines": (
        "import asyncio\nasync def f(): ...\nasyncio.gather(f(), f())",
        [(3, "task")],
    ),
    "gather of a comprehension": (
        "import asyncio\nasync def f(): ...\nasyncio.gather(*[f() for _ in range(3)])",
        [(3, "task")],
    ),
    "shield of a coroutine": (
        "import asyncio\nasync def f(): ...\nasyncio.shield(f())",
        [(3, "task")],
    ),
    "a callback later": (
        "import asyncio\nasyncio.get_running_loop().call_later(1, f)",
        [(2, "timer")],
    ),
    "a server of streams": (
        "import asyncio\nasync def f():\n    await asyncio.start_server(h, port=1)",
        [(3, "server")],
    ),
    "a child process of asyncio": (
        "import asyncio\nasync def f():\n    await asyncio.create_subprocess_exec('ls')",
        [(3, "process")],
    ),
    "a thread": (
        "import threading\nt = threading.Thread(target=f)\nt.start()",
        [(3, "thread")],
    ),
    "a thread in one line": (
        "from threading import Thread\nThread(target=f, daemon=True).start()",
        [(2, "thread")],
    ),
    "threads in a list": (
        "from threading import Thread\n"
        "threads = [Thread(target=f) for _ in range(3)]\n"
        "for t in threads:\n"
        "    t.start()",
        [(4, "thread")],
    ),
    "threads numbered in a loop": (
        "from threading import Thread\nts = [Thread()]\nfor n, t in enumerate(ts):\n    t.start()",
        [(4, "thread")],
    ),
    "a thread in an attribute": (
        "from threading import Thread\n"
        "class A:\n"
        "    def __init__(self):\n"
        "        self._t = Thread(target=f)\n"
        "    def start(self):\n"
        "        self._t.start()",
        [(6, "thread")],
    ),
    "a thread that is passed": (
        "from threading import Thread\ndef launch(x):\n    x.start()\nlaunch(Thread(target=f))",
        [(3, "thread")],
    ),
    "a thread that nobody is seen to start": (
        "from threading import Thread\ndef make():\n    return Thread()",
        [(3, "thread")],
    ),
    "a class that is a thread": (
        "import threading\nclass Worker(threading.Thread): ...\nw = Worker()\nw.start()",
        [(4, "thread")],
    ),
    "a thread that starts itself": (
        "import threading\n"
        "class W(threading.Thread):\n"
        "    def __init__(self):\n"
        "        super().__init__()\n"
        "        self.start()\n"
        "W()",
        [(5, "thread")],
    ),
    "a class held in a variable": (
        "import threading\nT = threading.Thread if x else threading.Timer\nT(f).start()",
        [(3, "thread")],
    ),
    "a partial of a class": (
        "import threading\n"
        "from functools import partial\n"
        "make = partial(threading.Thread, daemon=True)\n"
        "make().start()",
        [(4, "thread")],
    ),
    "a function handed on": (
        "import asyncio\n"
        "from functools import partial\n"
        "loop = asyncio.new_event_loop()\n"
        "run(partial(loop.run_in_executor, None))",
        [(4, "thread")],
    ),
    "the class of an object": (
        "from concurrent.futures import ThreadPoolExecutor\npool = ThreadPoolExecutor(3)\npool = pool.__class__(4)",
        [(2, "executor"), (3, "executor")],
    ),
    "an annotation": (
        "from threading import Thread\ndef go(x: 'Thread | None'):\n    x.start()",
        [(3, "thread")],
    ),
    "a timer": (
        "import threading\nthreading.Timer(1, f).start()",
        [(2, "timer")],
    ),
    "below threading": (
        "import _thread\n_thread.start_new_thread(f, ())",
        [(2, "thread")],
    ),
    "a listener of a log queue": (
        "from logging.handlers import QueueListener\nQueueListener(q, h).start()",
        [(2, "thread")],
    ),
    "a pool": (
        "from concurrent import futures\nwith futures.ThreadPoolExecutor() as pool: ...",
        [(2, "executor")],
    ),
    "a pool of processes": (
        "import multiprocessing as mp\npool = mp.get_context('spawn').Pool(3)",
        [(2, "executor")],
    ),
    "a process": (
        "from multiprocessing import Process\np = Process(target=f)\np.start()",
        [(3, "process")],
    ),
    "a process of a context": (
        "import multiprocessing\nctx = multiprocessing.get_context('spawn')\np = ctx.Process(target=f)\np.start()",
        [(4, "process")],
    ),
    "Popen": (
        "import subprocess\nsubprocess.Popen(['ls'])",
        [(2, "process")],
    ),
    "fork": (
        "import os\nif not os.fork():\n    f()",
        [(2, "process")],
    ),
    "sched": (
        "import sched\ns = sched.scheduler()\ns.enter(1, 1, f)",
        [(3, "timer")],
    ),
    "an HTTP server": (
        "from http.server import ThreadingHTTPServer\nThreadingHTTPServer(a, H).serve_forever()",
        [(2, "server")],
    ),
    "a server of one's own": (
        "import socketserver\nclass S(socketserver.ThreadingMixIn, socketserver.TCPServer): ...\nS(a, H)",
        [(3, "server")],
    ),
    "anyio": (
        "import anyio\nasync def f():\n    async with anyio.create_task_group() as g:\n        g.start_soon(h)",
        [(4, "task")],
    ),
    "anyio's portal": (
        "from anyio.from_thread import start_blocking_portal\nwith start_blocking_portal() as p: ...",
        [(2, "thread")],
    ),
    "trio": (
        "import trio\nasync def f():\n    async with trio.open_nursery() as n:\n        await n.start(h)",
        [(4, "task")],
    ),
    "aiohttp": (
        "from aiohttp import web\nasync def f():\n    site = web.TCPSite(runner)\n    await site.start()",
        [(4, "server")],
    ),
}


@pytest.mark.parametrize("name", STARTS)
def test_it_finds(name, tmp_path):
    text, places = STARTS[name]
    assert found(tmp_path, module=text) == places


NO_STARTS = {
    "what returns at the end": (
        "import asyncio, subprocess, anyio\nsubprocess.run(['ls'])\nasyncio.run(f())\nanyio.run(f)"
    ),
    "wait_for": ("import asyncio\nasync def f():\n    await asyncio.wait_for(g(), 1)"),
    "gather of tasks": ("import asyncio\nasync def f(tasks):\n    await asyncio.gather(*tasks)"),
    "shield of a future": (
        "import asyncio\n"
        "async def f(self):\n"
        "    fut = asyncio.get_running_loop().create_future()\n"
        "    await asyncio.shield(fut)"
    ),
    "a method of one's own of that name": ("class G:\n    def create_task(self, c): ...\ng = G()\ng.create_task(1)"),
    "a process of one's own": ("class Process:\n    def start(self): ...\nProcess().start()"),
    "a start that only passes on": (
        "import threading\nclass T(threading.Thread):\n    def start(self):\n        super().start()"
    ),
    "the class itself": ("import threading\nif isinstance(x, threading.Thread): ...\ndef f(t: threading.Thread): ..."),
    "a connection": (
        "import asyncio\n"
        "async def f():\n"
        "    await asyncio.open_connection('x', 1)\n"
        "    await asyncio.get_running_loop().create_datagram_endpoint(P, remote_addr=a)"
    ),
    "a text that says so": ("'''asyncio.create_task(f())'''\n# threading.Thread().start()"),
    "a match that starts somewhere": ("import re\nm = re.match('x', y)\nm.start()"),
}


@pytest.mark.parametrize("name", NO_STARTS)
def test_it_does_not_find(name, tmp_path):
    assert found(tmp_path, module=NO_STARTS[name]) == []


def test_names_are_followed_from_module_to_module(tmp_path):
    places = found(
        tmp_path,
        base="from threading import Thread\nclass Worker(Thread): ...",
        names="from .base import *\nfrom asyncio import create_task as spawn",
        use="from .names import Worker, spawn\nw = Worker()\nw.start()\nspawn(f())",
    )
    assert places == [("use.py", 3, "thread"), ("use.py", 4, "task")]


def test_what_another_module_makes_and_this_one_starts_is_one_place(tmp_path):
    package = tmp_path / "pkg"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "made.py").write_text("from threading import Thread\ndef make():\n    return Thread(target=print)\n")
    (package / "use.py").write_text("from .made import make\nmake().start()\n")
    (spawn,) = audit.find(package).spawns
    assert spawn.is_at("use.py", 2)
    assert spawn.is_at("made.py", 3)
    assert not spawn.is_at("made.py", 2)


def test_a_call_over_several_lines_is_one_place_on_any_of_them(tmp_path):
    (tmp_path / "a.py").write_text("import asyncio\nasyncio.create_task(\n    f(),\n)\n")
    (spawn,) = audit.find(tmp_path).spawns
    assert [line for line in range(6) if spawn.is_at("a.py", line)] == [2, 3, 4]


def test_several_processes_find_what_one_does(tmp_path):
    for number in range(150):
        (tmp_path / f"m{number:03}.py").write_text(f"import asyncio\n{number}\nasyncio.create_task(f())\n")
    assert audit.find(tmp_path, jobs=2).spawns == audit.find(tmp_path).spawns
    assert len(audit.find(tmp_path).spawns) == 150


GUESSES = {
    "nobody keeps it": (
        "asyncio.create_task(f())",
        "NNN",
    ),
    "kept only": (
        "self._t = asyncio.create_task(f())",
        "YNN",
    ),
    "cancelled only": (
        "self._t = asyncio.create_task(f())\n    def close(self):\n        self._t.cancel()",
        "YYN",
    ),
    "cancelled and awaited": (
        "self._t = asyncio.create_task(f())\n"
        "    async def close(self):\n"
        "        self._t.cancel()\n"
        "        await self._t",
        "YYY",
    ),
    "a set of tasks": (
        "task = asyncio.create_task(f())\n"
        "        self._all.add(task)\n"
        "    async def close(self):\n"
        "        for t in self._all:\n"
        "            t.cancel()\n"
        "        await asyncio.gather(*self._all)",
        "YYY",
    ),
    "a thread told by an event": (
        "self._t = Thread(target=f)\n"
        "        self._t.start()\n"
        "    def close(self):\n"
        "        self._stop.set()\n"
        "        self._t.join()",
        "YYY",
    ),
    "a thread joined but not told": (
        "self._t = Thread(target=f)\n        self._t.start()\n    def close(self):\n        self._t.join()",
        "YNY",
    ),
    "a pool in a block": (
        "with ThreadPoolExecutor() as pool:\n            pool.submit(f)",
        "YYY",
    ),
    "a pool whose shutdown does not wait": (
        "self._p = ThreadPoolExecutor()\n    def close(self):\n        self._p.shutdown(wait=False)",
        "YYN",
    ),
    "a timer of the loop, cancelled": (
        "self._h = loop.call_later(1, f)\n    def close(self):\n        self._h.cancel()",
        "YYY",
    ),
    "a group": (
        "async with asyncio.TaskGroup() as g:\n            g.create_task(f())",
        "YYY",
    ),
}


@pytest.mark.parametrize("name", GUESSES)
def test_it_guesses_owner_stop_and_wait(name, tmp_path):
    body, letters = GUESSES[name]
    head = "import asyncio\nfrom threading import Thread\nfrom concurrent.futures import ThreadPoolExecutor\n"
    (tmp_path / "a.py").write_text(f"{head}class A:\n    async def go(self):\n        {body}\n")
    (spawn,) = audit.find(tmp_path).spawns
    assert f"{spawn.owner}{spawn.stop}{spawn.wait}" == letters


def test_a_guess_names_the_line_that_made_it(tmp_path):
    body = "  def go(self):\n    self._t = asyncio.create_task(f())\n  def close(self):\n    self._t.cancel()\n"
    text = f"import asyncio\nclass A:\n{body}"
    (tmp_path / "a.py").write_text(text)
    (spawn,) = audit.find(tmp_path).spawns
    assert (spawn.stop.line, spawn.stop.why) == (6, "self._t.cancel()")
