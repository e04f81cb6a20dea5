"""Raises a CancelledError of its own, with a message, from the one it got."""

import asyncio


async def consume(jobs, handle):
    try:
        while job := [await jobs.get()]:
            handle(*job)
    except asyncio.CancelledError as error:
        raise asyncio.CancelledError("no more jobs") from error
