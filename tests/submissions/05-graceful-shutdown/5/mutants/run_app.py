# fails: 5a 5c 5d 5f
"""aiohttp's own run_app machinery: what a middling developer writes."""

import argparse
import asyncio

from aiohttp import web

HEADER_TIMEOUT = BODY_TIMEOUT = WRITE_TIMEOUT = IDLE_TIMEOUT = 2


async def run(host, port, *, delay=2.0, grace=30.0, work=None, on_shutdown=None):
    async def hello(request):
        if work:
            return web.Response(text=await work())
        await asyncio.sleep(delay)
        return web.Response(text="hi")

    app = web.Application()
    app.router.add_get("/hello", hello)
    await web._run_app(
        app, host=host, port=port, shutdown_timeout=grace, keepalive_timeout=2, handler_cancellation=True, print=None
    )


def main(argv):
    parser = argparse.ArgumentParser()
    parser.add_argument("--host")
    parser.add_argument("--port", type=int)
    parser.add_argument("--delay", type=float)
    parser.add_argument("--grace", type=float)
    o = parser.parse_args(argv)
    asyncio.run(run(o.host, o.port, delay=o.delay, grace=o.grace))
