"""Finding what is alive and should not be."""

from __future__ import annotations

import asyncio
import re

# Bound here: a test may put a virtual clock or a mock in their places.
from asyncio import sleep as _let_run
from collections.abc import Callable, Collection, Iterator
from time import perf_counter as _clock
from time import sleep as _sleep
from types import ModuleType

from course.leaks import creation, machinery
from course.leaks.kinds import ALL, connections, executors, tasks, threads
from course.leaks.report import Leak, LeakError
from course.leaks.rules import Known, Rule

KINDS: tuple[str, ...] = tuple(ALL)
"""The kinds of leaks: the default of every `kinds=`."""

_TRIES = 20
_MOST_TRIES = 1000
_SECONDS = 1.0
_GROWTH = 1.5


def ignore_current() -> Rule:
    """Return a rule that ignores everything that is alive now, of every kind. It keeps nothing alive."""
    return Rule(known=Known([thing for _, things in _alive(KINDS) for thing in things], creation.next_epoch()))


def alive_since(*baselines: Rule) -> Known:
    """Return what is alive now, of every kind, and not in the `baselines`; a pool counts from its creation on."""
    known = [baseline.known for baseline in baselines if isinstance(baseline.known, Known)]
    epoch = max(baseline.epoch for baseline in known)
    found: list[object] = [*executors.created_since(epoch), *connections.created_since(epoch)]
    for _, things in _alive(KINDS):
        found += things
    for baseline in known:
        found = baseline.without(found)
    return Known(found, epoch=0)


def find(*rules: Rule, kinds: Collection[str] = KINDS, tries: int = _TRIES, seconds: float = _SECONDS) -> list[Leak]:
    """Return what is alive, is of one of `kinds` and is ignored by none of `rules`; [] if nothing is.

    The main thread, the thread and the task that ask, and what belongs to pytest, to a Jupyter kernel or to
    a debugger are no leaks. If something is found, it looks again up to `tries` times with pauses that
    grow, `seconds` in all, and returns what is found in the end; so it takes no time where nothing leaks.
    It does not pause for what cannot end meanwhile, such as a task of the loop that calls it: use
    `find_async` there.

    Raises ValueError for an unknown kind, `tries` below 0 or above 1000 and `seconds` below 0, TypeError for what is
    no rule.
    """
    check_arguments(rules, kinds, tries, seconds)
    search = _Search(rules, kinds, let_run=False)
    for pause in _pauses(tries, seconds):
        if not search.may_change():
            break
        _sleep(pause)
    return search.leaks()


async def find_async(
    *rules: Rule, kinds: Collection[str] = KINDS, tries: int = _TRIES, seconds: float = _SECONDS
) -> list[Leak]:
    """As `find`, but lets the running loop go on during the pauses."""
    check_arguments(rules, kinds, tries, seconds)
    if getattr(asyncio.get_running_loop(), "_ready", True):
        await _let_run(0)  # what is queued on the loop may be about to start something
    search = _Search(rules, kinds, let_run=True)
    for pause in _pauses(tries, seconds):
        if not search.may_change():
            break
        started = _clock()
        await _let_run(pause)
        # On a loop with virtual time that took no time, and threads need some.
        missing = pause - (_clock() - started)
        if missing > 0 and not search.is_of_loop:
            _sleep(missing)
    return search.leaks()


def verify_none(
    *rules: Rule,
    kinds: Collection[str] = KINDS,
    tries: int = _TRIES,
    seconds: float = _SECONDS,
    cleanup: Callable[[], object] | None = None,
) -> None:
    """Raise `LeakError` if `find` finds something. `cleanup` is called after that, in either case."""
    try:
        raise_for(find(*rules, kinds=kinds, tries=tries, seconds=seconds))
    finally:
        if cleanup is not None:
            cleanup()


