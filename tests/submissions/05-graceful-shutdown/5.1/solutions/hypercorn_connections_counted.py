"""Hypercorn: connections are counted where its server makes them, requests in the application."""

import argparse
import asyncio
import logging
import os
import signal

import hypercorn.asyncio.run
from hypercorn.asyncio import serve
from hypercorn.asyncio.tcp_server import TCPServer
from hypercorn.config import Config

connections = set()


class Counted(TCPServer):
    async def run(self):
        connections.add(self)
        try:
            await super().run()
        finally:
            connections.discard(self)


hypercorn.asyncio.run.TCPServer = Counted


async def run(host, port, *, delay=2.0, grace=30.0, work=None, on_shutdown=None):
    in_hand = 0

    async def app(scope, receive, send):
        nonlocal in_hand
        if scope["type"] != "http":
            raise NotImplementedError(scope["type"])
        in_hand += 1
        try:
            body = (await work() if work else await asyncio.sleep(delay, "hi")).encode()
        finally:
            in_hand -= 1
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": body})

    config = Config()
    config.bind = f"{host}:{port}"
    config.graceful_timeout = grace
    config.errorlog = None
    stop = asyncio.Event()

    async def watch():
        await stop.wait()
        for connection in list(connections):
            if on_shutdown:
                on_shutdown(connection)
        await asyncio.sleep(grace)
        logging.error("shutdown deadline, %s connections in hand", in_hand)
        await asyncio.sleep(0.4)
        os._exit(1)

    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with asyncio.TaskGroup() as group:
        watching = group.create_task(watch())
        await serve(app, config, shutdown_trigger=stop.wait)
        watching.cancel()


def main(argv):
    parser = argparse.ArgumentParser()
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument("--delay", type=float, default=2.0)
    parser.add_argument("--grace", type=float, default=30.0)
    asyncio.run(run(**vars(parser.parse_args(argv))))
