"""The future of the thread is kept, and waited for before the store is closed."""

import asyncio

happens = "a"
principle = "c"


async def backup(blocks, store):
    loop = asyncio.get_running_loop()
    writing = None
    try:
        for block in blocks:
            writing = loop.run_in_executor(None, store.write, block)
            await asyncio.shield(writing)
    finally:
        if writing is not None and not writing.done():
            await asyncio.wait([writing])
        store.close()
