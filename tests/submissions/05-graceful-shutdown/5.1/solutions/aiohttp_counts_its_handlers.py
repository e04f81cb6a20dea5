"""aiohttp: a middleware counts the handlers, and the process ends itself where one does not listen."""

import argparse
import asyncio
import logging
import os
import signal

from aiohttp import web

log = logging.getLogger("server")


async def run(host, port, *, delay=2.0, grace=30.0, work=None, on_shutdown=None):
    stop = asyncio.Event()
    in_hand = set()

    async def hello(request):
        if work is not None:
            return web.Response(text=await work())
        await asyncio.sleep(delay)
        return web.Response(text="hi")

    @web.middleware
    async def counted(request, handler):
        task = asyncio.current_task()
        in_hand.add(task)
        task.add_done_callback(in_hand.discard)
        return await handler(request)

    async def drain():
        await stop.wait()
        await site.stop()
        for connection in runner.server.connections:
            if on_shutdown is not None:
                on_shutdown(connection)
        if in_hand:
            await asyncio.wait(in_hand, timeout=grace)
        if in_hand:
            log.warning("%d connections still have a request in hand after %g s.", len(in_hand), grace)
            for task in in_hand:
                task.cancel()
            await asyncio.wait(in_hand, timeout=0.3)
        if in_hand:
            log.error("%d handlers do not listen to their cancellation.", len(in_hand))
            os._exit(1)

    app = web.Application(middlewares=[counted])
    app.router.add_get("/hello", hello)
    runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.1, access_log=None)
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
        await runner.cleanup()


def main(argv):
    parser = argparse.ArgumentParser()
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument("--delay", type=float, default=2.0)
    parser.add_argument("--grace", type=float, default=30.0)
    options = parser.parse_args(argv)
    asyncio.run(run(options.host, options.port, delay=options.delay, grace=options.grace))
