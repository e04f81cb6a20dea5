"""Running a test that the learner wrote, with other implementations in the place of the learner's own."""

from __future__ import annotations

import asyncio
import inspect
import json
import os
import signal
import types
from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping
from dataclasses import asdict
from functools import partial

# Bound here, as learners' code may put others in the place of these.
from os import _exit, urandom, write
from typing import Any

from autograder.run import loading, places, processes
from autograder.run.calling import call
from autograder.run.encoding import encoded
from autograder.run.outcome import Outcome, said, text_of
from autograder.run.threads import Deadlock, OutOfTime, guard, real
from autograder.run.threads.kernel import kernel
from autograder.run.threads.schedules import Interrupt, rebound_in
from course.leaks import search

TEST_SECONDS = 4.0
"""Real seconds, and TEST_VIRTUAL_SECONDS virtual ones, that a learner's test may take on one implementation."""

TEST_VIRTUAL_SECONDS = 60.0

PATIENT = (
    "it passed: `course.leaks` looks again for a second by default, which forgives what ends late. "
    "Give it `seconds=0`, as in `leaks.no_leaks(seconds=0)`."
)


scratch: tuple[str, ...] = ()
"""The folders in which one try may leave nothing for the next."""


class _NoEnd(BaseException):
    """A learner's test ran past its limit of virtual time."""


def runs(
    solution: Any,
    test: str,
    names: Mapping[str, Any],
    prepare: Callable[[], Any] | None,
    races: Collection[Callable[..., Any]] = (),
) -> Iterator[Outcome]:
    """Runs the learner's `test` with `names` put in the place of the learner's own, each time in a forked process.

    First as it comes; then, where there are `races`, once for each place in these functions, with one thread held up
    there while the others go on.

    `passed` comes with a text where the test has not called one of them. `failed`: it raised an exception, as a failing
    test does. `endless`: it did not end. `broken`: it did neither pass nor fail.
    """
    run = partial(_run_test, solution, test, names, prepare)
    outcome, _ = _forked(run)
    yield outcome
    rebound_in(function.__globals__["__file__"] for function in races)  # once, and not in each process
    number = places = 1
    while races and number <= places:
        outcome, places = _forked(partial(_race, run, races, number))
        yield outcome
        number += 1


def _forked(run: Callable[[], Outcome]) -> tuple[Outcome, int]:
    """Return what came of it, and how many places there were to hold up a thread at."""
    if kernel.installed:
        guard.stop()
    token = urandom(16)
    before = {folder: set(os.listdir(folder)) for folder in scratch}
    readable, writable = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(readable)
            os.setpgid(0, 0)
            outcome = run()
            write(writable, token + encoded({"outcome": asdict(outcome), "places": kernel.schedule.points[0]}))
        finally:
            _exit(0)
    os.close(writable)
    try:
        ready, _, _ = real.select_([readable], [], [], TEST_SECONDS)
        if not ready:
            return Outcome("endless", f"it did not end within {TEST_SECONDS:g} s."), 0
        said = real.read(readable, 65536)
        if not said.startswith(token):
            return Outcome("broken", "it ended the whole process."), 0
        heard = json.loads(said.removeprefix(token))
        return Outcome(**heard["outcome"]), heard["places"]
    finally:
        os.close(readable)
        os.kill(child, signal.SIGKILL)
        real.waitpid(child, 0)
        for folder, names_before in before.items():
            processes.clear(folder, names_before, None)
        if kernel.installed:
            guard.start()


def _race(run: Callable[[], Outcome], races: Collection[Callable[..., Any]], number: int) -> Outcome:
    """Runs it with one thread held up at the `number`th place in these functions."""
    kernel.own_files = kernel.own_files | {function.__globals__["__file__"] for function in races}
    kernel.schedule = Interrupt(number, within={function.__code__ for function in races})
    kernel.begin_race()
    return run()


