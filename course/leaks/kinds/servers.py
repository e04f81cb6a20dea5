"""Servers that listen: asyncio's, of every loop, and those of `socketserver` that were made while tracking."""

from __future__ import annotations

import asyncio
import socketserver
from collections.abc import Callable, Iterator
from typing import Any

from course.leaks import creation, loops
from course.leaks.patches import Patch
from course.leaks.report import Leak, describe

NAME = "server"
ALL_IN_LOOP = False

_places = creation.Places()


def alive(claimed: set[object]) -> Iterator[object]:
    """Yield every server that has a listening socket."""
    for loop in loops.known():
        yield from _of_loop(loop)
    for server in _places.since(0):
        if isinstance(server, socketserver.TCPServer) and server.socket.fileno() != -1:
            yield server


def _of_loop(loop: asyncio.AbstractEventLoop) -> list[object]:
    """The servers of `loop`: it keeps no list of them, but it waits for those who connect to them."""
    watched: Any = getattr(getattr(loop, "_selector", None), "get_map", dict)()
    found: dict[int, object] = {}
    for key in list((watched or {}).values()):  # None once the loop is closed
        reader: Any = key.data[0] if isinstance(key.data, tuple) else None
        if getattr(getattr(reader, "_callback", None), "__name__", "") == "_accept_connection":
            found.update((id(it), it) for it in reader._args if isinstance(it, asyncio.Server))
    return list(found.values())


def in_loop(thing: object) -> bool:
    return isinstance(thing, asyncio.Server)


def may_end(thing: object, let_run: bool) -> bool:
    return not isinstance(thing, asyncio.Server) or loops.may_run(thing.get_loop(), let_run)


def leak(thing: object) -> Leak:
    sockets = thing.sockets if isinstance(thing, asyncio.Server) else [thing.socket]  # type: ignore[attr-defined]
    addresses = ", ".join(_address(it.getsockname()) for it in sockets)
    kind = type(thing).__name__
    return describe(NAME, addresses or kind, created=_places.frame(thing), note=f"{kind}, never closed", object=thing)


def _address(name: Any) -> str:
    return f"{name[0]}:{name[1]}" if isinstance(name, tuple) else str(name)


_patches: list[Patch] = []


def install(strong: bool) -> None:
    """Record the creators of servers from now on."""
    if not _patches:
        for kind in (asyncio.Server, socketserver.BaseServer):
            _patches.append(Patch(kind, "__init__", _recording_init))


def uninstall() -> None:
    while _patches:
        _patches.pop().remove()
    _places.clear()


def _recording_init(original: Callable[..., None]) -> Callable[..., None]:
    def __init__(self: object, *args: Any, **kwargs: Any) -> None:
        if _patches:
            _places.record(self, 2)
        original(self, *args, **kwargs)

    return __init__
