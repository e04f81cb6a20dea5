"""uvicorn: its protocol with timers, its server with a drain of our own."""

import asyncio
import os
import signal
import sys

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

HEADER_TIMEOUT = 2.0
BODY_TIMEOUT = 2.0
WRITE_TIMEOUT = 2.0
IDLE_TIMEOUT = 2.0


class Bounded(H11Protocol):
    """uvicorn bounds only the idle time after an answer; the timers for the rest are here."""

    timer = None

    def connection_made(self, transport):
        super().connection_made(transport)
        transport.set_write_buffer_limits(0)
        self.limit(HEADER_TIMEOUT)

    def limit(self, seconds):
        self.no_limit()
        self.timer = self.loop.call_later(seconds, self.transport.abort)

    def no_limit(self):
        if self.timer:
            self.timer.cancel()
            self.timer = None

    def handle_events(self):
        before = self.cycle
        super().handle_events()
        if self.cycle is not before and self.cycle is not None:
            self.no_limit()
            if self.cycle.more_body:
                self.limit(BODY_TIMEOUT)
        elif self.cycle is not None and not self.cycle.response_complete and not self.cycle.more_body:
            self.no_limit()

    def data_received(self, data):
        idle = self.timeout_keep_alive_task is not None
        super().data_received(data)
        waiting = self.cycle is None or self.cycle.response_complete
        if idle and waiting and not self.transport.is_closing():
            self.limit(HEADER_TIMEOUT)  # the first bytes of another request

    def pause_writing(self):
        self.flow.pause_writing()
        self.limit(WRITE_TIMEOUT)

    def resume_writing(self):
        self.no_limit()
        self.flow.resume_writing()

    def connection_lost(self, exc):
        self.no_limit()
        super().connection_lost(exc)


class Server(uvicorn.Server):
    def __init__(self, config, grace, on_shutdown):
        super().__init__(config)
        self.grace = grace
        self.on_shutdown = on_shutdown

    async def serve(self):
        # Not the one of uvicorn, which sends itself the signal once more at the end.
        await self._serve()

    async def startup(self, sockets=None):
        try:
            await super().startup(sockets)
        except SystemExit as exit:
            # It has logged the error and thrown it away.
            raise exit.__context__ from None

    async def shutdown(self, sockets=None):
        for server in self.servers:
            server.close()
        for connection in list(self.server_state.connections):
            if self.on_shutdown:
                self.on_shutdown(connection)
            connection.shutdown()
        tasks = list(self.server_state.tasks)
        if not tasks:
            return
        _, late = await asyncio.wait(tasks, timeout=self.grace)
        if late:
            print("still in hand:", len(late), file=sys.stderr)
            for task in late:
                task.cancel()
            _, deaf = await asyncio.wait(late, timeout=0.3)
            for connection in list(self.server_state.connections):
                connection.transport.abort()
            if deaf:
                os._exit(1)


async def run(host, port, *, delay=2.0, grace=30.0, work=None, on_shutdown=None):
    async def hello():
        if work:
            return await work()
        await asyncio.sleep(delay)
        return "hi"

    async def app(scope, receive, send):
        assert scope["type"] == "http"
        if scope["path"] != "/hello":
            await send({"type": "http.response.start", "status": 404})
            await send({"type": "http.response.body"})
            return
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            if not message["more_body"]:
                break
        working = asyncio.ensure_future(hello())
        leaving = asyncio.ensure_future(receive())
        try:
            await asyncio.wait({working, leaving}, return_when=asyncio.FIRST_COMPLETED)
            if not working.done():
                return
            body = working.result().encode()
            length = str(len(body)).encode()
            await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", length)]})
            await send({"type": "http.response.body", "body": body})
        finally:
            working.cancel()
            leaving.cancel()
            await asyncio.gather(working, leaving, return_exceptions=True)

    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        http=Bounded,
        lifespan="off",
        access_log=False,
        timeout_keep_alive=IDLE_TIMEOUT,
    )
    server = Server(config, grace, on_shutdown)
    loop = asyncio.get_running_loop()

    def stop():
        server.should_exit = True

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)
    async with asyncio.TaskGroup() as group:
        group.create_task(server.serve())


def main(argv):
    import argparse

    parser = argparse.ArgumentParser()
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument("--delay", type=float, default=2.0)
    parser.add_argument("--grace", type=float, default=30.0)
    options = parser.parse_args(argv)
    asyncio.run(run(options.host, options.port, delay=options.delay, grace=options.grace))
