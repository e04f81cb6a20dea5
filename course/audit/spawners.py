"""What starts something that lives on: the names, as Python resolves them, and what each of them starts.

A name is written in full, whatever it is imported as: `asyncio.create_task`, `threading.Thread.start`. A method is
written with its class. `canonical` brings the other homes of a name (`asyncio.tasks.create_task`) to this one.
"""

from __future__ import annotations

from functools import cache

KINDS = ("task", "thread", "executor", "process", "timer", "server")
"""What can be started."""

_LOOP = "asyncio.AbstractEventLoop"

CALLS = {
    # asyncio
    "asyncio.create_task": "task",
    "asyncio.Task": "task",
    "asyncio.run_coroutine_threadsafe": "task",
    "asyncio.TaskGroup.create_task": "task",
    f"{_LOOP}.create_task": "task",
    f"{_LOOP}.run_in_executor": "thread",
    f"{_LOOP}.call_later": "timer",
    f"{_LOOP}.call_at": "timer",
    f"{_LOOP}.create_server": "server",
    f"{_LOOP}.create_unix_server": "server",
    f"{_LOOP}.start_serving_pipe": "server",
    f"{_LOOP}.create_datagram_endpoint": "server",
    f"{_LOOP}.subprocess_exec": "process",
    f"{_LOOP}.subprocess_shell": "process",
    "asyncio.start_server": "server",
    "asyncio.start_unix_server": "server",
    "asyncio.create_subprocess_exec": "process",
    "asyncio.create_subprocess_shell": "process",
    # Threads and processes
    "_thread.start_new_thread": "thread",
    "_thread.start_joinable_thread": "thread",
    "threading.Thread.start": "thread",
    "threading.Timer.start": "timer",
    "multiprocessing.Process.start": "process",
    "multiprocessing.Manager": "process",
    "multiprocessing.managers.BaseManager.start": "process",
    "subprocess.Popen": "process",
    "os.fork": "process",
    "os.forkpty": "process",
    "os.popen": "process",
    "os.posix_spawn": "process",
    "os.posix_spawnp": "process",
    **dict.fromkeys((f"os.spawn{how}" for how in ("l", "le", "lp", "lpe", "v", "ve", "vp", "vpe")), "process"),
    "pty.fork": "process",
    "faulthandler.dump_traceback_later": "timer",
    "logging.handlers.QueueListener.start": "thread",
    # Pools
    "concurrent.futures.ThreadPoolExecutor": "executor",
    "concurrent.futures.ProcessPoolExecutor": "executor",
    "concurrent.futures.InterpreterPoolExecutor": "executor",
    "multiprocessing.Pool": "executor",
    "multiprocessing.pool.ThreadPool": "executor",
    # Timers and servers
    "sched.scheduler.enter": "timer",
    "sched.scheduler.enterabs": "timer",
    "socketserver.BaseServer": "server",
    "wsgiref.simple_server.make_server": "server",
    "logging.config.listen": "server",
    "socket.create_server": "server",
    "socket.socket.listen": "server",
    # anyio
    "anyio.abc.TaskGroup.start_soon": "task",
    "anyio.abc.TaskGroup.start": "task",
    "anyio.open_process": "process",
    "anyio.create_tcp_listener": "server",
    "anyio.create_unix_listener": "server",
    "anyio.from_thread.start_blocking_portal": "thread",
    "anyio.from_thread.BlockingPortal.start_task_soon": "task",
    "anyio.from_thread.BlockingPortal.start_task": "task",
    # trio
    "trio.Nursery.start_soon": "task",
    "trio.Nursery.start": "task",
    "trio.lowlevel.spawn_system_task": "task",
    "trio.lowlevel.start_guest_run": "task",
    "trio.lowlevel.start_thread_soon": "thread",
    "trio.lowlevel.open_process": "process",
    "trio.open_tcp_listeners": "server",
    "trio.open_ssl_over_tcp_listeners": "server",
    # aiohttp and uvicorn
    "aiohttp.web.BaseSite.start": "server",
    "aiohttp.test_utils.BaseTestServer.start_server": "server",
    "uvicorn.Server.startup": "server",
}
"""Whatever is called here starts something of this kind. A class starts it as soon as an object of it is made."""

