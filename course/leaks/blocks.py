"""`no_leaks`: a block or a function that must leave nothing behind."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Collection, Coroutine
from contextlib import ExitStack
from types import TracebackType
from typing import Any, ParamSpec, TypeVar

from course.leaks.report import Leak, text_of
from course.leaks.rules import Rule
from course.leaks.search import _SECONDS, _TRIES, KINDS, check_arguments, find, find_async, ignore_current, raise_for
from course.leaks.tracking import tracking

_P = ParamSpec("_P")
_R = TypeVar("_R")


class no_leaks:
    """Raise `LeakError` if what the block started is still there when it ends.

    Usable as `with`, `async with` (which lets the loop run while it waits) and as a decorator on
    `def` and `async def`. `tracking` is on in the block. If the block raises, nothing is
    checked; with `after_failure` it is checked all the same, and the leaks are added to the error as a
    note. The other arguments are those of `verify_none`, and are checked at once.
    """

    def __init__(
        self,
        *rules: Rule,
        kinds: Collection[str] = KINDS,
        tries: int = _TRIES,
        seconds: float = _SECONDS,
        cleanup: Callable[[], object] | None = None,
        after_failure: bool = False,
    ) -> None:
        check_arguments(rules, kinds, tries, seconds)
        self._rules = rules
        self._limits: dict[str, Any] = {"kinds": kinds, "tries": tries, "seconds": seconds}
        self._cleanup = cleanup
        self._after_failure = after_failure
        self._entered: list[tuple[ExitStack, Rule]] = []

    def __enter__(self) -> None:
        stack = ExitStack()
        stack.enter_context(tracking())
        if self._cleanup is not None:
            stack.callback(self._cleanup)
        self._entered.append((stack, ignore_current()))

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        stack, baseline = self._entered.pop()
        with stack:
            if self._wanted(error):
                self._report(find(baseline, *self._rules, **self._limits), error)

    async def __aenter__(self) -> None:
        self.__enter__()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        stack, baseline = self._entered.pop()
        with stack:
            if self._wanted(error):
                self._report(await find_async(baseline, *self._rules, **self._limits), error)

    def __call__(self, function: Callable[_P, _R]) -> Callable[_P, _R]:
        """`function`, each call of which is such a block.

        Raises TypeError for a class and for a generator function, whose body runs after the call of it.
        """
        if inspect.isclass(function) or inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
            raise TypeError(f"no_leaks decorates functions, not classes or generators: {function!r}")
        if inspect.iscoroutinefunction(function):

            @functools.wraps(function)
            async def call_async(*args: _P.args, **kwargs: _P.kwargs) -> Any:
                return await self._awaiting(function(*args, **kwargs))

            return call_async  # type: ignore[return-value]

        @functools.wraps(function)
        def call(*args: _P.args, **kwargs: _P.kwargs) -> _R:
            with self._again():
                result = function(*args, **kwargs)
            # Another decorator, or a static method, hides that it is a coroutine function.
            return self._awaiting(result) if inspect.iscoroutine(result) else result  # type: ignore[return-value]

        return call

    async def _awaiting(self, coroutine: Coroutine[Any, Any, Any]) -> Any:
        async with self._again():
            return await coroutine

    def _again(self) -> no_leaks:
        """One like this: calls of a decorated function may overlap."""
        return no_leaks(*self._rules, cleanup=self._cleanup, after_failure=self._after_failure, **self._limits)

    def _wanted(self, error: BaseException | None) -> bool:
        return error is None or self._after_failure

    def _report(self, leaks: list[Leak], error: BaseException | None) -> None:
        if error is None:
            raise_for(leaks)
        elif leaks:
            error.add_note(text_of(leaks))
