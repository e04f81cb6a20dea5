"""A bare `asyncio.Protocol` with one timer, and h11 for the parsing."""

import argparse
import asyncio
import signal

import h11

HEADER_TIMEOUT = 2.0
BODY_TIMEOUT = 2.0
WRITE_TIMEOUT = 2.0
IDLE_TIMEOUT = 2.0


class Http(asyncio.Protocol):
    def __init__(self, server):
        self.server = server
        self.h11 = h11.Connection(h11.SERVER)
        self.timer = None
        self.task = None
        self.request = None

    def connection_made(self, transport):
        self.transport = transport
        transport.set_write_buffer_limits(0)
        self.server.connections.add(self)
        self.arm(IDLE_TIMEOUT)
        self.state = "idle"

    def arm(self, seconds=None):
        if self.timer is not None:
            self.timer.cancel()
        self.timer = seconds and asyncio.get_running_loop().call_later(seconds, self.transport.abort)

    def data_received(self, data):
        if self.state == "idle":
            self.state = "headers"
            self.arm(HEADER_TIMEOUT)
        try:
            self.h11.receive_data(data)
            self.events()
        except h11.RemoteProtocolError:
            self.transport.abort()

    def events(self):
        while (event := self.h11.next_event()) not in (h11.NEED_DATA, h11.PAUSED):
            if isinstance(event, h11.Request):
                self.request = event
                self.state = "body"
                self.arm(BODY_TIMEOUT)
            elif isinstance(event, h11.EndOfMessage):
                self.state = "working"
                self.arm()
                self.task = asyncio.ensure_future(self.respond(self.request))
                self.server.tasks.add(self.task)
                self.task.add_done_callback(self.responded)
            elif isinstance(event, h11.ConnectionClosed):
                return self.transport.abort()

    async def respond(self, request):
        if request.target.split(b"?")[0] == b"/hello" and request.method == b"GET":
            status, text = 200, await self.server.work()
        else:
            status, text = 404, "not here"
        body = text.encode()
        headers = [("Content-Length", str(len(body)))]
        if self.server.closing:
            headers.append(("Connection", "close"))
        self.written = asyncio.Event()
        self.written.set()
        for event in (h11.Response(status_code=status, headers=headers), h11.Data(body), h11.EndOfMessage()):
            self.transport.write(self.h11.send(event) or b"")
        async with asyncio.timeout(WRITE_TIMEOUT):
            await self.written.wait()

    def responded(self, task):
        self.server.tasks.discard(task)
        self.task = None
        if task.cancelled() or task.exception() or self.server.closing or self.h11.our_state is h11.MUST_CLOSE:
            return self.transport.abort() if task.cancelled() or task.exception() else self.transport.close()
        self.state = "idle"
        self.arm(IDLE_TIMEOUT)
        self.h11.start_next_cycle()
        self.events()

    def pause_writing(self):
        self.written.clear()

    def resume_writing(self):
        self.written.set()

    def connection_lost(self, error):
        self.arm()
        self.server.connections.discard(self)
        if self.task:
            self.task.cancel()


class Server:
    def __init__(self, work):
        self.work = work
        self.connections = set()
        self.tasks = set()
        self.closing = False


async def run(host, port, *, delay=2.0, grace=30.0, work=None, on_shutdown=None):
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()

    async def two_seconds_of_work():
        return await asyncio.sleep(delay, "hi")

    server = Server(work or two_seconds_of_work)

    async def accept():
        listening = await loop.create_server(lambda: Http(server), host, port)
        loop.add_signal_handler(signal.SIGINT, stop.set)
        loop.add_signal_handler(signal.SIGTERM, stop.set)
        await stop.wait()
        listening.close()

    async def drain():
        await stop.wait()
        server.closing = True
        for connection in [*server.connections]:
            on_shutdown and on_shutdown(connection)
            if connection.task is None:
                connection.transport.abort()
        if server.tasks:
            await asyncio.wait(server.tasks, timeout=grace)
        if server.tasks:
            print(f"WARNING: {len(server.tasks)} connections are cut", flush=True)
        for connection in [*server.connections]:
            connection.transport.abort()

    async with asyncio.TaskGroup() as group:
        group.create_task(accept())
        group.create_task(drain())


def main(argv):
    parser = argparse.ArgumentParser()
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument("--delay", type=float, default=2.0)
    parser.add_argument("--grace", type=float, default=30.0)
    asyncio.run(run(**vars(parser.parse_args(argv))))
