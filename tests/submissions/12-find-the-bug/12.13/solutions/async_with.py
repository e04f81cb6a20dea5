"""`async with` round the render."""

import asyncio

happens = "c"
principle = "g"


class Converter:
    """Renders pages, `at_once` of them at a time; the others wait for a place."""

    def __init__(self, render, at_once):
        self._render = render
        self._places = asyncio.Semaphore(at_once)

    async def convert(self, page):
        # Whatever ends the block gives the place back. A CancelledError is no `Exception`.
        async with self._places:
            return await self._render(page)
