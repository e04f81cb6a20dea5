"""aiohttp; signal.signal and a socket pair; the deadline is a watchdog thread that ends the process."""

import argparse
import asyncio
import logging
import os
import signal
import socket
import threading
import time

from aiohttp import web

HEADER_TIMEOUT = BODY_TIMEOUT = WRITE_TIMEOUT = IDLE_TIMEOUT = 2.0


async def run(host, port, *, delay=2.0, grace=30.0, work=None, on_shutdown=None):
    loop = asyncio.get_running_loop()
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    busy = {}

    async def hello(request):
        busy[id(request)] = request
        try:
            async with asyncio.timeout(BODY_TIMEOUT):
                await request.read()
            text = await work() if work else await asyncio.sleep(delay, "hi")
        finally:
            busy.pop(id(request))
        return web.Response(text=text)

    def watchdog():
        time.sleep(grace + 0.02)
        logging.error("still %d busy connections, giving up", len(busy))
        os._exit(1)

    app = web.Application()
    app.add_routes([web.get("/hello", hello)])
    runner = web.AppRunner(
        app, handler_cancellation=True, keepalive_timeout=2, lingering_time=0, shutdown_timeout=3600, access_log=None
    )
    await runner.setup()
    sock = socket.create_server((host, port))
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(WRITE_TIMEOUT * 1000))
    async with asyncio.TaskGroup():
        site = web.SockSite(runner, sock)
        await site.start()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: theirs.send(b"x"))
        await loop.sock_recv(ours, 1)
        threading.Thread(target=watchdog, daemon=True).start()
        if on_shutdown:
            for connection in runner.server.connections:
                on_shutdown(connection)
        await runner.cleanup()


def main(argv):
    parser = argparse.ArgumentParser()
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument("--delay", type=float, default=2.0)
    parser.add_argument("--grace", type=float, default=30.0)
    asyncio.run(run(**vars(parser.parse_args(argv))))
