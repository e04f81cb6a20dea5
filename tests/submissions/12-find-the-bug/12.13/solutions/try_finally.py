"""Taken outside, given back in a `finally`."""

import asyncio

happens = "c"
principle = "g"


class Converter:
    def __init__(self, render, at_once):
        self._render = render
        self._places = asyncio.BoundedSemaphore(at_once)

    async def convert(self, page):
        await self._places.acquire()
        try:
            return await self._render(page)
        finally:
            self._places.release()
