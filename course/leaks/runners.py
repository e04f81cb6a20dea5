"""Looking at a test's event loop just before its runner closes it, which cancels all that is left on it.

pytest-asyncio, anyio's pytest plugin and `unittest.IsolatedAsyncioTestCase` run a test on an
`asyncio.Runner` and close that when the test is over. A task that is left then has leaked, but is gone a
moment later.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from course.leaks.patches import Patch

# Where a runner is closed on behalf of a test. One that a test closes itself, by `anyio.run` say, is its own affair.
_RUNNERS_OF_TESTS = ("pytest_asyncio.", "anyio._backends._asyncio.TestRunner.", "unittest.async_case.")
_BETWEEN = ("asyncio", "contextlib", "course")

Check = Callable[[], Coroutine[Any, Any, None]]


@contextmanager
def closing_checked(check: Check) -> Iterator[None]:
    """While the block runs, run `check` on each loop that a test's runner is about to close."""
    on = True

    def wrap(original: Callable[[asyncio.Runner], None]) -> Callable[[asyncio.Runner], None]:
        def close(runner: asyncio.Runner) -> None:
            loop = getattr(runner, "_loop", None)
            if on and loop is not None and not loop.is_closed() and not loop.is_running() and _is_of_test():
                _run(loop, check())
            original(runner)

        return close

    patch = Patch(asyncio.Runner, "close", wrap)
    try:
        yield
    finally:
        on = False
        patch.remove()


def _run(loop: asyncio.AbstractEventLoop, check: Coroutine[Any, Any, None]) -> None:
    task = loop.create_task(check)
    while not task.done():
        try:
            loop.run_until_complete(task)
        except RuntimeError:
            # A callback that the test has left may stop the loop.
            if task.done() or loop.is_closed():
                raise


def _is_of_test() -> bool:
    """Whether the nearest caller outside asyncio is a runner of tests."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        module = str(frame.f_globals.get("__name__", ""))
        if module.partition(".")[0] not in _BETWEEN:
            return f"{module}.{frame.f_code.co_qualname}".startswith(_RUNNERS_OF_TESTS)
        frame = frame.f_back
    return False
