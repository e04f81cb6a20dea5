"""What the author of a check uses: declare an item, fail it with a message that teaches, judge a learner's test."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from autograder import trial
from autograder.items import Item
from autograder.learner import where
from autograder.verdict import Failed

__all__ = ["Failed", "Implementation", "item", "learners_test", "manual", "retried", "where"]

ITEM_SECONDS = 10.0
"""Real seconds that an item may take before it is stopped."""

TESTS_SECONDS = 30.0
"""The same where a learner's test is run again and again; each run has a limit of its own."""


def item(
    id: str, *, points: float = 2, needs: tuple[str, ...] = (), seconds: float = ITEM_SECONDS
) -> Callable[[Callable[[Any], Any]], Item]:
    """Makes a function the check of the item `id`.

    Its docstring is the item's title, the line that the learner reads. It is called with the learner's module,
    imported afresh in a process of its own, and raises `Failed` where the item does not hold. A coroutine function
    runs on virtual time, any other in real time.
    """

    def declare(check: Callable[[Any], Any]) -> Item:
        virtual = inspect.iscoroutinefunction(check)
        return _declared(id, check, points=points, needs=needs, seconds=seconds, virtual=virtual)

    return declare


def manual(id: str, *, points: float) -> Callable[[Callable[[], None]], Item]:
    """Makes a function's docstring the title of an item that a person grades."""

    def declare(check: Callable[[], None]) -> Item:
        return _declared(id, check, points=points, grading="manual")

    return declare


@dataclass(frozen=True)
class Implementation:
    """An implementation that a learner's test is tried on.

    `names` maps names of the learner's module to what replaces them; a replacement with an attribute `called` sets it
    to True when it is called, so that a test that does not call it is told so. `passes` says whether a good test
    passes on it. `prepare`, a function or coroutine function without arguments, is called before the test.
    """

    description: str
    passes: bool
    names: Mapping[str, Any] = field(default_factory=dict)
    prepare: Callable[[], Any] | None = None


def learners_test(
    id: str, *, test: str, points: float = 2, virtual: bool = False, seconds: float = TESTS_SECONDS
) -> Callable[[Callable[[], Iterable[Implementation]]], Item]:
    """Makes a function that yields implementations the check of a test that the learner wrote.

    The learner's function `test` runs once on each of them, in a process of its own that nothing else has touched,
    and must pass and fail as they say. `virtual` puts it on virtual time.
    """

    def declare(implementations: Callable[[], Iterable[Implementation]]) -> Item:
        def check(solution: Any) -> None:
            for implementation in implementations():
                _judge_test(solution, test, implementation)

        check.__doc__ = implementations.__doc__
        check.__module__ = implementations.__module__
        return _declared(id, check, points=points, needs=(test,), seconds=seconds, virtual=virtual, tracked=False)

    return declare


def retried(attempt: Callable[[], None], times: int = 3) -> None:
    """Calls `attempt` until it holds, at most `times`; raises the last `Failed`.

    For what is timed on the real clock: a busy machine can be late once, wrong code is late every time.
    """
    for remaining in reversed(range(times)):
        try:
            return attempt()
        except Failed:
            if not remaining:
                raise


def _judge_test(solution: Any, test: str, implementation: Implementation) -> None:
    outcome = trial.run_test(solution, test, implementation.names, implementation.prepare)
    if outcome.kind == ("passed" if implementation.passes else "failed"):
        return
    if outcome.kind == "passed":
        seen = outcome.text or "it passed: it does not notice what is wrong."
    elif outcome.kind == "failed":
        seen = f"it failed: {outcome.text}" if outcome.text else "it failed."
    else:
        seen = outcome.text
    verb = "passes" if implementation.passes else "fails"
    place = outcome.place or where(getattr(solution, test))
    raise Failed(f"`{test}` {verb} where {implementation.description}.", seen, place)


def _declared(
    id: str,
    check: Callable[..., Any],
    *,
    points: float,
    needs: tuple[str, ...] = (),
    seconds: float = ITEM_SECONDS,
    grading: str = "automatic",
    virtual: bool = False,
    tracked: bool = True,
) -> Item:
    title = " ".join((check.__doc__ or "").split())
    if not title:
        raise ValueError(f"the check of {id} has no docstring: the learner has nothing to read")
    package = sys.modules[check.__module__.rpartition(".")[0]]
    return Item(id, package.SECTION, title, points, grading, needs, seconds, virtual, tracked, check)
