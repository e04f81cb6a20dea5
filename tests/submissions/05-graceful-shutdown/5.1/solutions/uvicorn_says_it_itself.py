"""uvicorn: its own deadline, which it logs; the connections are found in its server."""

import argparse
import asyncio
import os
import signal
import threading

import uvicorn


class Server(uvicorn.Server):
    on_shutdown = None

    async def shutdown(self, sockets=None):
        for connection in list(self.server_state.connections):
            if self.on_shutdown:
                self.on_shutdown(connection)
        # A thread needs no loop that is free, and no task that listens.
        deadline = threading.Timer(self.config.timeout_graceful_shutdown + 0.5, os._exit, [1])
        deadline.daemon = True
        deadline.start()
        await super().shutdown(sockets)


async def run(host, port, *, delay=2.0, grace=30.0, work=None, on_shutdown=None):
    async def app(scope, receive, send):
        if work:
            text = await work()
        else:
            await asyncio.sleep(delay)
            text = "hi"
        await send({"type": "http.response.start", "status": 200})
        await send({"type": "http.response.body", "body": text.encode()})

    config = uvicorn.Config(app, host=host, port=port, lifespan="off", timeout_graceful_shutdown=grace)
    server = Server(config)
    server.on_shutdown = on_shutdown
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, setattr, server, "should_exit", True)
    await server._serve()


def main(argv):
    parser = argparse.ArgumentParser()
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument("--delay", type=float, default=2.0)
    parser.add_argument("--grace", type=float, default=30.0)
    options = parser.parse_args(argv)
    asyncio.run(run(options.host, options.port, delay=options.delay, grace=options.grace))
