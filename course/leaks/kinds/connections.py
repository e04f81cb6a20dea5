"""Connections that are open: sessions and pools of the usual libraries, and what your own code has connected.

A session or a pool answers for its connections. All are known from their creation on, so only while tracking.
"""

from __future__ import annotations

import asyncio
import gc
import itertools
import socket
import sys
import weakref
from asyncio import selector_events
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any

from course.leaks import creation
from course.leaks.creation import Place
from course.leaks.frames import own_files
from course.leaks.patches import Patch
from course.leaks.report import Leak, describe
from course.leaks.rules import Value

NAME = "connection"
ALL_IN_LOOP = False

_OWNERS = (
    ("aiohttp.client", "ClientSession"),
    ("httpx._client", "AsyncClient"),
    ("httpx._client", "Client"),
    ("redis.asyncio.connection", "ConnectionPool"),
    ("redis.connection", "ConnectionPool"),
    ("asyncpg.pool", "Pool"),
    ("asyncpg.connection", "Connection"),
    ("psycopg.connection", "Connection"),
    ("psycopg.connection_async", "AsyncConnection"),
    ("psycopg_pool.pool", "ConnectionPool"),
    ("psycopg_pool.pool_async", "AsyncConnectionPool"),
    ("requests.sessions", "Session"),
    ("urllib3.poolmanager", "PoolManager"),
)
# Of what a session or pool is made of, down to its sockets: what else it refers to, an application say, is not its own.
_CONTAINERS = frozenset({dict, list, tuple, set, deque})
_LIBRARIES = frozenset(
    (
        *("_io", "asyncio", "collections", "http", "queue", "socket", "ssl"),
        *("aiohttp", "anyio", "asyncpg", "h2", "httpcore", "httpx", "psycopg", "psycopg_pool"),
        *("redis", "requests", "trio", "urllib3", "uvloop"),
    )
)
_NO_PARTS = (type, asyncio.AbstractEventLoop, asyncio.Future, asyncio.Handle)
_MOST_PARTS = 5_000


class _Made(Value):
    """Something that was made while tracking, by a number of its own; it is not kept alive, if that can be."""

    def __init__(self, thing: Any, place: Place | None, forget: Callable[[int], None]) -> None:
        self._key = next(_numbers)
        self.place = place
        self.epoch = creation.epoch
        self.is_suspect = self.was_suspect = self.is_kept = False
        self.reference: Callable[[], Any]
        try:
            self.reference = weakref.ref(thing, lambda dead: forget(self._key))
        except TypeError:  # asyncpg's pools
            self.reference, self.is_kept = lambda: thing, True

    @property
    def key(self) -> int:
        return self._key


_numbers = itertools.count(1)
_owners: dict[int, _Made] = {}
_sockets: dict[int, _Made] = {}
_patches: dict[tuple[str, str], Patch] = {}
# Whether sessions and pools older than tracking are wanted, and have been found.
_older: dict[str, bool] = {}


def alive(claimed: set[object]) -> Iterator[object]:
    """Yield every session or pool that is open, and every connection of the project's own that none of them owns.

    What they are made of is claimed, so that a timer of a pool's is not reported beside the pool.
    """
    if not _patches:
        return
    _find_classes()
    _look_into_suspects()
    if not _owners and not _sockets:
        return
    owned: set[object] = set()
    for made in list(_owners.values()):
        owned.update(map(claim, _parts(made.reference())))
    claimed |= owned
    things = [(made, made.reference()) for made in [*_owners.values(), *_sockets.values()]]
    # asyncio's connection owns its socket.
    owned.update(claim(getattr(thing, "_sock", None)) for _, thing in things)
    for made, thing in things:
        if made.is_kept and thing._closed:
            _owners.pop(made.key, None)
        elif thing is not None and claim(thing) not in owned and _is_open(thing):
            yield made


def claim(part: object) -> object:
    """Return what stands for `part` of a session or pool among the things that are claimed."""
    return NAME, id(part)


def _look_into_suspects() -> None:
    """Once for each that is about to be reported: is it on its way out, or of a pool that is older than tracking?"""
    suspects = [made for made in [*_owners.values(), *_sockets.values()] if made.is_suspect]
    if suspects:
        look_for_older()
        for made in suspects:
            made.is_suspect, made.was_suspect = False, True
        # What nothing refers to any more is closed by the collector, when that comes by.
        gc.collect()
    if _older.get("wanted") and not _older.get("found"):
        _older["found"] = True
        known = {id(made.reference()) for made in _owners.values()}
        _record_all(_classes(), known, epoch=0)


def look_for_older() -> None:
    """Find, before the next answer, the sessions and pools too that are older than tracking: that takes some ms."""
    _older["wanted"] = True


def created_since(epoch: int) -> list[_Made]:
    """Return the sessions and pools that were made in `epoch` and later, those without a connection too."""
    return [made for made in list(_owners.values()) if made.epoch >= epoch]


def _parts(owner: object) -> list[Any]:
    """What `owner` refers to of its own, directly or not, without itself."""
    found = {id(owner): owner}
    pending = deque([owner])
    while pending and len(found) < _MOST_PARTS:
        for part in gc.get_referents(pending.popleft()):
            if id(part) not in found and _is_part(part):
                found[id(part)] = part
                pending.append(part)
    return list(found.values())[1:]


