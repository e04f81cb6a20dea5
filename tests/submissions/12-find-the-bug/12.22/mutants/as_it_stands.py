# fails: 12.22c
import asyncio

happens = "a"
principle = "c"


async def backup(blocks, store):
    """Write all blocks to the store, then close it. A `write` blocks: it runs in a thread."""
    try:
        for block in blocks:
            await asyncio.to_thread(store.write, block)
    finally:
        store.close()
