"""Task 1.1, a sender on a full queue: `first(urls, fetch)` and its test, `test_first`."""

from __future__ import annotations

import asyncio
import gc
import inspect
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

from course import leaks

from autograder.checking import Failed, Implementation, item, learners_test, where

RACES = (
    (20,),
    (20, 50),
    (60, 20),
    (80, 40, 20, 60, 100),
    tuple(range(1010, 10, -10)),
    (0, 30, 10),
)
"""The latencies in ms of the URLs of each call: 1, 2, 5 and 100 of them, the fastest in every position."""

PROMPT = 0.010
"""Seconds that count as `at once`."""

PATIENCE = 1.0
"""Seconds that what is about to end is given to end."""


class Race:
    """One call of `first`: URLs with a latency each, and what became of their senders."""

    def __init__(self, name: str, latencies: tuple[int, ...]) -> None:
        self.latencies = {f"https://{name}.example/{ms}ms": ms / 1000 for ms in latencies}
        self.fastest = min(self.latencies, key=self.latencies.__getitem__)
        self.begun: dict[str, float] = {}
        self.senders: dict[asyncio.Task[Any], str] = {}

    @property
    def size(self) -> str:
        return "1 URL" if len(self.latencies) == 1 else f"{len(self.latencies)} URLs"

    async def fetch(self, url: str) -> str:
        self.begun.setdefault(url, _now())
        task = asyncio.current_task()
        assert task is not None
        self.senders[task] = url
        await asyncio.sleep(self.latencies[url])
        return self.page(url)

    def page(self, url: str) -> str:
        return f"page of {url}"

    async def run(self, first: Callable[..., Awaitable[str]]) -> tuple[Any, float]:
        """Calls `first`, waits until every fetch would be over, and returns its result and when it came."""
        start = _now()
        call = asyncio.create_task(_awaited(first(list(self.latencies), self.fetch)))
        call.add_done_callback(lambda _: setattr(self, "end", _now()))
        await asyncio.wait({call}, timeout=max(self.latencies.values()) + PATIENCE)
        if not call.done():
            seen = f"with {self.size}, it has not returned {PATIENCE:g} s after the last of them arrived."
            raise Failed("`first` returns.", seen, where(call))
        result = call.result()
        self.senders.pop(call, None)
        await asyncio.sleep(start + max(self.latencies.values()) + PROMPT - _now())
        return result, self.end - start


async def _awaited(result: Any) -> Any:
    if not inspect.isawaitable(result):
        raise Failed("`first` is an `async def`.", f"calling it gave {_quoted(result)}, which cannot be awaited.")
    return await result
