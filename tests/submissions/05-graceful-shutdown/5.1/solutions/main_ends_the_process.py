"""asyncio streams; `run` leaves deaf handlers behind, and `main`, with a loop of its own, ends the process."""

import argparse
import asyncio
import os
import signal
import sys


async def run(host, port, *, delay=2.0, grace=30.0, work=None, on_shutdown=None):
    loop = asyncio.get_running_loop()
    stop = loop.create_future()
    writers = {}

    async def connected(reader, writer):
        task = asyncio.current_task()
        writers[writer] = None
        try:
            while True:
                await reader.readuntil(b"\r\n\r\n")
                writers[writer] = task
                text = await (work() if work else asyncio.sleep(delay, "hi"))
                body = text.encode()
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
                await writer.drain()
                writers[writer] = None
                if stop.done():
                    break
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            del writers[writer]
            writer.close()

    def stop_once(number):
        if not stop.done():
            stop.set_result(number)

    server = await asyncio.start_server(connected, host, port)
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop_once, number)
    await stop
    server.close()
    for writer, task in list(writers.items()):
        if on_shutdown:
            on_shutdown(writer)
        if task is None:
            writer.close()
    busy = [task for task in writers.values() if task]
    if busy:
        await asyncio.wait(busy, timeout=grace)
    late = [task for task in writers.values() if task]
    if late:
        print("connections with a request in hand at the deadline:", len(late), file=sys.stderr)
        for task in late:
            task.cancel()
        await asyncio.wait(late, timeout=0.2)


def main(argv):
    parser = argparse.ArgumentParser()
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument("--delay", type=float, default=2.0)
    parser.add_argument("--grace", type=float, default=30.0)
    options = parser.parse_args(argv)
    loop = asyncio.new_event_loop()
    loop.run_until_complete(run(options.host, options.port, delay=options.delay, grace=options.grace))
    # No asyncio.run, which waits for every task that is left.
    sys.stdout.flush()
    os._exit(0)
