"""The tasks that learners' code has started since a moment.

    started = Started()
    await Call(solution.first, urls, fetch.function).returned()
    started.alive()

They are what it has started and what has not ended yet.
"""

from __future__ import annotations

import asyncio
from typing import Any

from autograder.probes.tasks.calls import own_tasks


class Started:
    """The tasks that have come since it was made; the check's own, those of its calls included, do not count."""

    def __init__(self) -> None:
        self._before = asyncio.all_tasks()

    def alive(self) -> list[asyncio.Task[Any]]:
        """Those that have not ended, the oldest name first."""
        tasks = asyncio.all_tasks() - self._before - own_tasks() - {asyncio.current_task()}
        return sorted(tasks, key=lambda task: (len(task.get_name()), task.get_name()))
