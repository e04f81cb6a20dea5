"""Catches the cancellation first, and passes it on."""

import asyncio
import sys

happens = "c"
principle = "e"


async def fetch_with_retries(fetch, url, pause=1.0):
    tries = 0
    while True:
        tries += 1
        try:
            return await fetch(url)
        except asyncio.CancelledError:
            raise
        except BaseException as error:
            print(f"try {tries}: {error!r}", file=sys.stderr)
        await asyncio.sleep(pause)
