"""asyncio streams: each connection is a task of one group, each wait has its timeout."""

import argparse
import asyncio
import os
import signal
import sys

HEADER_TIMEOUT = 2.0
BODY_TIMEOUT = 2.0
WRITE_TIMEOUT = 2.0
IDLE_TIMEOUT = 2.0


class Connection:
    def __init__(self, reader, writer, work):
        self.reader = reader
        self.writer = writer
        self.work = work
        self.busy = False
        self.last = False
        self.rest = b""
        writer.transport.set_write_buffer_limits(0)

    async def serve(self):
        try:
            while not self.last:
                await self.one_request()
        except (TimeoutError, ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass  # too slow, gone, or no client of HTTP
        finally:
            self.writer.transport.abort()

    async def one_request(self):
        if not self.rest:
            async with asyncio.timeout(IDLE_TIMEOUT):
                self.rest = await self.reader.readexactly(1)
        async with asyncio.timeout(HEADER_TIMEOUT):
            head = self.rest + await self.reader.readuntil(b"\r\n\r\n")
        self.rest = b""
        self.busy = True
        try:
            request_line, *lines = head.decode("latin-1").rstrip().split("\r\n")
            headers = {
                name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)
            }
            async with asyncio.timeout(BODY_TIMEOUT):
                await self.reader.readexactly(int(headers.get("content-length", 0)))
            if headers.get("connection", "").lower() == "close" or "transfer-encoding" in headers:
                self.last = True
            method, path, _ = request_line.split()
            if path != "/hello":
                await self.answer("404 Not Found", "")
            elif method != "GET":
                await self.answer("405 Method Not Allowed", "")
            else:
                await self.answer("200 OK", await self.unless_the_client_leaves(self.work()))
        finally:
            self.busy = False

    async def unless_the_client_leaves(self, coroutine):
        working = asyncio.ensure_future(coroutine)
        watching = asyncio.ensure_future(self.reader.read(1))
        try:
            await asyncio.wait({working, watching}, return_when=asyncio.FIRST_COMPLETED)
            if not working.done() and not watching.result():
                raise ConnectionResetError("the client left")
            result = await working
            if watching.done():
                self.rest = watching.result()
            return result
        finally:
            working.cancel()
            watching.cancel()
            await asyncio.gather(working, watching, return_exceptions=True)

    async def answer(self, status, text):
        body = text.encode()
        end = "Connection: close\r\n" if self.last else ""
        self.writer.write(f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n{end}\r\n".encode() + body)
        async with asyncio.timeout(WRITE_TIMEOUT):
            await self.writer.drain()


async def run(host, port, *, delay=2.0, grace=30.0, work=None, on_shutdown=None):
    async def default_work():
        await asyncio.sleep(delay)
        return "hi"

    stop = asyncio.Event()
    open_now = {}  # task -> connection

    async with asyncio.TaskGroup() as group:

        def connected(reader, writer):
            connection = Connection(reader, writer, work or default_work)
            task = group.create_task(connection.serve())
            open_now[task] = connection
            task.add_done_callback(open_now.pop)

        async def shut_down():
            await stop.wait()
            server.close()
            for connection in list(open_now.values()):
                if on_shutdown:
                    on_shutdown(connection)
                connection.last = True
            for task, connection in list(open_now.items()):
                if not connection.busy:
                    task.cancel()
            if not open_now:
                return
            _, late = await asyncio.wait(list(open_now), timeout=grace)
            if late:
                busy = sum(connection.busy for connection in open_now.values())
                print(f"deadline of {grace} s passed: {busy} connections with a request in hand", file=sys.stderr)
                for task in late:
                    task.cancel()
                _, deaf = await asyncio.wait(late, timeout=0.3)
                if deaf:
                    os._exit(1)

        loop = asyncio.get_running_loop()
        server = await asyncio.start_server(connected, host, port)
        loop.add_signal_handler(signal.SIGINT, stop.set)
        loop.add_signal_handler(signal.SIGTERM, stop.set)
        group.create_task(shut_down())


def main(argv):
    parser = argparse.ArgumentParser()
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument("--delay", type=float, default=2.0)
    parser.add_argument("--grace", type=float, default=30.0)
    asyncio.run(run(**vars(parser.parse_args(argv))))