def _run_test(solution: Any, test: str, names: Mapping[str, Any], prepare: Callable[[], Any] | None) -> Outcome:
    function = getattr(solution, test)
    # The test may lie in another file than the module that imports it.
    for namespace in (vars(solution), getattr(inspect.unwrap(function), "__globals__", {})):
        for name, replacement in names.items():
            _disguise(replacement, name)
            own = namespace.get(name)
            aliases = [alias for alias, value in namespace.items() if own is not None and value is own]
            namespace.update(dict.fromkeys([name, *aliases], replacement))
            for derived in list(namespace.values()):
                if isinstance(derived, type) and own in derived.__bases__ and derived is not replacement:
                    derived.__bases__ = tuple(replacement if base is own else base for base in derived.__bases__)
            _forward(own, replacement)

    async def prepared(test: Awaitable[Any]) -> None:
        if preparation is not None:
            await preparation
        running = asyncio.ensure_future(test)
        await asyncio.wait({running}, timeout=TEST_VIRTUAL_SECONDS)
        if not running.done():
            raise _NoEnd
        running.result()

    paused = _watch_pauses()
    try:
        preparation = prepare() if prepare is not None else None
        asyncio.set_event_loop(asyncio.new_event_loop())
        # Called without a running loop: a plain function may run its own, on which there is nothing to prepare.
        returned = function()
        if inspect.isgenerator(returned) or inspect.isasyncgen(returned):
            return Outcome("broken", "it contains `yield`: a call of it runs nothing.")
        if inspect.isawaitable(returned):
            call(prepared, returned)
        elif inspect.iscoroutine(preparation):
            preparation.close()
    except _NoEnd:
        return Outcome("endless", f"it did not end within {TEST_VIRTUAL_SECONDS:g} s.")
    except Deadlock as deadlock:
        return Outcome("endless", "it waits for something that never comes.", str(deadlock))
    except OutOfTime as error:
        return Outcome("endless", "it worked on and on without ending.", str(error))
    except AssertionError as error:
        # The line is named, so the error's own words are all there is to add.
        return Outcome("failed", _without_traceback(text_of(error)), places.where(error))
    except Exception as error:
        return Outcome("failed", said(error), places.where(error))
    except BaseException as error:
        # pytest.fail() raises such a one, and is a failure; pytest.skip(), SystemExit and the like are not.
        kind = "failed" if type(error).__name__ == "Failed" else "broken"
        return Outcome(kind, said(error), places.where(error))
    if paused:
        return Outcome("passed", PATIENT)
    unused = [name for name, replacement in names.items() if not getattr(replacement, "called", True)]
    return Outcome("passed", f"it passed without calling `{unused[0]}`." if unused else "")


def _without_traceback(text: str) -> str:
    """What an error says, where a test quotes it with its traceback, as `unittest` gives it."""
    if not text.startswith("Traceback "):
        return text
    last = text.rpartition("\n  File ")[2].splitlines()[1:]
    return "\n".join(line for line in last if not line.startswith(" ")).removeprefix("AssertionError: ")


def _disguise(replacement: Any, name: str) -> None:
    """Leave nothing on what is swapped in that says which version it is: names, modules, texts."""
    for thing in (replacement, *(vars(replacement).values() if isinstance(replacement, type) else ())):
        if isinstance(thing, types.FunctionType | type):
            own = name if thing is replacement else f"{name}.{thing.__name__}"
            thing.__name__, thing.__qualname__, thing.__module__ = own.rpartition(".")[2], own, loading.MODULE
            thing.__doc__ = None


def _watch_pauses() -> list[float]:
    """What fills with the pauses, in seconds, that the leak checker makes from now on, to look again."""
    made: list[float] = []
    pauses = search._pauses

    def noted(tries: int, seconds: float) -> Iterator[float]:
        for pause in pauses(tries, seconds):
            yield pause
            made.append(pause)

    search._pauses = noted
    return made


def _forward(own: Any, replacement: Callable[..., Any]) -> None:
    """Makes the learner's function call `replacement`: the test may know it by more than its name, as by a partial."""
    if isinstance(own, types.FunctionType) and own is not replacement and not own.__code__.co_freevars:
        own.__code__ = (_forwarding_async if inspect.iscoroutinefunction(replacement) else _forwarding).__code__
        own.__defaults__, own.__kwdefaults__ = None, {"_replacement": replacement}


async def _forwarding_async(*args: Any, _replacement: Callable[..., Awaitable[Any]], **named: Any) -> Any:
    return await _replacement(*args, **named)


def _forwarding(*args: Any, _replacement: Callable[..., Any], **named: Any) -> Any:
    return _replacement(*args, **named)
