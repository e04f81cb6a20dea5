"""The await is shielded, the thread's end is waited for."""

import asyncio

happens = "a"
principle = "c"


async def backup(blocks, store):
    """Write all blocks to the store, then close it. A `write` blocks: it runs in a thread."""
    try:
        for block in blocks:
            writing = asyncio.create_task(asyncio.to_thread(store.write, block))
            try:
                # A cancel ends this wait only; without the shield it would end the task, and never the thread.
                await asyncio.shield(writing)
            finally:
                await asyncio.wait([writing])
    finally:
        store.close()
