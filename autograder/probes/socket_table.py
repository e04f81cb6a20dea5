"""The system's table of sockets: whether a server has let go of a connection.

    held(("127.0.0.1", 8080), client.address)   # True while the server's process has its socket of this connection

The client's end cannot tell: a client that does not read sees nothing when the server gives up on it. A server that
calls `transport.close()` while its answer is still on the way keeps the socket until the client has read it. A
connection that waits to be accepted is held by nobody.
"""

from __future__ import annotations

import socket
import struct
from pathlib import Path

Address = tuple[str, int]
"""A host as four numbers with dots between, and a port."""

_TABLE = Path("/proc/net/tcp")


def held(local: Address, remote: Address) -> bool:
    """Whether some process holds the socket with these two ends."""
    if not _TABLE.exists():
        return _held_without_table(local, remote)
    ends = [_as_in_table(local), _as_in_table(remote)]
    rows = (line.split() for line in _TABLE.read_text().splitlines()[1:])
    # A socket that its process has closed may stay, to send what is left. It has no inode any more.
    return any(row[1:3] == ends and row[9] != "0" for row in rows)


def _as_in_table(address: Address) -> str:
    host, port = address
    (number,) = struct.unpack("=I", socket.inet_aton(host))
    return f"{number:08X}:{port:04X}"


def _held_without_table(local: Address, remote: Address) -> bool:
    import psutil

    for child in psutil.Process().children(recursive=True):
        for connection in child.net_connections("tcp4"):
            if (connection.laddr, connection.raddr) == (local, remote):
                return True
    return False
