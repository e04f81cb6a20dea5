"""What a task waits in, of the library's functions.

    stuck = [task for task in started.alive() if waits_in(task, asyncio.Queue.put)]

A task that has ended waits in none.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from course.leaks.frames import stack_of_awaitable


def waits_in(task: asyncio.Task[Any], function: Callable[..., Any]) -> bool:
    """Whether the task is in a call of that coroutine function, of which it awaits the end."""
    stack, _ = stack_of_awaitable(task.get_coro())
    return any((frame.module, frame.qualname) == (function.__module__, function.__qualname__) for frame in stack)
