"""The tasks that the garbage collector destroys while they are pending: asyncio reports them to the loop."""

import asyncio
import weakref
from collections.abc import Callable
from typing import Any, ClassVar

from course.live.census import is_machinery, is_silent, make_silent, task_name


class Losses:
    """Calls `tell` with the name of each of the loop's tasks that is destroyed while pending, until `close()`.

    However many listen, the loop's `call_exception_handler` is wrapped once, and unwrapped when the last has closed.
    While one listens that is `heard`, because a plot shows what it is told, asyncio's default handler does not log it.
    """

    _listening: ClassVar[weakref.WeakKeyDictionary] = weakref.WeakKeyDictionary()  # loop: [Losses]

    def __init__(self, loop: asyncio.AbstractEventLoop | None, tell: Callable[[str], None], heard: bool = False):
        self._loop, self._tell, self._heard = loop, tell, heard
        if loop is None:
            return
        listeners = self._listening.setdefault(loop, [])
        listeners.append(self)
        if len(listeners) == 1:
            handle = loop.call_exception_handler

            def hear(context: dict) -> None:
                task: Any = context.get("task")
                destroyed = isinstance(task, asyncio.Task) and "destroyed" in context.get("message", "")
                if destroyed and not is_machinery(task):
                    for losses in tuple(listeners):
                        losses._tell(task_name(task))
                told = any(losses._heard for losses in listeners) and loop.get_exception_handler() is None
                if not destroyed or not (is_silent(task) or told):
                    handle(context)

            loop.call_exception_handler = hear  # type: ignore[method-assign]

    def close(self) -> None:
        if self._loop is None:
            return
        listeners = self._listening[self._loop]
        listeners.remove(self)
        if not listeners:
            del self._loop.call_exception_handler
            del self._listening[self._loop]
            for task in asyncio.all_tasks(self._loop):
                make_silent(task)
