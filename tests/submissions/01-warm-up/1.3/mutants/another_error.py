# fails: 1.3b
"""Turns the cancellation into an error of its own."""

import asyncio


async def consume(jobs, handle):
    try:
        while True:
            handle(await jobs.get())
    except asyncio.CancelledError as error:
        raise RuntimeError("the consumer was stopped") from error
