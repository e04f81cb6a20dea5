"""Names the errors that are worth another try; a loop over the tries."""

from asyncio import sleep
from itertools import count

happens = "c"
principle = "e"


async def fetch_with_retries(fetch, url, pause=1.0):
    for attempt in count():
        if attempt:
            await sleep(pause)
        try:
            page = await fetch(url)
        except (OSError, TimeoutError):
            continue
        return page
