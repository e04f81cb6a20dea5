"""One try of a learner's code in this process: run a check, or a test that the learner wrote, and word what came of it.

The process belongs to the try and ends with it.
"""

from __future__ import annotations

import asyncio
import inspect
import json
import os
import re
import signal
import sys
import types
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import nullcontext
from dataclasses import asdict, dataclass, replace

# Bound here, as learners' code may put others in the place of these.
from os import _exit, urandom, write
from typing import Any

from autograder.item import Item
from autograder.run import faults, learner, limits, needs, processes
from autograder.run.encoding import encoded
from autograder.run.marks import acts, changes
from autograder.run.recording import Recorder, look_before_each_turn
from autograder.run.threads import Deadlock, OutOfTime, guard, install, real
from autograder.run.threads.kernel import kernel
from autograder.run.threads.schedules import Schedule
from autograder.source import Source
from autograder.verdict import Failed
from course import leaks
from course.leaks import machinery, search

TEST_SECONDS = 4.0
"""Real seconds, and TEST_VIRTUAL_SECONDS virtual ones, that a learner's test may take on one implementation."""

TEST_VIRTUAL_SECONDS = 60.0

LONGEST_ERROR = 1000
"""Characters of what an exception says that are kept."""

PATIENT = (
    "it passed: `course.leaks` looks again for a second by default, which forgives what ends late. "
    "Give it `seconds=0`, as in `leaks.no_leaks(seconds=0)`."
)


scratch: tuple[str, ...] = ()
"""The folders in which one try may leave nothing for the next."""


class _NoEnd(BaseException):
    """A learner's test ran past its limit of virtual time."""


@dataclass(frozen=True)
class Outcome:
    """What came of a try. `kind` is `passed`, `failed`, `error`, or, for a learner's test, `endless` or `broken`."""

    kind: str
    text: str = ""
    place: str = ""
    recording: dict[str, Any] | None = None

    def message(self) -> str:
        return f"{self.text}\nWhere: {self.place}" if self.place else self.text


def run_check(
    item: Item,
    source: Source,
    imported: Callable[[], None],
    noticed: Callable[[str], None],
    schedule: Schedule | None,
    record: bool = False,
) -> Outcome:
    """Imports the learner's code and runs the item's check on it; calls `imported` in between. Never raises.

    `noticed` is told what a person should look at.

    Time is virtual, and the threads take turns as the schedule says; without one it is the machine's. With `record` a
    run on virtual time that fails comes with its recording.
    """
    recorder = None
    if schedule is not None:
        install.install(learner.files, schedule, trace=not inspect.iscoroutinefunction(item.run))
        if record:
            recorder = kernel.recorder = Recorder(lambda: kernel.now)
            look_before_each_turn(recorder)
    machinery.by_name = False
    with leaks.tracking() if item.tracked else nullcontext():
        before = changes.Before()
        _hide_the_grader()
        acts.watch(noticed)
        try:
            solution = learner.load(source, item.provides)
        except BaseException as error:
            return Outcome("error", _import_failure(error), learner.where(error))
        imported()
        faults.record_crashes()
        try:
            for need in item.needs:
                needs.require(solution, need)
        except Failed as error:  # nothing was run, so there is nothing to show of it
            return _failure(error)
        try:
            _call(item.run, solution)
        except BaseException as error:
            recording = recorder.recording(isinstance(error, Deadlock | OutOfTime)) if recorder else None
            return replace(_failure(error), recording=recording)
        if changed := before.changed():
            noticed(f"what the verdict depends on was changed: {', '.join(changed)}")
    return Outcome("passed")


def _hide_the_grader() -> None:
    """From now on the grader cannot be imported, as where it is not installed, and who tries is noticed."""
    modules: dict[str, Any] = sys.modules
    modules |= {name: None for name in modules if f"{name}.".startswith("autograder.")}


