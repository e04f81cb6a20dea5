# fails: 12.13c
import asyncio

happens = "c"
principle = "g"


class Converter:
    """Renders pages, `at_once` of them at a time; the others wait for a place."""

    def __init__(self, render, at_once):
        self._render = render
        self._places = asyncio.Semaphore(at_once)

    async def convert(self, page):
        await self._places.acquire()
        try:
            picture = await self._render(page)
        except Exception:
            self._places.release()
            raise
        self._places.release()
        return picture
