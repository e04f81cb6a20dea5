"""Things that live until the test that made them is over."""

import asyncio
import threading
from collections.abc import Callable, Iterator

import pytest


@pytest.fixture
def stop() -> Iterator[threading.Event]:
    """An event that is set at the end of the test: threads of the test wait for it."""
    event = threading.Event()
    yield event
    event.set()


@pytest.fixture
def start(stop: threading.Event) -> Iterator[Callable[..., threading.Thread]]:
    """Start a thread of a function, a daemon unless told otherwise; joined at the end of the test."""
    threads = []

    def start(target: Callable, *args: object, daemon: bool = True, name: str | None = None) -> threading.Thread:
        thread = threading.Thread(target=target, args=args, daemon=daemon, name=name)
        thread.start()
        threads.append(thread)
        return thread

    yield start
    stop.set()
    for thread in threads:
        thread.join(5)


@pytest.fixture
def loop_in_thread(start: Callable) -> Iterator[asyncio.AbstractEventLoop]:
    """An event loop that runs in a thread of its own."""
    loop = asyncio.new_event_loop()
    thread = start(loop.run_forever)
    yield loop
    loop.call_soon_threadsafe(loop.stop)
    thread.join(5)
    loop.close()
