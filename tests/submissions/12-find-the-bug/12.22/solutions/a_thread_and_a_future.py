"""A thread by hand, which tells the loop when it has ended."""

import asyncio
import threading

happens = "a"
principle = "c"


async def backup(blocks, store):
    loop = asyncio.get_running_loop()
    try:
        for block in blocks:
            ended, errors = asyncio.Event(), []

            def run(block=block, ended=ended, errors=errors):
                try:
                    store.write(block)
                except Exception as error:
                    errors.append(error)
                finally:
                    loop.call_soon_threadsafe(ended.set)

            threading.Thread(target=run).start()
            try:
                await ended.wait()
            except asyncio.CancelledError:
                await ended.wait()
                raise
            if errors:
                raise errors[0]
    finally:
        store.close()
