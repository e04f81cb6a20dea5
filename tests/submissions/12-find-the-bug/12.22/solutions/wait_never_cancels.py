"""`asyncio.wait` does not cancel what it waits for."""

import asyncio

happens = "a"
principle = "c"


async def backup(blocks, store):
    try:
        for block in blocks:
            writing = asyncio.ensure_future(asyncio.to_thread(store.write, block))
            try:
                await asyncio.wait({writing})
            except asyncio.CancelledError:
                await asyncio.wait({writing})
                raise
            writing.result()
    finally:
        store.close()
