"""aiohttp's low-level server: one plain handler, and the kernel's limit for a reader that stalls."""

import asyncio
import socket
from argparse import ArgumentParser
from signal import SIGINT, SIGTERM

from aiohttp import web

HEADER_TIMEOUT = BODY_TIMEOUT = WRITE_TIMEOUT = IDLE_TIMEOUT = 2


async def run(host, port, *, delay=2.0, grace=30.0, work=None, on_shutdown=None):
    loop = asyncio.get_running_loop()
    handlers = set()
    signalled = asyncio.Event()

    async def handler(request):
        if request.path != "/hello":
            return web.Response(status=404)
        task = asyncio.current_task()
        handlers.add(task)
        task.add_done_callback(handlers.discard)
        try:
            await asyncio.wait_for(request.read(), BODY_TIMEOUT)
        except TimeoutError:
            response = web.Response(status=408)
            response.force_close()
            return response
        if work:
            return web.Response(text=await work())
        await asyncio.sleep(delay)
        return web.Response(text="hi")

    with socket.create_server((host, port)) as sock:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, WRITE_TIMEOUT * 1000)
        server = web.Server(handler, handler_cancellation=True, keepalive_timeout=IDLE_TIMEOUT, lingering_time=0)
        async with asyncio.TaskGroup() as group:

            async def shutdown():
                await signalled.wait()
                listening.close()
                if on_shutdown:
                    for connection in server.connections:
                        on_shutdown(connection)
                server.pre_shutdown()
                if handlers:
                    _, late = await asyncio.wait(handlers, timeout=grace)
                    if late:
                        print(f"cancelling {len(late)} handlers")
                        for handler in late:
                            handler.cancel()
                await server.shutdown(0.1)

            listening = await loop.create_server(server, sock=sock)
            for number in (SIGINT, SIGTERM):
                loop.add_signal_handler(number, signalled.set)
            group.create_task(shutdown())


def main(argv):
    parser = ArgumentParser()
    parser.add_argument("--host")
    parser.add_argument("--port", type=int)
    parser.add_argument("--delay", type=float, default=2)
    parser.add_argument("--grace", type=float, default=30)
    options = parser.parse_args(argv)
    return asyncio.run(run(options.host, options.port, delay=options.delay, grace=options.grace))
