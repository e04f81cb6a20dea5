"""Pages are kept for a while."""

import pytest

from feedwatch.fetch import Cache

pytestmark = pytest.mark.anyio


async def test_a_page_is_kept_for_its_time_and_no_longer():
    now = 0
    cache = Cache(ttl=10, clock=lambda: now)
    cache.put("a", "page")
    now = 9
    assert cache.get("a") == "page"
    now = 10
    assert cache.get("a") is None


async def test_old_pages_are_swept_out():
    now = 0
    cache = Cache(ttl=10, clock=lambda: now)
    cache.put("a", "page")
    now = 11
    cache.forget_old()
    assert len(cache) == 0


async def test_it_is_empty_when_it_is_closed():
    cache = Cache(ttl=10)
    await cache.start()
    cache.put("a", "page")
    await cache.close()
    assert len(cache) == 0
