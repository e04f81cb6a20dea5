"""Pages are downloaded politely."""

import asyncio

import pytest

from feedwatch.fetch import Cache, Fetcher

pytestmark = pytest.mark.anyio


async def download(url):
    """Mirrors take as long as their name says, in hundredths of a second."""
    await asyncio.sleep(int(url.rpartition("-")[2]) / 100)
    return f"page of {url}"


async def test_pages_come_in_the_order_of_the_urls():
    fetcher = Fetcher(download, Cache())
    assert await fetcher.pages(["a-2", "b-0", "c-1"]) == ["page of a-2", "page of b-0", "page of c-1"]
    await fetcher.close()


async def test_a_page_is_downloaded_once():
    fetcher = Fetcher(download, Cache())
    for _ in range(3):
        await fetcher.page("a-0")
    assert fetcher.downloads == 1
    await fetcher.close()


async def test_the_fastest_mirror_wins():
    fetcher = Fetcher(download, Cache())
    assert await fetcher.fastest(["a-900", "b-1", "c-900"]) == "page of b-1"
    await fetcher.close()


async def test_an_error_in_one_page_reaches_the_caller():
    fetcher = Fetcher(download, Cache())
    with pytest.raises(ExceptionGroup):
        await fetcher.pages(["a-900", "b-none"])
    await fetcher.close()
