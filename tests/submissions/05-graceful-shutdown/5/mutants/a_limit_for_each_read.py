# fails: 5d 5e
"""Streams; a timeout round each readline; wait_closed at the end; gathers with a timeout."""

import argparse
import asyncio
import signal

HEADER_TIMEOUT = BODY_TIMEOUT = WRITE_TIMEOUT = IDLE_TIMEOUT = 2.0


async def run(host, port, *, delay=2.0, grace=30.0, work=None, on_shutdown=None):
    stop = asyncio.Event()
    tasks = set()

    async def handle(reader, writer):
        tasks.add(asyncio.current_task())
        try:
            while not stop.is_set():
                line = await asyncio.wait_for(reader.readline(), HEADER_TIMEOUT)
                if not line:
                    break
                while (await asyncio.wait_for(reader.readline(), HEADER_TIMEOUT)).strip():
                    pass
                text = await work() if work else await asyncio.sleep(delay, "hi")
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(text), text.encode()))
                await asyncio.wait_for(writer.drain(), WRITE_TIMEOUT)
        except (TimeoutError, ConnectionError):
            pass
        finally:
            tasks.discard(asyncio.current_task())
            writer.close()

    server = await asyncio.start_server(handle, host, port)
    for s in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(s, stop.set)
    await stop.wait()
    server.close()
    try:
        await asyncio.wait_for(asyncio.gather(*tasks), grace)
    except TimeoutError:
        print("timeout,", len(tasks), "left")


def main(argv):
    parser = argparse.ArgumentParser()
    parser.add_argument("--host")
    parser.add_argument("--port", type=int)
    parser.add_argument("--delay", type=float)
    parser.add_argument("--grace", type=float)
    o = parser.parse_args(argv)
    asyncio.run(run(o.host, o.port, delay=o.delay, grace=o.grace))
