"""An HTTP client over a raw socket, which need not behave: it can trickle, stop reading, leave or reset.

    client = await Client.connect(("127.0.0.1", 8080))
    await client.send(GET)
    await client.answer(within=5.0)     # Answer(status=200, text='hi')
    client.reset()

What it sends is bytes, right or wrong; only what it reads has to be HTTP.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import socket
import struct
import time
from dataclasses import dataclass

import h11

from autograder.probes.socket_table import Address

HEADERS = b"GET /hello HTTP/1.1\r\nHost: localhost\r\n"
"""The headers of a request, but for the empty line that ends them."""

GET = HEADERS + b"\r\n"


@dataclass(frozen=True)
class Answer:
    """A complete answer."""

    status: int
    text: str


class Client:
    """One connection. `address` is its own end."""

    def __init__(self, sock: socket.socket) -> None:
        self._socket = sock
        self.address: Address = sock.getsockname()

    @classmethod
    async def connect(cls, server: Address, *, room: int | None = None) -> Client:
        """Connects. `room` is how many bytes the system keeps for a client that does not read, at least about 2 kB.

        Raises `OSError` where the server does not take the connection.
        """
        sock = socket.socket()
        sock.setblocking(False)
        try:
            if room is not None:
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, room)
            await asyncio.get_running_loop().sock_connect(sock, server)
        except BaseException:
            sock.close()
            raise
        return cls(sock)

    async def send(self, data: bytes) -> None:
        """Sends `data`. Raises `OSError` where the server has closed."""
        await asyncio.get_running_loop().sock_sendall(self._socket, data)

    async def trickle(self, beginning: bytes, line: bytes, *, seconds: float) -> None:
        """Sends `beginning`, then `line` again and again, four bytes a second, each by itself.

        Until the server closes, or `seconds` are over.
        """
        end = time.monotonic() + seconds
        with contextlib.suppress(OSError):
            await self.send(beginning)
            for number in itertools.cycle(line):
                if time.monotonic() >= end:
                    return
                await self.send(bytes([number]))
                await asyncio.sleep(0.25)

    async def answer(self, within: float) -> Answer | None:
        """Reads the answer to a GET that was sent; None if it is not complete within so many seconds or cut off."""
        parser = h11.Connection(h11.CLIENT)
        parser.send(h11.Request(method="GET", target="/", headers=[("Host", "localhost")]))
        parser.send(h11.EndOfMessage())
        status, body = 0, b""
        try:
            async with asyncio.timeout(within):
                while True:
                    event = parser.next_event()
                    if event is h11.NEED_DATA:
                        parser.receive_data(await asyncio.get_running_loop().sock_recv(self._socket, 65536))
                    elif isinstance(event, h11.Response):
                        status = event.status_code
                    elif isinstance(event, h11.Data):
                        body += event.data
                    elif isinstance(event, h11.EndOfMessage):
                        return Answer(status, body.decode(errors="replace"))
                    elif isinstance(event, h11.ConnectionClosed):
                        return None
        except (TimeoutError, OSError, h11.RemoteProtocolError):
            return None

    def closed_by_server(self) -> bool:
        """Whether the server has closed the connection, as far as its end of the stream has arrived."""
        try:
            return not self._socket.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            return False
        except OSError:
            return True

    def close(self) -> None:
        """Leaves as a client that is done."""
        self._socket.close()

    def reset(self) -> None:
        """Leaves as a client that breaks off: the server's system is told of an error, not of an end."""
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._socket.close()
