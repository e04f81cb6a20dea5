"""Halves and halves of halves, each in a group of its own: an error comes out wrapped several times."""

import asyncio


async def fetch_all(urls, fetch):
    if len(urls) < 2:
        return [await fetch(url) for url in urls]
    middle = len(urls) // 2
    async with asyncio.TaskGroup() as halves:
        left = halves.create_task(fetch_all(urls[:middle], fetch))
        right = halves.create_task(fetch_all(urls[middle:], fetch))
    return left.result() + right.result()
