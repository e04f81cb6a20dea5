"""A recorded callable, to be passed to learners' code in the place of `fetch`, `handle`, `process`, `ping` or `fn`.

    fetch = AsyncStub("fetch(url)", latency=0.1, returns=lambda url: f"page of {url}")
    page = await solution.first(["a", "b"], fetch.function)
    fetch.calls[0].argument        # 'a'
    fetch.calls[1].ending          # 'returned', 'raised', 'cancelled', or 'in flight'

It can be held and let go, slowed, made to raise, and given a slow clean-up when it is cancelled.
"""

from __future__ import annotations

import asyncio
import inspect
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from math import inf
from typing import Any

from autograder.probes.equality import believed
from autograder.run.places import caller


@dataclass(eq=False)
class StubCall:
    """One call of a stub: when it began and ended (`inf`: not yet), and how.

    `ending` is `in flight`, `returned`, `raised` or `cancelled`; `cancelled_at` is when it first saw a
    `CancelledError` (`inf`: never) and `cancels` how many it saw; `runner` is the task or thread that ran it, and
    `runner_ended` when that task ended; `place` is the learner's line that called it, in words.
    """

    arguments: tuple[Any, ...]
    began: float
    runner: asyncio.Task[Any] | threading.Thread | None
    place: str
    ended: float = inf
    ending: str = "in flight"
    cancelled_at: float = inf
    cancels: int = 0
    runner_ended: float = inf
    release: Any = field(default=None, repr=False)

    @property
    def argument(self) -> Any:
        """The first argument."""
        return believed(self.arguments[0])

    @property
    def seconds(self) -> float:
        """How long it took; `inf` if it is in flight."""
        return self.ended - self.began


class _Recorder:
    """What both kinds of stub have in common.

    `signature` is how it is called: `fetch(url)`, `ping()`. `latency`, `returns` and `raises` are each a value or a
    function of the call's arguments; `raises` gives an exception or None. `held` calls wait, after their latency,
    until they are let go by `release` or `release_all`.
    """

    function: Callable[..., Any]
    _event: Callable[[], Any]

    def __init__(
        self,
        signature: str,
        *,
        latency: float | Callable[..., float] = 0.0,
        returns: Any = None,
        raises: BaseException | Callable[..., BaseException | None] | None = None,
        held: bool = False,
    ) -> None:
        self.name, _, parameters = signature.rstrip(")").partition("(")
        self.calls: list[StubCall] = []
        self._open: dict[StubCall, None] = {}
        self.most_at_once = 0
        self.held = held
        self._latency = latency
        self._returns = returns
        self._raises = raises
        self._released: list[Any] = []
        # Python's own words for a wrong call, with the stub's name.
        self._bind = eval(f"lambda {parameters}: ({parameters}{',' if parameters else ''})")
        self._bind.__qualname__ = self.name
        self.function.__signature__ = inspect.signature(self._bind)  # type: ignore[attr-defined]
        self.function.__name__ = self.function.__qualname__ = self.name  # as an error names it

    @property
    def in_flight(self) -> list[StubCall]:
        """The calls that have not ended."""
        return list(self._open)

    @property
    def arguments(self) -> list[Any]:
        """The first argument of each call, in the order in which the calls began."""
        return [call.argument for call in self.calls]

    @property
    def last_end(self) -> float:
        """When the last call ended; `inf` while one is in flight, `-inf` if there was none."""
        return max((call.ended for call in self.calls), default=-inf)

    def release(self, *arguments: Any) -> None:
        """Lets the calls with these first arguments end, now or when they come."""
        self._released += arguments
        self._let_go()

    def release_all(self) -> None:
        """Lets every call end, those to come as well."""
        self.held = False
        self._let_go()

    def _let_go(self) -> None:
        for call in self._open:
            if self._is_free(call):
                call.release.set()

    def _is_free(self, call: StubCall) -> bool:
        return not self.held or any(argument is call.argument for argument in self._released if call.arguments)

    def _begin(self, arguments: tuple[Any, ...], named: dict[str, Any], runner: Any) -> StubCall:
        call = StubCall(self._bind(*arguments, **named), _now(), runner, caller(), release=self._event())
        self.calls.append(call)
        self._open[call] = None
        self.most_at_once = max(self.most_at_once, len(self._open))
        return call

    def _end(self, call: StubCall, ending: str) -> None:
        call.ending, call.ended = ending, _now()
        del self._open[call]

    def _result(self, call: StubCall) -> Any:
        raised = _of(self._raises, call)
        self._end(call, "raised" if raised is not None else "returned")
        if raised is not None:
            raise raised
        return _of(self._returns, call)


class Stub(_Recorder):
    """A plain function. What it waits for, it waits for in the calling thread: on a loop, give it nothing to wait for.

    >>> handle = Stub("handle(job)", returns=len)
    >>> handle.function("job"), handle.arguments, handle.function.__name__
    (3, ['job'], 'handle')
    """

    _event = threading.Event

    def __init__(self, signature: str, **options: Any) -> None:
        self.function = lambda *arguments, **named: self._call(arguments, named)
        super().__init__(signature, **options)

    def _call(self, arguments: tuple[Any, ...], named: dict[str, Any]) -> Any:
        call = self._begin(arguments, named, threading.current_thread())
        if latency := _of(self._latency, call):
            time.sleep(latency)
        if not self._is_free(call):
            call.release.wait()
        return self._result(call)


class AsyncStub(_Recorder):
    """A coroutine function. A call that is cancelled takes `cleanup` seconds to end, unless it is cancelled again.

    >>> async def scenario():
    ...     fetch = AsyncStub("fetch(url)", held=True, cleanup=0.05)
    ...     task = asyncio.create_task(fetch.function("url"))
    ...     await asyncio.sleep(0)
    ...     task.cancel()
    ...     await asyncio.wait({task})
    ...     return fetch.calls[0].ending
    >>> asyncio.run(scenario())
    'cancelled'
    """

    _event = asyncio.Event

    def __init__(self, signature: str, *, cleanup: float | Callable[..., float] = 0.0, **options: Any) -> None:
        async def function(*arguments: Any, **named: Any) -> Any:
            return await self._call(arguments, named)

        self.function = function
        self._cleanup = cleanup
        super().__init__(signature, **options)

    async def _call(self, arguments: tuple[Any, ...], named: dict[str, Any]) -> Any:
        task = asyncio.current_task()
        call = self._begin(arguments, named, task)

        def note_end(_: object) -> None:
            call.runner_ended = _now()

        if task:
            task.add_done_callback(note_end)
        try:
            if latency := _of(self._latency, call):
                await asyncio.sleep(latency)
            if not self._is_free(call):
                await call.release.wait()
        except asyncio.CancelledError:
            call.cancels, call.cancelled_at = 1, _now()
            try:
                if cleanup := _of(self._cleanup, call):
                    await asyncio.sleep(cleanup)
            except asyncio.CancelledError:
                call.cancels += 1
                raise
            finally:
                self._end(call, "cancelled")
            raise
        return self._result(call)


def _of(value: Any, call: StubCall) -> Any:
    return value(*call.arguments) if callable(value) else value


def _now() -> float:
    loop = asyncio._get_running_loop()
    return loop.time() if loop else time.monotonic()
