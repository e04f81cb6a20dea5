"""Tornado: its two timeouts, and a drain round its server, which has none."""

import asyncio
import os
import signal
import sys

from tornado import httpserver, web

HEADER_TIMEOUT = 2
BODY_TIMEOUT = 2
WRITE_TIMEOUT = 2
IDLE_TIMEOUT = 2

in_hand = set()


class Hello(web.RequestHandler):
    task = None

    def initialize(self, work):
        self.work = work

    async def get(self):
        self.task = asyncio.current_task()
        in_hand.add(self.task)
        try:
            text = await self.work()
            stream = self.request.connection.stream
            try:
                async with asyncio.timeout(WRITE_TIMEOUT):
                    await self.finish(text)
            except TimeoutError:
                stream.close()
        except asyncio.CancelledError:
            self.request.connection.stream.close()
            raise
        finally:
            in_hand.discard(self.task)

    def on_connection_close(self):
        if self.task:
            self.task.cancel()


async def run(host, port, *, delay=2.0, grace=30.0, work=None, on_shutdown=None):
    async def default():
        await asyncio.sleep(delay)
        return "hi"

    loop = asyncio.get_running_loop()
    stopped = loop.create_future()

    def stop():
        if not stopped.done():
            stopped.set_result(None)

    async def shutdown(server):
        await stopped
        server.stop()
        for connection in list(server._connections):
            if on_shutdown is not None:
                on_shutdown(connection)
            if not in_hand:
                connection.stream.close()
        end = loop.time() + grace
        while in_hand and loop.time() < end:
            await asyncio.wait(set(in_hand), timeout=end - loop.time())
        if in_hand:
            print(len(in_hand), "requests are still in hand", flush=True)
            left = set(in_hand)
            for task in left:
                task.cancel()
            await asyncio.wait(left, timeout=0.25)
            if in_hand:
                os._exit(3)
        for connection in list(server._connections):
            connection.stream.close()

    async with asyncio.TaskGroup() as group:
        app = web.Application([("/hello", Hello, {"work": work or default})], log_function=lambda handler: None)
        server = httpserver.HTTPServer(
            app, idle_connection_timeout=min(HEADER_TIMEOUT, IDLE_TIMEOUT), body_timeout=BODY_TIMEOUT
        )
        server.listen(port, host)
        loop.add_signal_handler(signal.SIGINT, stop)
        loop.add_signal_handler(signal.SIGTERM, stop)
        group.create_task(shutdown(server))


if __name__ == "__main__":
    import argparse

    parser = argparse.ArgumentParser()
    for name, kind in (("host", str), ("port", int), ("delay", float), ("grace", float)):
        parser.add_argument(f"--{name}", type=kind, required=True)
    asyncio.run(run(**vars(parser.parse_args(sys.argv[1:]))))
