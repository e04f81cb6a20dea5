"""Which tasks run in an `asyncio.TaskGroup`.

    in_group = group_membership()
    fetch = AsyncStub("fetch(url)", returns=lambda url: in_group())

It does not matter under what name, as which subclass or on which exit stack the group was entered.
"""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Callable
from typing import Any


def group_membership() -> Callable[[], bool]:
    """A function that tells whether the task that calls it, or one it comes from, was started by a task group.

    It knows of the tasks that are started from now on. Nothing is put back: the process ends with the check.
    """
    member = contextvars.ContextVar("member", default=False)
    create_task = asyncio.TaskGroup.create_task

    def create_member(
        group: asyncio.TaskGroup, coroutine: Any, *, context: contextvars.Context | None = None, **options: Any
    ) -> asyncio.Task[Any]:
        context = context or contextvars.copy_context()
        context.run(member.set, True)
        return create_task(group, coroutine, context=context, **options)

    asyncio.TaskGroup.create_task = create_member  # type: ignore[method-assign,assignment]
    return member.get
