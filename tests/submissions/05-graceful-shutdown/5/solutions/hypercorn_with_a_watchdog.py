"""Hypercorn: its idle limit, its connections with one more, and an app that notices a client that leaves."""

import argparse
import asyncio
import logging
import signal

import hypercorn.asyncio.run
from hypercorn.asyncio import serve
from hypercorn.asyncio.tcp_server import TCPServer
from hypercorn.config import Config

HEADER_TIMEOUT = 2.0
BODY_TIMEOUT = 2.0
WRITE_TIMEOUT = 2.0
IDLE_TIMEOUT = 2.0


class Bounded(TCPServer):
    async def protocol_send(self, event):
        self.writer.transport.set_write_buffer_limits(0)
        try:
            async with asyncio.timeout(WRITE_TIMEOUT):
                await super().protocol_send(event)
        except TimeoutError:
            self.writer.transport.abort()


# Not TCP_USER_TIMEOUT: an error of one connection that comes out of here would end Hypercorn's drain for all.
hypercorn.asyncio.run.TCPServer = Bounded


def make_app(work, in_hand):
    async def read_body(receive):
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise ConnectionResetError
            if not message.get("more_body"):
                return

    async def answer(send, status, text, *headers):
        body = text.encode()
        length = (b"content-length", str(len(body)).encode())
        await send({"type": "http.response.start", "status": status, "headers": [length, *headers]})
        await send({"type": "http.response.body", "body": body})

    async def until_gone(receive):
        while (await receive())["type"] != "http.disconnect":
            pass

    async def app(scope, receive, send):
        if scope["type"] == "lifespan":
            while True:
                message = await receive()
                await send({"type": message["type"] + ".complete"})
                if message["type"] == "lifespan.shutdown":
                    return
        if (scope["method"], scope["path"]) != ("GET", "/hello"):
            return await answer(send, 404, "", (b"connection", b"close"))
        in_hand.add(asyncio.current_task())
        try:
            try:
                async with asyncio.timeout(BODY_TIMEOUT):
                    await read_body(receive)
            except TimeoutError:
                return await answer(send, 408, "too slow", (b"connection", b"close"))
            except ConnectionResetError:
                return None
            async with asyncio.TaskGroup() as group:
                gone = group.create_task(until_gone(receive))
                working = group.create_task(work())
                gone.add_done_callback(lambda _: working.cancel())
                await asyncio.wait({working})
                gone.cancel()
            if not working.cancelled():
                await answer(send, 200, working.result())
        finally:
            in_hand.discard(asyncio.current_task())

    return app


async def run(host, port, *, delay=2.0, grace=30.0, work=None, on_shutdown=None):
    async def hi():
        await asyncio.sleep(delay)
        return "hi"

    in_hand = set()
    config = Config()
    config.bind = [f"{host}:{port}"]
    config.keep_alive_timeout = min(HEADER_TIMEOUT, IDLE_TIMEOUT)
    config.graceful_timeout = grace
    config.errorlog = None

    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    loop.add_signal_handler(signal.SIGINT, stop.set)
    loop.add_signal_handler(signal.SIGTERM, stop.set)

    async def server():
        await serve(make_app(work or hi, in_hand), config, shutdown_trigger=stop.wait)

    async def watchdog(serving):
        await stop.wait()
        await asyncio.wait({serving}, timeout=grace)
        if not serving.done():
            logging.warning("%d requests in hand when the time was over", len(in_hand))
            serving.cancel()

    async with asyncio.TaskGroup() as group:
        serving = group.create_task(server())
        watching = group.create_task(watchdog(serving))
        serving.add_done_callback(lambda _: watching.cancel())


def main(argv):
    parser = argparse.ArgumentParser()
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument("--delay", type=float, default=2.0)
    parser.add_argument("--grace", type=float, default=30.0)
    options = parser.parse_args(argv)
    asyncio.run(run(options.host, options.port, delay=options.delay, grace=options.grace))
