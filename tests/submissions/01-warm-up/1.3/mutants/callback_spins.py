# fails: 1.3a 1.3c
"""A callback that puts itself back into the loop, over and over."""

import asyncio


async def consume(jobs, handle):
    loop = asyncio.get_running_loop()

    def again():
        nonlocal handle_of_again
        handle_of_again = loop.call_soon(again)

    handle_of_again = loop.call_soon(again)
    try:
        while True:
            handle(await jobs.get())
    finally:
        handle_of_again.cancel()
