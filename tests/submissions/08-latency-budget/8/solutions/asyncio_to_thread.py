"""`close()` in a thread that `asyncio` waits for, at most 100 ms."""

import asyncio
import threading


def test_cancellation_latency():
    async def cancel():
        stop = threading.Event()
        service = Service(stop, sink=lambda msg: None)
        await asyncio.sleep(0.01)
        stop.set()
        await asyncio.wait_for(asyncio.to_thread(service.close), 0.1)

    asyncio.run(cancel())
