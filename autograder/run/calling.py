"""Calling a function of a check's or a learner's, on an event loop if it is a coroutine function."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable
from typing import Any

from autograder.run import places
from autograder.run.threads import Deadlock
from autograder.verdict import Failed


def call(function: Callable[..., Any], *arguments: Any) -> None:
    """Calls a function, or runs a coroutine function on a new loop."""
    if not inspect.iscoroutinefunction(function):
        function(*arguments)
        return
    ended = False

    async def whole() -> None:
        nonlocal ended
        await function(*arguments)
        ended = True

    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    # Not closed, and no clean-up of tasks: what is still alive may refuse to end, and the process ends anyway.
    try:
        loop.run_until_complete(whole())
        if not ended:
            raise Failed("the code leaves the tasks of others alone.", "it has ended the task that called it.")
    except Deadlock:
        waiting = [places.where(task) for task in asyncio.all_tasks(loop)]
        raise Deadlock("; ".join(sorted({place for place in waiting if place}))) from None
