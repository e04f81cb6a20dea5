"""aiohttp: configuration where it has some, and code for the body, the stalled reader and the drain."""

import argparse
import asyncio
import logging
import os
import signal
import sys

from aiohttp import web

HEADER_TIMEOUT = 2.0  # seconds, like the others
BODY_TIMEOUT = 2.0
WRITE_TIMEOUT = 2.0
IDLE_TIMEOUT = 2.0

LAST_WORDS = 0.3  # for handlers to end after they were cancelled

log = logging.getLogger("server")


async def run(host, port, *, delay=2.0, grace=30.0, work=None, on_shutdown=None):
    """Serve until SIGINT or SIGTERM, then finish what is in hand, within `grace` seconds."""
    stop = asyncio.Event()
    in_hand = {}  # the tasks of the handlers, each with its connection

    async def hello(request):
        if work is not None:
            return web.Response(text=await work())
        await asyncio.sleep(delay)
        return web.Response(text="hi")

    @web.middleware
    async def bounded(request, handler):
        task = asyncio.current_task()
        in_hand[task] = request.protocol
        task.add_done_callback(in_hand.pop)
        try:
            async with asyncio.timeout(BODY_TIMEOUT):
                await request.read()
        except TimeoutError:
            response = web.Response(status=408)
            response.force_close()
            return response
        try:
            response = await handler(request)
        except web.HTTPException as error:
            response = error
        if stop.is_set():
            response.force_close()
        # With no room in its buffer, the transport makes a writer wait until the client has taken everything.
        request.transport.set_write_buffer_limits(0)
        try:
            async with asyncio.timeout(WRITE_TIMEOUT):
                await response.prepare(request)
                await response.write_eof()
        except TimeoutError:
            if request.transport:
                request.transport.abort()
        return response

    async def drain():
        await stop.wait()
        connections = runner.server.connections
        await site.stop()
        for connection in connections:
            if on_shutdown is not None:
                on_shutdown(connection)
        await asyncio.sleep(0.05)  # a request that has just arrived gets its handler
        for connection in runner.server.connections:
            if connection not in in_hand.values():
                connection.force_close()
        if in_hand:
            await asyncio.wait(in_hand, timeout=grace - 0.05)
        if in_hand:
            log.warning("%d connections still have a request in hand after %g s.", len(in_hand), grace)
            for handler in in_hand:
                handler.cancel()
            await asyncio.wait(in_hand, timeout=LAST_WORDS)
        if in_hand:
            log.error("%d handlers do not listen to their cancellation.", len(in_hand))
            os._exit(1)  # asyncio.run would wait for them for ever

    app = web.Application(middlewares=[bounded])
    app.router.add_get("/hello", hello)
    runner = web.AppRunner(
        app,
        handler_cancellation=True,  # a client that leaves
        keepalive_timeout=min(HEADER_TIMEOUT, IDLE_TIMEOUT),  # aiohttp starts it when a client connects, too
        lingering_time=0,
        shutdown_timeout=0.1,  # aiohttp's own drain, after ours
        access_log=None,
    )
    await runner.setup()
    site = web.TCPSite(runner, host, port)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(drain())
            await site.start()
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)
        await runner.cleanup()


def main(argv):
    parser = argparse.ArgumentParser()
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument("--delay", type=float, default=2.0)
    parser.add_argument("--grace", type=float, default=30.0)
    options = parser.parse_args(argv)
    asyncio.run(run(options.host, options.port, delay=options.delay, grace=options.grace))


if __name__ == "__main__":
    main(sys.argv[1:])
