# fails: 5b 5d 5e 5f
"""uvicorn with its settings and nothing else."""

import argparse
import asyncio

import uvicorn

HEADER_TIMEOUT = BODY_TIMEOUT = WRITE_TIMEOUT = IDLE_TIMEOUT = 2


async def run(host, port, *, delay=2.0, grace=30.0, work=None, on_shutdown=None):
    async def app(scope, receive, send):
        if work:
            text = await work()
        else:
            await asyncio.sleep(delay)
            text = "hi"
        await send(
            {"type": "http.response.start", "status": 200, "headers": [(b"content-length", str(len(text)).encode())]}
        )
        await send({"type": "http.response.body", "body": text.encode()})

    server = uvicorn.Server(
        uvicorn.Config(app, host=host, port=port, lifespan="off", timeout_keep_alive=2, timeout_graceful_shutdown=grace)
    )
    async with asyncio.TaskGroup() as group:
        group.create_task(server.serve())


def main(argv):
    parser = argparse.ArgumentParser()
    parser.add_argument("--host")
    parser.add_argument("--port", type=int)
    parser.add_argument("--delay", type=float)
    parser.add_argument("--grace", type=float)
    o = parser.parse_args(argv)
    asyncio.run(run(o.host, o.port, delay=o.delay, grace=o.grace))
