"""The timers of the running loop: what `call_later`, `call_at` and `sleep` have scheduled.

    await Call(runner.close).returned()
    require(not timers_left(), "`close` leaves no timer.", "one is left.", *timers_left())

One that is cancelled, or has been called, is no longer left.
"""

from __future__ import annotations

import asyncio

from autograder.run.places import where


def timers_left() -> list[str]:
    """Where the callback of each timer is, in words; empty for a library's.

    While the check itself sleeps, in another task, its own timer is among them.
    """
    loop = asyncio.get_running_loop()
    handles = loop._scheduled  # type: ignore[attr-defined]
    return [where(handle._callback) for handle in handles if not handle.cancelled()]
