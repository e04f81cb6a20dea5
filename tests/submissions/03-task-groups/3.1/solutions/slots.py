"""Each task writes into its own slot of the list of results."""

import asyncio


async def fetch_all(urls: list[str], fetch) -> list[str]:
    pages = [""] * len(urls)

    async def fetch_one(place: int, url: str) -> None:
        pages[place] = await fetch(url)

    async with asyncio.TaskGroup() as group:
        for place, url in enumerate(urls):
            group.create_task(fetch_one(place, url), name=f"fetch {url}")
    return pages