def clock() -> str:
    """The time that this process is on: `virtual`, `real`, or `mixed`."""
    if not kernel.installed:
        return "real"
    return "mixed" if kernel.real_waits else "virtual"


def fingerprint() -> str:
    """How often threads have taken turns in this process, and what the clock says; empty if not all is virtual."""
    return f"{kernel.switches} turns, {kernel.now:.6f} s" if clock() == "virtual" else ""


def run_test(solution: Any, test: str, names: Mapping[str, Any], prepare: Callable[[], Any] | None) -> Outcome:
    """Runs the learner's `test` in a forked process, with `names` put in the place of the learner's own.

    `passed` comes with a text where the test has not called one of them. `failed`: it raised an exception, as a failing
    test does. `endless`: it did not end. `broken`: it did neither pass nor fail.
    """
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
            outcome = _run_test(solution, test, names, prepare)
            write(writable, token + encoded(asdict(outcome)))
        finally:
            _exit(0)
    os.close(writable)
    try:
        ready, _, _ = real.select_([readable], [], [], TEST_SECONDS)
        if not ready:
            return Outcome("endless", f"it did not end within {TEST_SECONDS:g} s.")
        said = real.read(readable, 65536)
        if not said.startswith(token):
            return Outcome("broken", "it ended the whole process.")
        return Outcome(**json.loads(said.removeprefix(token)))
    finally:
        os.close(readable)
        os.kill(child, signal.SIGKILL)
        real.waitpid(child, 0)
        for folder, names_before in before.items():
            processes.clear(folder, names_before, None)
        if kernel.installed:
            guard.start()


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
            _call(prepared, returned)
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
        return Outcome("failed", _text(error), learner.where(error))
    except Exception as error:
        return Outcome("failed", _said(error), learner.where(error))
    except BaseException as error:
        # pytest.fail() raises such a one, and is a failure; pytest.skip(), SystemExit and the like are not.
        kind = "failed" if type(error).__name__ == "Failed" else "broken"
        return Outcome(kind, _said(error), learner.where(error))
    if paused:
        return Outcome("passed", PATIENT)
    unused = [name for name, replacement in names.items() if not getattr(replacement, "called", True)]
    return Outcome("passed", f"it passed without calling `{unused[0]}`." if unused else "")


def _disguise(replacement: Any, name: str) -> None:
    """Leave nothing on what is swapped in that says which version it is: names, modules, texts."""
    for thing in (replacement, *(vars(replacement).values() if isinstance(replacement, type) else ())):
        if isinstance(thing, types.FunctionType | type):
            own = name if thing is replacement else f"{name}.{thing.__name__}"
            thing.__name__, thing.__qualname__, thing.__module__ = own.rpartition(".")[2], own, learner.MODULE
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


def _call(function: Callable[..., Any], *arguments: Any) -> None:
    """Calls a function, or runs a coroutine function on a new loop."""
    if not inspect.iscoroutinefunction(function):
        function(*arguments)
        return
    ended = False

    async def whole() -> None:
        nonlocal ended
        await function(*arguments)
        ended = True

    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    # Not closed, and no clean-up of tasks: what is still alive may refuse to end, and the process ends anyway.
    try:
        loop.run_until_complete(whole())
        if not ended:
            raise Failed("the code leaves the tasks of others alone.", "it has ended the task that called it.")
    except Deadlock:
        waiting = [learner.where(task) for task in asyncio.all_tasks(loop)]
        raise Deadlock("; ".join(sorted({place for place in waiting if place}))) from None


_NOTEBOOKS_OWN = ("check", "hint", "solution", "replay", "quiz", "live", "display", "get_ipython")
"""Names that a notebook has, and a solution's module has not."""

_AWAITS = re.compile(r"'await' outside|asynchronous comprehension outside")


