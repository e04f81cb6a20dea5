"""Waits for files and sockets: a look without waiting, again and again while other threads run."""

from __future__ import annotations

import os
import select
import socket
from typing import Any

from autograder.run.threads import real
from autograder.run.threads.kernel import kernel


def _wait(descriptor: int, event: int, timeout: float | None) -> Any:
    poller = real.poll()
    poller.register(descriptor, event)
    return kernel.look(lambda: poller.poll(0), timeout)


def select_(rlist: Any, wlist: Any, xlist: Any, timeout: float | None = None, /) -> Any:
    def look() -> Any:
        found = real.select_(rlist, wlist, xlist, 0)
        return found if any(found) else None

    return kernel.look(look, timeout) or ([], [], [])


def _virtual(make: Any, unit: float) -> Any:
    """A `poll` or `epoll` whose timeouts, in `unit` seconds, are virtual."""

    class Poller:
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            self._real = make(*args, **kwargs)

        def __getattr__(self, name: str) -> Any:
            return getattr(self._real, name)

        def __enter__(self) -> Any:
            return self

        def __exit__(self, *error: object) -> None:
            self._real.close()

        def poll(self, timeout: float | None = None, *most: int) -> Any:
            seconds = None if timeout is None or timeout < 0 else timeout * unit
            return kernel.look(lambda: self._real.poll(0, *most), seconds) or []

    return Poller


def read(descriptor: int, length: int, /) -> bytes:
    if os.get_blocking(descriptor):
        _wait(descriptor, select.POLLIN, None)
    return real.read(descriptor, length)


def write(descriptor: int, data: Any, /) -> int:
    if os.get_blocking(descriptor):
        _wait(descriptor, select.POLLOUT, None)
    return real.write(descriptor, data)


def waitpid(pid: int, options: int, /) -> tuple[int, int]:
    if options & os.WNOHANG:
        return real.waitpid(pid, options)

    def look() -> Any:
        found = real.waitpid(pid, options | os.WNOHANG)
        return found if found != (0, 0) else None

    return kernel.look(look, None)


def wait() -> tuple[int, int]:
    return waitpid(-1, 0)


def patch_sockets() -> None:
    for name in ("recv", "recv_into", "recvfrom", "recvfrom_into", "recvmsg", "accept"):
        _patch_socket(name, select.POLLIN)
    for name in ("send", "sendto"):
        _patch_socket(name, select.POLLOUT)
    socket.socket.sendall = _sendall  # type: ignore[method-assign,assignment]


def _patch_socket(name: str, event: int) -> None:
    original = getattr(socket.socket, name)

    def method(self: socket.socket, *args: Any, **kwargs: Any) -> Any:
        timeout = self.gettimeout()
        if timeout != 0 and not _wait(self.fileno(), event, timeout):
            raise TimeoutError("timed out")
        return original(self, *args, **kwargs)

    setattr(socket.socket, name, method)


def _sendall(self: socket.socket, data: Any, *flags: int) -> None:
    view = memoryview(data).cast("B")
    while view:
        view = view[self.send(view, *flags) :]


REPLACEMENTS: list[tuple[Any, Any]] = [
    (select.select, select_),
    (select.poll, _virtual(real.poll, 1e-3)),
    (os.read, read),
    (os.write, write),
    (os.waitpid, waitpid),
    (os.wait, wait),
]
if real.epoll:
    REPLACEMENTS.append((select.epoll, _virtual(real.epoll, 1.0)))
