"""`except Exception`, which lets a cancellation pass."""

import asyncio
import logging

happens = "c"
principle = "e"


async def fetch_with_retries(fetch, url, pause=1.0):
    while True:
        try:
            return await fetch(url)
        except Exception:
            logging.warning("%s failed, next try in %s s", url, pause)
        await asyncio.sleep(pause)