IF_COROUTINE = {
    "asyncio.ensure_future": 1,
    "asyncio.shield": 1,
    "asyncio.gather": None,
    "asyncio.as_completed": 1,
}
"""These start a task for each coroutine they are given, and nothing for a future; how many arguments may be one."""

BASES = {
    "threading.Timer": "threading.Thread",
    "multiprocessing.managers.SyncManager": "multiprocessing.managers.BaseManager",
    "socketserver.TCPServer": "socketserver.BaseServer",
    "socketserver.UDPServer": "socketserver.BaseServer",
    "socketserver.UnixStreamServer": "socketserver.BaseServer",
    "socketserver.UnixDatagramServer": "socketserver.BaseServer",
    "socketserver.ThreadingTCPServer": "socketserver.BaseServer",
    "socketserver.ThreadingUDPServer": "socketserver.BaseServer",
    "socketserver.ThreadingUnixStreamServer": "socketserver.BaseServer",
    "socketserver.ForkingTCPServer": "socketserver.BaseServer",
    "socketserver.ForkingUDPServer": "socketserver.BaseServer",
    "http.server.HTTPServer": "socketserver.BaseServer",
    "http.server.ThreadingHTTPServer": "socketserver.BaseServer",
    "wsgiref.simple_server.WSGIServer": "socketserver.BaseServer",
    "xmlrpc.server.SimpleXMLRPCServer": "socketserver.BaseServer",
    "xmlrpc.server.DocXMLRPCServer": "socketserver.BaseServer",
    "aiohttp.web.TCPSite": "aiohttp.web.BaseSite",
    "aiohttp.web.UnixSite": "aiohttp.web.BaseSite",
    "aiohttp.web.SockSite": "aiohttp.web.BaseSite",
    "aiohttp.web.NamedPipeSite": "aiohttp.web.BaseSite",
    "aiohttp.test_utils.TestServer": "aiohttp.test_utils.BaseTestServer",
    "aiohttp.test_utils.RawTestServer": "aiohttp.test_utils.BaseTestServer",
    "asyncio.BaseEventLoop": _LOOP,
    "asyncio.SelectorEventLoop": _LOOP,
    "asyncio.ProactorEventLoop": _LOOP,
    "uvloop.Loop": _LOOP,
}
"""The base class of each class in which a method above is inherited."""

STARTED = ("threading.Thread", "multiprocessing.Process", "multiprocessing.managers.BaseManager",
           "logging.handlers.QueueListener", "aiohttp.web.BaseSite")  # fmt: skip
"""Classes whose objects live from their `start()` on; where that cannot be seen, the constructor is what is listed."""

RESULTS = {
    "asyncio.get_event_loop": _LOOP,
    "asyncio.get_running_loop": _LOOP,
    "asyncio.new_event_loop": _LOOP,
    "uvloop.new_event_loop": _LOOP,
    "asyncio.Runner.get_loop": _LOOP,
    "asyncio.create_task": "asyncio.Future",
    "asyncio.all_tasks": "asyncio.Future",
    "asyncio.Task": "asyncio.Future",
    "asyncio.ensure_future": "asyncio.Future",
    "asyncio.shield": "asyncio.Future",
    "asyncio.gather": "asyncio.Future",
    "asyncio.wrap_future": "asyncio.Future",
    "asyncio.TaskGroup.create_task": "asyncio.Future",
    f"{_LOOP}.create_task": "asyncio.Future",
    f"{_LOOP}.create_future": "asyncio.Future",
    f"{_LOOP}.run_in_executor": "asyncio.Future",
    "trio.open_nursery": "trio.Nursery",
    "anyio.create_task_group": "anyio.abc.TaskGroup",
    "anyio.from_thread.start_blocking_portal": "anyio.from_thread.BlockingPortal",
}
"""What a call of these gives: an object of this class."""

CLASSES = frozenset(
    [*BASES, *BASES.values(), *STARTED]
    + [name for name in CALLS if name.rpartition(".")[2][:1].isupper()]
    + [name.rpartition(".")[0] for name in CALLS if name.rpartition(".")[0].rpartition(".")[2][:1].isupper()]
    + ["asyncio.Event", "asyncio.Queue", "asyncio.Future", "asyncio.Runner", "threading.Event", "queue.Queue"]
    + ["sched.scheduler", "socket.socket"]
)
"""Classes that are told apart here: a call of one gives an object of it."""

