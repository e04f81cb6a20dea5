"""One thread writes all blocks and closes the store; an event tells it to stop."""

import asyncio
import threading

happens = "a"
principle = "c"


def write_all(blocks, store, stop):
    try:
        for block in blocks:
            if stop.is_set():
                break
            store.write(block)
    finally:
        store.close()


async def backup(blocks, store):
    stop = threading.Event()
    thread = asyncio.create_task(asyncio.to_thread(write_all, blocks, store, stop))
    try:
        await asyncio.shield(thread)
    except asyncio.CancelledError:
        stop.set()
        await asyncio.wait([thread])
        raise
