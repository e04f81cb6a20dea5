"""The moment to act or to look: when something is so, and when it is worst to ask.

    await until(lambda: len(fetch.calls) == 5, within=1.0)
    await worst_moment(longer_than=0.1)
    call.cancel()

What is to be over by a moment is looked at then, and what took how long is read off a `Call` or a stub afterwards.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from autograder.probes.tasks.calls import PATIENCE

_LOOK = 0.001


async def until(holds: Callable[[], Any], within: float = PATIENCE) -> bool:
    """Waits until `holds()` is true, at most so many seconds; returns whether it is.

    It looks every millisecond, and less often the longer it lasts: an hour costs a few thousand looks.
    """
    loop = asyncio.get_running_loop()
    began = loop.time()
    while not (held := bool(holds())) and (waited := loop.time() - began) < within:
        await asyncio.sleep(min(max(_LOOK, waited / 1000), within - waited))
    return held


async def worst_moment(longer_than: float, within: float | None = None) -> None:
    """Returns just after somebody has begun to sleep for longer than that, if anybody does `within` so many seconds.

    By default that is twenty times as long.

    Whoever polls is then asked just after it has looked: it must not be lucky. Code that waits for what it is told
    sets no timers, and is asked `within` seconds from now.
    """
    loop = asyncio.get_running_loop()
    began = loop.create_future()
    call_at = loop.call_at

    def watching(when: float, *arguments: Any, **named: Any) -> asyncio.TimerHandle:
        if when - loop.time() > longer_than and not began.done():
            began.set_result(None)
        return call_at(when, *arguments, **named)

    within = 20 * longer_than if within is None else within
    own = loop.call_later(within, lambda: None if began.done() else began.set_result(None))
    loop.call_at = watching  # type: ignore[method-assign,assignment]
    try:
        await began
    finally:
        del loop.call_at
        own.cancel()