def _is_part(thing: object) -> bool:
    kind = type(thing)
    if kind in _CONTAINERS:
        return True
    if str(kind.__module__).partition(".")[0] not in _LIBRARIES:
        return False
    return gc.is_tracked(thing) and not issubclass(kind, _NO_PARTS)


def _is_open(thing: Any) -> bool:
    if _is_endpoint(thing):
        return _is_connected(thing)
    if isinstance(closed := getattr(thing, "closed", None), bool):  # aiohttp's, connected or not, and psycopg's
        return not closed
    return any(_is_endpoint(part) and _is_connected(part) for part in _parts(thing))


def _is_endpoint(thing: object) -> bool:
    return isinstance(thing, (socket.socket, asyncio.BaseTransport)) or type(thing).__module__ == "uvloop.loop"


def _is_connected(endpoint: Any) -> bool:
    if isinstance(endpoint, socket.socket):
        # What ssl makes for the server's side belongs to who connects.
        return endpoint.fileno() != -1 and not getattr(endpoint, "server_side", False) and bool(_peer(endpoint))
    is_closing = getattr(endpoint, "is_closing", None)
    loop = getattr(endpoint, "_loop", None)
    return is_closing is not None and not is_closing() and not (loop is not None and loop.is_closed())


def is_on(loop: asyncio.AbstractEventLoop, thing: object) -> bool:
    """Return whether `thing`, or a connection that it owns, is one of `loop`."""
    return any(getattr(part, "_loop", None) is loop for part in (thing, *_parts(thing)))


def _peer(endpoint: Any) -> str:
    """The address that `endpoint` is connected to; "" if it is to none."""
    try:
        peer = endpoint.getpeername() if isinstance(endpoint, socket.socket) else endpoint.get_extra_info("peername")
    except (OSError, AttributeError):
        return ""
    return f"{peer[0]}:{peer[1]}" if isinstance(peer, tuple) else str(peer or "")


def in_loop(thing: object) -> bool:
    return False


def may_end(thing: object, let_run: bool) -> bool:
    return True


def leak(thing: object) -> Leak:
    assert isinstance(thing, _Made)
    made, thing = thing, thing.reference()
    made.is_suspect = not made.was_suspect
    kind = type(thing).__name__
    if _is_endpoint(thing):
        name, note = _peer(thing), f"{'socket' if isinstance(thing, socket.socket) else 'asyncio'}, never closed"
    else:
        peers = sorted({peer for part in _parts(thing) if _is_endpoint(part) and (peer := _peer(part))})
        name, note = kind, (f"connected to {', '.join(peers)}, " if peers else "") + "never closed"
    return describe(NAME, name, created=creation.frame(made.place), note=note, object=thing)


def install(strong: bool) -> None:
    """Record the creators of connections, sessions and pools from now on."""
    if not _patches:
        for owner, kind in ((socket, "socket"), (selector_events, "_SelectorSocketTransport")):
            name = (owner.__name__, kind)
            _patches[name] = Patch(getattr(owner, kind), "__init__", _recording_connection)
        _find_classes(new=False)


def uninstall() -> None:
    while _patches:
        _patches.popitem()[1].remove()
    for records in (_owners, _sockets, _older):
        records.clear()


def _find_classes(new: bool = True) -> None:
    """Record those too that are made by libraries imported since; if `new`, what they have made meanwhile."""
    for name in _OWNERS:
        module = sys.modules.get(name[0])
        kind = getattr(module, name[1], None)
        if kind is None or name in _patches:
            continue
        _patches[name] = Patch(kind, "__init__", _recording_owner)
        if new:
            _record_all((kind,), set(), creation.epoch)


def _classes() -> tuple[type, ...]:
    """The classes of sessions and pools whose making is recorded."""
    return tuple(getattr(sys.modules[module], kind) for module, kind in _patches if (module, kind) in _OWNERS)


def _record_all(kinds: tuple[type, ...], known: set[int], epoch: float) -> None:
    """Record all there are of `kinds` but those in `known`, as made in `epoch`."""
    for thing in gc.get_objects():
        if issubclass(type(thing), kinds) and id(thing) not in known:
            _record(_owners, thing, None).epoch = epoch


def _record(made: dict[int, _Made], thing: object, place: Place | None) -> _Made:
    def forget(key: int) -> None:
        made.pop(key, None)

    entry = _Made(thing, place, forget)
    made[entry.key] = entry
    return entry


def _recording_owner(original: Callable[..., None]) -> Callable[..., None]:
    def __init__(self: object, *args: Any, **kwargs: Any) -> None:
        if _patches:
            _record(_owners, self, creation.place(2))
        original(self, *args, **kwargs)

    return __init__


def _recording_connection(original: Callable[..., None]) -> Callable[..., None]:
    def __init__(self: object, *args: Any, **kwargs: Any) -> None:
        original(self, *args, **kwargs)
        if not _patches or _is_accepted(self, args, kwargs):
            return
        place = creation.place(2)
        # What a library connects is its session's or pool's: it may be kept for later with good reason.
        if place is not None and own_files[place[0].co_filename]:
            _record(_sockets, self, place)

    return __init__


def _is_accepted(connection: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
    """Whether `connection` is the server's side of one, or made of what there was before."""
    if isinstance(connection, socket.socket):
        has_descriptor = kwargs.get("fileno") is not None or len(args) > 3
        return has_descriptor and type(connection).__module__ != "ssl"
    return getattr(connection, "_server", None) is not None