async def verify_none_async(
    *rules: Rule,
    kinds: Collection[str] = KINDS,
    tries: int = _TRIES,
    seconds: float = _SECONDS,
    cleanup: Callable[[], object] | None = None,
) -> None:
    """Raise `LeakError` if `find_async` finds something. `cleanup` is called after that, in either case."""
    try:
        raise_for(await find_async(*rules, kinds=kinds, tries=tries, seconds=seconds))
    finally:
        if cleanup is not None:
            cleanup()


def raise_for(leaks: list[Leak]) -> None:
    """Raise `LeakError` if there are `leaks`."""
    if leaks:
        raise LeakError(leaks)


def check_arguments(rules: Collection[Rule], kinds: Collection[str], tries: int, seconds: float) -> None:
    """Raise TypeError for what is not a rule, ValueError for other arguments of `find` that make no sense."""
    if isinstance(kinds, str) or not set(kinds) <= set(KINDS):
        raise ValueError(f"kinds must be some of {KINDS}, not {kinds!r}")
    if not 0 <= tries <= _MOST_TRIES or seconds < 0:
        raise ValueError(f"tries must be 0 to {_MOST_TRIES}, seconds must not be negative: {tries=}, {seconds=}")
    for rule in rules:
        if not isinstance(rule, Rule):
            raise TypeError(f"not a rule: {rule!r}; rules are made by ignore() and ignore_current()")


def _pauses(tries: int, seconds: float) -> Iterator[float]:
    """`tries` growing pauses in seconds, `seconds` in all."""
    pause = seconds * (_GROWTH - 1) / (_GROWTH**tries - 1) if tries else 0.0
    for _ in range(tries):
        yield pause
        pause *= _GROWTH


class _Search:
    """One question, asked again and again."""

    def __init__(self, rules: Collection[Rule], kinds: Collection[str], let_run: bool) -> None:
        self._kinds = [name for name in KINDS if name in kinds]
        self._known = [rule.known for rule in rules if rule.known is not None]
        self._matches = [rule.matches for rule in rules if rule.matches is not None]
        self._let_run = let_run
        self.is_of_loop = False
        """Whether all that may end, as `may_change` has seen it, lives in an event loop."""
        self._is_clean = False
        self._first: Known | None = None
        """The tasks that there were when something was first found."""

    def leaks(self) -> list[Leak]:
        """Return what there is now; [] if `may_change` has just found nothing."""
        if self._is_clean:
            return []
        return sorted((leak for _, _, leak in self._unexplained()), key=_in_order)

    def may_change(self) -> bool:
        """Return whether there is something, and some of it may end while the caller pauses."""
        self._is_clean = self.is_of_loop = True
        may_change = False
        for kind, thing, _ in self._unexplained():
            self._is_clean = False
            if kind.may_end(thing, self._let_run):
                may_change = True
                self.is_of_loop = kind.in_loop(thing)
                if kind.ALL_IN_LOOP or not self.is_of_loop:
                    break
        if may_change and self._first is None:
            self._first = Known(tasks.every(), epoch=0)
        return may_change

    def _unexplained(self) -> Iterator[tuple[ModuleType, object, Leak]]:
        for kind, things in _alive(self._kinds):
            for known in self._known:
                things = known.without(things)
            if kind is tasks and self._first is not None:
                # On another thread's loop tasks come and go, a wide fixture's server's say: those that stay count.
                come = set(map(id, self._first.without(things)))
                things = [it for it in things if id(it) not in come or not tasks.runs_elsewhere(it)]
            for thing in things:
                leak = kind.leak(thing)
                if not machinery.owns(leak) and not any(matches(leak) for matches in self._matches):
                    yield kind, thing, leak


def _in_order(leak: Leak) -> tuple:
    """By kind, then by name, Task-9 before Task-10."""
    parts = re.split(r"(\d+)", leak.name)
    return KINDS.index(leak.kind), [(int(part), "") if part.isdigit() else (0, part) for part in parts]


def _alive(kinds: Collection[str]) -> Iterator[tuple[ModuleType, list[object]]]:
    claimed = executors.idle_of_loops() if threads.NAME in kinds else set()
    for name in kinds:
        yield ALL[name], list(ALL[name].alive(claimed))
