"""What the author of a check uses: declare an item, fail it with a message that teaches, judge a learner's test."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from autograder.item import Item
from autograder.run import learners_test
from autograder.run.places import where
from autograder.run.threads import is_virtual
from autograder.verdict import Failed

__all__ = ["Failed", "Implementation", "Task", "where"]

ITEM_SECONDS = 10.0
"""Real seconds that an item may take before it is stopped."""

TESTS_SECONDS = 30.0
"""The same where a learner's test is run again and again; each run has a limit of its own."""


@dataclass(frozen=True)
class Implementation:
    """An implementation that a learner's test is tried on.

    `names` maps names of the learner's module to what replaces them; a replacement with an attribute `called` sets it
    to True when it is called, so that a test that does not call it is told so. `passes` says whether a good test
    passes on it. `prepare`, a function or coroutine function without arguments, is called before the test.

    `races` are functions of a faulty one whose fault shows only where two threads meet in them. The test is run again
    and again, each time with one thread held up at another place in them, until it fails: a good one does.
    """

    description: str
    passes: bool
    names: Mapping[str, Any] = field(default_factory=dict)
    prepare: Callable[[], Any] | None = None
    races: tuple[Callable[..., Any], ...] = ()


class Task:
    """One task, declared once: its number, the names it needs, its clock. Its items are declared on it.

    >>> task = Task("6", needs=("Pool(size, handle)", "PoolClosed"))
    >>> @task.item("a")
    ... async def back_pressure(solution):
    ...     "`size` jobs run at once; further submits wait for room."

    `needs` are the names that the learner's module must define, those that are called with how: a missing name or a
    wrong signature is told in these words; `clock` is `"virtual"` or `"real"`. An item may
    differ from its task in either.

    `files` are files beside the notebook that are part of the solution, of any kind; a name that ends in `/` is a
    whole folder: `files=("project/",)`. Those that the learner hands in are in the current folder while a check runs,
    a new copy for each item. Such a task may do without a solution cell: the module is then empty.

    `provides` are names that the learner's module may use without defining them: what a learner's test is about.
    """

    def __init__(
        self,
        number: str,
        *,
        needs: tuple[str, ...] = (),
        files: tuple[str, ...] = (),
        provides: Mapping[str, Any] | None = None,
        clock: str = "virtual",
    ) -> None:
        if isinstance(files, str):
            raise TypeError(f"files is a tuple of names: write files=({files!r},)")
        self.number = number
        self._files = files
        self._provides = provides or {}
        self._needs = needs
        self._clock = clock
        self._module = sys._getframe(1).f_globals["__name__"]  # a choice has no function that would say it

    def item(
        self,
        letter: str,
        *,
        points: float = 2,
        needs: tuple[str, ...] | None = None,
        clock: str | None = None,
        seconds: float = ITEM_SECONDS,
        schedules: int = 1,
    ) -> Callable[[Callable[[Any], Any]], Item]:
        """Make a function the check of the item `letter` of this task.

        Its docstring is the item's title, the line that the learner reads. It is called with the learner's module,
        imported afresh in a process of its own, and raises `Failed` where the item does not hold. A coroutine
        function is run on an event loop. `seconds` is the real time that it may take.

        `schedules` is for what is about shared state: so many orders of the threads' steps are tried at most, each in
        a process of its own, until the item does not hold on one. A thread is interrupted wherever the learner's code
        touches what is shared, once the check has called `run.threads.begin_race()`. Keep such a check small.
        """

        def declare(check: Callable[[Any], Any]) -> Item:
            return self._declared(
                letter, check, points=points, needs=needs, clock=clock, seconds=seconds, schedules=schedules
            )

        return declare

    def manual(self, letter: str, *, points: float = 4) -> Callable[[Callable[[], None]], Item]:
        """Make a function's docstring the title of an item that a person grades."""

        def declare(check: Callable[[], None]) -> Item:
            return self._declared(letter, check, points=points, needs=(), grading="manual")

        return declare

    def choice(
        self, letter: str, name: str, title: str, *, right: str, reasons: Mapping[str, str], points: float = 1
    ) -> Item:
        """Declare an item that holds where `name` in the learner's module is one of the letters of `right`.

        `reasons` say of each other letter why it is not so, and not which letter is right.
        """

        def check(solution: Any) -> None:
            value = getattr(solution, name)
            chosen = value.strip().lower() if type(value) is str else ""
            letters = sorted([*right, *reasons])
            if chosen in [*right]:
                return
            if chosen in reasons:
                raise Failed(f"`{name}` is another letter.", f'it is "{chosen}". {reasons[chosen]}')
            seen = f"it is {value!r:.80}, which is none of them." if value else "nothing has been chosen yet."
            raise Failed(f"`{name}` is one of the letters {letters[0]} to {letters[-1]}, in quotes.", seen)

        check.__doc__ = title
        check.__module__ = self._module
        return self._declared(letter, check, points=points, needs=(name,), tracked=False, choice=name)

    def learners_test(
        self,
        letter: str,
        *,
        test: str,
        interface: str = "",
        hanging_fails: bool = False,
        points: float = 2,
        seconds: float = TESTS_SECONDS,
    ) -> Callable[[Callable[[], Iterable[Implementation]]], Item]:
        """Make a function that yields implementations the check of a test that the learner wrote.

        The learner's function `test` runs once on each of them, in a process of its own that nothing else has
        touched, and must pass and fail as they say. `interface` goes on "another `Heartbeat`, " in messages:
        "which has only the constructor and `close()`". With `hanging_fails` a test that does not end has failed.
        """

        def declare(implementations: Callable[[], Iterable[Implementation]]) -> Item:
            def check(solution: Any) -> None:
                for implementation in implementations():
                    _judge_test(solution, test, implementation, interface, hanging_fails)

            check.__doc__ = implementations.__doc__
            check.__module__ = implementations.__module__
            return self._declared(letter, check, points=points, needs=(test,), seconds=seconds, tracked=False)

        return declare

    def _declared(
        self,
        letter: str,
        check: Callable[..., Any],
        *,
        points: float,
        needs: tuple[str, ...] | None = None,
        clock: str | None = None,
        seconds: float = ITEM_SECONDS,
        schedules: int = 1,
        grading: str = "automatic",
        tracked: bool = True,
        choice: str = "",
    ) -> Item:
        id = f"{self.number}{letter}"
        title = " ".join((check.__doc__ or "").split())
        if not title:
            raise ValueError(f"the check of {id} has no docstring: the learner has nothing to read")
        package = sys.modules[check.__module__.rpartition(".")[0]]
        needs = self._needs if needs is None else needs
        clock = clock or self._clock
        how = (grading, needs, seconds, clock, schedules, tracked)
        return Item(id, package.SECTION, title, points, *how, self._files, self._provides, choice, check)


def _judge_test(solution: Any, test: str, implementation: Implementation, interface: str, hanging_fails: bool) -> None:
    if implementation.races and not is_virtual():
        return  # the machine decides whether two threads meet
    fails = ("failed", "endless") if hanging_fails else ("failed",)
    expected = ("passed",) if implementation.passes else fails
    for outcome in learners_test.runs(
        solution, test, implementation.names, implementation.prepare, implementation.races
    ):
        if outcome.kind in expected:
            return
    if outcome.kind == "passed":
        seen = outcome.text or "it passed: it does not notice what is wrong."
    elif outcome.kind == "failed":
        seen = f"it failed: {outcome.text.rstrip('.')}." if outcome.text else "it failed."
    else:
        seen = outcome.text
    swapped = " and ".join(f"`{name}`" for name in implementation.names)
    seen += f" Your test is run with another {swapped}{interface and f', {interface}'}."
    verb = "passes" if implementation.passes else "fails"
    place = outcome.place or where(getattr(solution, test))
    raise Failed(f"`{test}` {verb} where {implementation.description}.", seen, place)
