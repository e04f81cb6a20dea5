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
    in_hand = set()  # the handlers' tasks
    none_left = asyncio.Event()

    async def hello(request):
        if work is not None:
            return web.Response(text=await work())
        await asyncio.sleep(delay)
        return web.Response(text="hi")

    @web.middleware
    async def bounded(request, handler):
        in_hand.add(asyncio.current_task())
        none_left.clear()
        try:
            return await answer(request, handler)
        finally:
            in_hand.discard(asyncio.current_task())
            if not in_hand:
                none_left.set()

    async def answer(request, handler):
        try:
            async with asyncio.timeout(BODY_TIMEOUT):
                await request.read()
            response = await handler(request)
        except TimeoutError:
            response = web.HTTPRequestTimeout(headers={"Connection": "close"})
        except web.HTTPException as error:
            response = error
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
        await site.stop()
        for connection in runner.server.connections:
            if on_shutdown is not None:
                on_shutdown(connection)
        try:
            async with asyncio.timeout(grace):
                if in_hand:
                    await none_left.wait()
        except TimeoutError:
            log.warning("%d connections still have a request in hand after %g s.", len(in_hand), grace)
            await cut()

    async def cut():
        handlers = list(in_hand)
        for handler in handlers:
            handler.cancel()
        _, deaf = await asyncio.wait(handlers, timeout=LAST_WORDS)
        if deaf:
            log.error("%d handlers do not listen to their cancellation.", len(deaf))
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