ANY_RECEIVER = {
    "create_task": "task",
    "start_soon": "task",
    "run_in_executor": "thread",
    "call_later": "timer",
    "call_at": "timer",
    "create_unix_server": "server",
    "create_datagram_endpoint": "server",
    "subprocess_exec": "process",
    "subprocess_shell": "process",
}
"""Methods that are taken for what they are called where it cannot be seen whose they are."""

NAMED_RECEIVERS = {
    ("start", "thread"): "thread",
    ("start", "timer"): "timer",
    ("start", "process"): "process",
    ("start", "nursery"): "task",
    ("start", "task_group"): "task",
    ("create_server", "loop"): "server",
}
"""Methods of common names: they count on a receiver that is called so, where nothing else is known of it."""

SCOPED = frozenset(
    ["asyncio.TaskGroup.create_task", "anyio.abc.TaskGroup.start_soon", "anyio.abc.TaskGroup.start",
     "trio.Nursery.start_soon", "trio.Nursery.start"]
)  # fmt: skip
"""What these start belongs to a block that cancels it and waits for it."""

_MOVED = {
    "asyncio.tasks.": "asyncio.",
    "asyncio.taskgroups.": "asyncio.",
    "asyncio.events.": "asyncio.",
    "asyncio.base_events.": "asyncio.",
    "asyncio.streams.": "asyncio.",
    "asyncio.subprocess.create_": "asyncio.create_",
    "asyncio.runners.": "asyncio.",
    "asyncio.locks.": "asyncio.",
    "asyncio.queues.": "asyncio.",
    "asyncio.futures.": "asyncio.",
    "asyncio.unix_events.": "asyncio.",
    "concurrent.futures.thread.": "concurrent.futures.",
    "concurrent.futures.process.": "concurrent.futures.",
    "multiprocessing.context.": "multiprocessing.",
    "multiprocessing.process.": "multiprocessing.",
    "multiprocessing.pool.Pool": "multiprocessing.Pool",
    "multiprocessing.dummy.Process": "threading.Thread",
    "multiprocessing.dummy.Pool": "multiprocessing.pool.ThreadPool",
    "multiprocessing.BaseProcess": "multiprocessing.Process",
    "multiprocessing.SpawnProcess": "multiprocessing.Process",
    "multiprocessing.ForkProcess": "multiprocessing.Process",
    "multiprocessing.ForkServerProcess": "multiprocessing.Process",
    "threading._start_new_thread": "_thread.start_new_thread",
    "threading._start_joinable_thread": "_thread.start_joinable_thread",
    "_thread.start_new": "_thread.start_new_thread",
    "threading._Timer": "threading.Timer",
    "aiohttp.web_runner.": "aiohttp.web.",
    "uvicorn.server.": "uvicorn.",
    "trio._core.": "trio.",
}


@cache
def canonical(name: str) -> str:
    """Return the one name under which what is called `name` stands in these tables."""
    for old, new in _MOVED.items():
        if name.startswith(old) and (old.endswith((".", "_")) or name[len(old) : len(old) + 1] in ("", ".")):
            return canonical(new + name[len(old) :])
    return name


def mro(name: str) -> list[str]:
    """Return the class and its base classes, as far as they stand in these tables."""
    found = [name]
    while found[-1] in BASES:
        found.append(BASES[found[-1]])
    return found


@cache
def kind_of(name: str) -> str:
    """Return what a call of `name` starts; empty where it starts nothing."""
    if name in CALLS:
        return CALLS[name]
    owner, _, method = name.rpartition(".")
    for base in mro(owner)[1:]:
        if f"{base}.{method}" in CALLS:
            return "timer" if owner == "threading.Timer" else CALLS[f"{base}.{method}"]
    return next((CALLS[base] for base in mro(name)[1:] if base in CALLS), "")


WORDS = frozenset(
    name.rpartition(".")[2] for name in [*CALLS, *IF_COROUTINE, *BASES, *BASES.values(), *STARTED, *ANY_RECEIVER]
)
"""The last words of all these names: a call that uses none of them, under no other name, starts nothing."""
