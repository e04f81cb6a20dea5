"""A bare protocol; the deadline is a timer of the loop, not a task that waits."""

import argparse
import asyncio
import logging
import os
import signal


class Protocol(asyncio.Protocol):
    def __init__(self, work, connections):
        self.work = work
        self.connections = connections
        self.task = None
        self.received = b""

    def connection_made(self, transport):
        self.transport = transport
        self.connections.append(self)

    def data_received(self, data):
        self.received += data
        if self.received.endswith(b"\r\n\r\n") and not self.task:
            self.received = b""
            self.task = asyncio.create_task(self.work())
            self.task.add_done_callback(self.reply)

    def reply(self, task):
        self.task = None
        if task.cancelled():
            return self.transport.abort()
        body = task.result().encode()
        self.transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
        if self.connections.closing:
            self.transport.close()

    def connection_lost(self, error):
        self.connections.remove(self)
        if self.task:
            self.task.cancel()
        self.connections.gone()


class Connections(list):
    closing = False
    empty = None

    def gone(self):
        if self.closing and not self and not self.empty.done():
            self.empty.set_result(None)


async def run(host, port, *, delay=2.0, grace=30.0, work=None, on_shutdown=None):
    loop = asyncio.get_running_loop()
    connections = Connections()
    connections.empty = loop.create_future()

    async def default():
        await asyncio.sleep(delay)
        return "hi"

    def stop():
        if connections.closing:
            return
        connections.closing = True
        server.close()
        for connection in connections[:]:
            on_shutdown and on_shutdown(connection)
            if not connection.task:
                connection.transport.close()
        loop.call_later(grace, late)
        connections.gone()

    def late():
        busy = [connection for connection in connections if connection.task]
        logging.critical("time is over: %d connections busy", len(busy))
        for connection in busy:
            connection.task.cancel()
        loop.call_later(0.5, os._exit, 1)

    server = await loop.create_server(lambda: Protocol(work or default, connections), host, port)
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)
    await connections.empty


def main(argv):
    parser = argparse.ArgumentParser()
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument("--delay", type=float, default=2.0)
    parser.add_argument("--grace", type=float, default=30.0)
    options = parser.parse_args(argv)
    asyncio.run(run(options.host, options.port, delay=options.delay, grace=options.grace))
