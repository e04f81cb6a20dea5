"""When `close()` has returned, nothing is running any more, and what was accepted has been delivered."""

import asyncio
import threading
import time

import pytest

from feedwatch.app import Watch
from feedwatch.fetch import Cache, Fetcher
from feedwatch.metrics import Counters, Reporter
from feedwatch.schedule import Bus, Scheduler

FEED = "<rss><channel><item><title>A</title><link>a</link></item></channel></rss>"


async def download(url):
    await asyncio.sleep(int(url.rpartition("-")[2]) / 100)
    return f"page of {url}"


@pytest.mark.anyio
async def test_a_cache_that_is_closed_sweeps_no_more():
    cache = Cache(ttl=30)
    await cache.start()
    await asyncio.sleep(0.01)
    await cache.close()
    assert len(cache) == 0


@pytest.mark.anyio
async def test_a_cache_may_be_closed_twice_and_without_a_start():
    cache = Cache(ttl=30)
    await cache.close()
    await cache.start()
    await cache.close()
    await cache.close()


@pytest.mark.anyio
async def test_a_cache_still_sweeps_while_it_is_open():
    cache = Cache(ttl=0.02)
    await cache.start()
    cache.put("a", "page")
    await asyncio.sleep(0.3)
    kept = len(cache)
    await cache.close()
    assert kept == 0


@pytest.mark.anyio
async def test_the_slower_mirrors_are_given_up():
    fetcher = Fetcher(download, Cache())
    assert await fetcher.fastest(["a-3000", "b-1", "c-3000"]) == "page of b-1"
    await fetcher.close()


@pytest.mark.anyio
async def test_pages_come_in_order_and_once():
    fetcher = Fetcher(download, Cache())
    assert await fetcher.pages(["a-2", "b-0"]) == ["page of a-2", "page of b-0"]
    assert await fetcher.pages(["a-2", "b-0"]) == ["page of a-2", "page of b-0"]
    assert fetcher.downloads == 2
    await fetcher.close()


def test_a_bus_that_is_closed_has_delivered_everything():
    heard = []
    bus = Bus()
    for _ in range(2):
        bus.subscribe(lambda event: (time.sleep(0.005), heard.append(event)))
    for event in range(10):
        bus.publish(event)
    bus.close()
    assert sorted(heard) == sorted([*range(10), *range(10)])
    bus.close()


def test_who_has_left_a_bus_does_not_hinder_its_close():
    bus = Bus()
    bus.unsubscribe(bus.subscribe(print))
    bus.subscribe(print)
    bus.close()


def test_a_scheduler_closes_whatever_its_tick():
    ran = threading.Event()
    scheduler = Scheduler(tick=3600)
    scheduler.every(60, "job", ran.set)
    scheduler.start()
    assert ran.wait(30)
    for _ in range(2):
        closing = threading.Thread(target=scheduler.close, daemon=True)
        closing.start()
        closing.join(15)
        assert not closing.is_alive(), "close() had not returned after 15 s"


def test_a_scheduler_may_be_closed_before_it_starts():
    Scheduler().close()


def test_a_scheduler_runs_its_jobs_again_and_again():
    runs = []
    scheduler = Scheduler(tick=0.01)
    scheduler.every(0.01, "job", lambda: runs.append(1))
    scheduler.start()
    deadline = time.monotonic() + 5
    while len(runs) < 3 and time.monotonic() < deadline:
        time.sleep(0.01)
    scheduler.close()
    assert len(runs) >= 3


def test_a_scheduler_that_is_closed_runs_no_job_any_more():
    running, free, ended = threading.Event(), threading.Event(), threading.Event()
    scheduler = Scheduler(tick=0.01)
    scheduler.every(60, "job", lambda: (running.set(), free.wait(30), ended.set()))
    scheduler.start()
    assert running.wait(30)
    freeing = threading.Timer(0.3, free.set)
    freeing.start()
    scheduler.close()
    still_running = not ended.is_set()
    freeing.join()
    assert not still_running, "close() had returned, and a job was still running"


def test_a_reporter_that_is_closed_has_written_everything():
    written = []
    counters = Counters()
    reporter = Reporter(counters, lambda counts: (time.sleep(0.02), written.append(counts)))
    reporter.start()
    counters.add("looks")
    reporter.flush()
    counters.add("entries", 7)
    reporter.close()
    assert written == [{"looks": 1}, {"entries": 7}]
    reporter.close()


def test_a_reporter_writes_every_interval():
    written = threading.Event()
    counters = Counters()
    counters.add("looks")
    reporter = Reporter(counters, lambda counts: written.set(), interval=0.02)
    reporter.start()
    assert written.wait(5)
    reporter.close()


@pytest.mark.anyio
async def test_a_watch_that_is_closed_leaves_nothing():
    reports, heard = [], []

    async def feed(url):
        return FEED

    watch = Watch(feed, ["feed"], reports.append)
    watch.bus.subscribe(heard.append)
    await watch.start()
    await asyncio.wait_for(watch.run(1), 5)
    await watch.close()
    assert [entry.link for entry in heard] == ["a"]
    assert reports == [{"looks": 1, "entries": 1}]
