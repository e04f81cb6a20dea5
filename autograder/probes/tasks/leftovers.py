"""The property *nothing is left*: what a scenario started has ended when it is over.

    async with nothing_left("when `first` has returned and every fetch is over"):
        await Call(solution.first, urls, fetch.function).returned()

What counts is what `course.leaks` finds: tasks, threads, timers, executors, processes, async generators.
"""

from __future__ import annotations

import gc
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager

from autograder.probes.tasks.calls import own_tasks
from autograder.probes.words import names, require
from autograder.run.places import where
from course import leaks


@asynccontextmanager
async def nothing_left(when: str, grace: float = 1.0, kinds: Collection[str] = leaks.KINDS) -> AsyncIterator[None]:
    """Raises `Failed` if the block leaves anything behind that has not ended `grace` seconds after it.

    It looks before and after the collector has run: a verdict never hangs on when it does. The check's own calls do
    not count, nor do kinds of leaks that are not among `kinds`. If the block raises, nothing is looked for.
    """
    before = leaks.ignore_current()
    yield
    mine = leaks.Rule(matches=lambda leak: leak.object in own_tasks())
    found = await leaks.find_async(before, mine, kinds=kinds, seconds=grace)
    if not found:
        gc.collect()
        found = await leaks.find_async(before, mine, kinds=kinds, seconds=0)
    if found:
        require(False, f"{when}, nothing is left.", f"left behind: {names(found)}.", where(*found))
