"""`asyncio.wait` on a window of `limit` tasks, without a group; what still runs at the end is cancelled and awaited."""

import asyncio


async def fetch_all(urls, fetch, limit=8):
    pages = [None] * len(urls)
    places = {}
    waiting = list(enumerate(urls))[::-1]
    try:
        while waiting or places:
            while waiting and len(places) < limit:
                place, url = waiting.pop()
                places[asyncio.create_task(fetch(url))] = place
            done, _ = await asyncio.wait(places, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                place = places.pop(task)
                pages[place] = task.result()
        return pages
    finally:
        for task in places:
            task.cancel()
        await asyncio.gather(*places, return_exceptions=True)