def _notebooks_own(error: BaseException) -> str:
    """What in the cell only a notebook knows, in words; empty if that is not what is wrong."""
    if isinstance(error, SyntaxError):
        line = (error.text or "").strip()
        if line.startswith(("%", "!", "?")) or line.endswith("?"):
            return f"`{line}`, a command to the notebook"
        return "an `await` outside of any function" if _AWAITS.match(error.msg) else ""
    if isinstance(error, NameError) and error.name in _NOTEBOOKS_OWN:
        return f"`{error.name}`, which only the notebook has"
    return "a call that asks for the notebook around it" if type(error).__name__ == "NoNotebook" else ""


def _import_failure(error: BaseException) -> str:
    if own := _notebooks_own(error):
        return (
            "Expected: plain Python, which can be imported.\n"
            f"Seen: {own}. Move it to a cell of its own, below the solution's."
        )
    if isinstance(error, SyntaxError):
        return f"Expected: plain Python, which can be imported.\nSeen: a syntax error: {error.msg}"
    if isinstance(error, ImportError) and (error.name or "").partition(".")[0] == "autograder":
        return (
            "Expected: the code can be imported.\nSeen: it imports `autograder`, which is not there for what it judges."
        )
    if isinstance(error, ImportError):
        return f"Expected: the code can be imported.\nSeen: an import failed: {_text(error)}"
    return f"Expected: the code can be imported.\nSeen: importing it raised {_said(error)}"


def _failure(error: BaseException) -> Outcome:
    if isinstance(error, MemoryError):
        return Outcome(
            "error",
            "Expected: the code ends, within its limits.\nSeen: it used up its memory limit.",
            learner.where(error),
        )
    if isinstance(error, RuntimeError) and str(error) == "can't start new thread":
        seen = f"the next thread could not be started; all stacks together may take {limits.MEMORY >> 30} GB."
        return Outcome("error", f"Expected: the code ends, within its limits.\nSeen: {seen}", learner.where(error))
    if hidden := faults.hidden_method():
        seen, place = hidden
        return Outcome("failed", f"Expected: no method of `threading.Thread` is hidden.\nSeen: {seen}", place)
    if isinstance(error, Failed):
        crash = faults.crash()
        ended = f"a thread had ended with {_said(crash)}: {learner.where(crash)}" if crash else ""
        also = [f"\nAlso: {fault}" for fault in (ended, faults.stopped_loop()) if fault]
        return Outcome("failed", f"{error}{''.join(also)}")
    if isinstance(error, Deadlock):
        seen = "a deadlock: all that is left waits, and nothing is left that could wake it."
        return Outcome("failed", f"Expected: the code ends.\nSeen: {seen}", str(error))
    if isinstance(error, OutOfTime):
        return Outcome("timeout", "Expected: the code ends.\nSeen: it worked on and on without ending.", str(error))
    if isinstance(error, SystemExit):
        seen = f"it called sys.exit({error.code!r})"
        return Outcome("error", f"Expected: the code returns.\nSeen: {seen}", learner.where(error))
    if isinstance(error, RecursionError):
        return Outcome(
            "failed", f"Expected: the code ends.\nSeen: a recursion without end: {error}", learner.where(error)
        )
    return Outcome("failed", f"Expected: no exception.\nSeen: {_said(error)}", learner.where(error))


def _said(error: BaseException) -> str:
    while isinstance(error, BaseExceptionGroup) and len(error.exceptions) == 1:
        error = error.exceptions[0]
    text = _text(error)
    said = f"{type(error).__name__}: {text}" if text else type(error).__name__
    # What other cells import and define is there in the notebook, and not here.
    alone = ". A solution is a module of its own: it imports or defines all that it uses" if _is_missing(error) else ""
    return f"{said}{alone}"


def _is_missing(error: BaseException) -> bool:
    return isinstance(error, NameError) and not isinstance(error, UnboundLocalError)


def _text(error: BaseException) -> str:
    try:
        text = str(error)
    except BaseException:  # the learner's, like the exception itself
        return ""
    if len(text) > LONGEST_ERROR:
        return f"{text[:LONGEST_ERROR]}… ({len(text)} characters)"
    return text
