"""The pytest plugin: a test that is checked must leave nothing behind, nor must the session as a whole.

A test is checked if the nearest marker `leak_check` says so, or it uses the fixture `leak_check`, or else
if the command line (`--leaks`, `--no-leaks`) or the ini option `leaks` does. Its leaks are what was
started after its set-up began and is there after its tear-down. What a fixture of a wider scope started is
reported when it is still there after that fixture's own tear-down.
"""

from __future__ import annotations

import asyncio
import functools
import inspect
import itertools
from collections.abc import Generator
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

import pytest

from course.leaks import allow_list, loops
from course.leaks.kinds import connections
from course.leaks.report import Leak, LeakWarning, text_of
from course.leaks.rules import Known, Rule, only
from course.leaks.runners import closing_checked
from course.leaks.search import KINDS, alive_since, find, find_async, ignore_current
from course.leaks.tracking import tracking

_CHECKER = "course-leaks-checker"
_MOST_ENTRIES = 20
_OPTIONS = ("kinds", "tries", "seconds")
_IN_LOOP = ("task", "timer", "asyncgen", "server", "connection")


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("leaks", "tasks, threads and the like that tests leave behind")
    group.addoption("--leaks", dest="leaks", action="store_true", default=None, help="Check every test for leaks.")
    group.addoption(
        "--no-leaks",
        dest="leaks",
        action="store_false",
        help="Check only tests with the marker or fixture leak_check.",
    )
    group.addoption(
        "--leaks-after-failure",
        action="store_true",
        default=None,
        help="Check a test for leaks also if it has failed.",
    )
    group.addoption(
        "--leaks-warn",
        action="store_true",
        default=None,
        help="Only warn of what the tests checked leave behind.",
    )
    parser.addini("leaks", "Check every test for leaks.", type="bool", default=False)
    parser.addini("leaks_after_failure", "Check a test for leaks also if it has failed.", type="bool", default=False)
    parser.addini("leaks_warn", "Only warn of what the tests checked leave behind.", type="bool", default=False)
    parser.addini("leaks_seconds", "How long to wait for what is on its way out.", default="1.0")
    parser.addini("leaks_kinds", f"Kinds of leaks: some of {', '.join(KINDS)}.", type="args", default=[])


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers",
        "leak_check(*rules, enabled=True, after_failure=False, warn=False, kinds=…, tries=20, seconds=1.0): "
        "check that the test leaves no task, thread … behind; rules as made by course.leaks.ignore().",
    )
    config.pluginmanager.register(_Checker(config), _CHECKER)


@pytest.fixture
def leak_check(request: pytest.FixtureRequest) -> None:
    """Check that the test that uses this fixture leaves no task, thread … behind.

    Where another fixture asks for it with `getfixturevalue`, what counts is what is started from then on.
    """
    checker: Any = request.config.pluginmanager.get_plugin(_CHECKER)
    checker.check(request.node)


@dataclass
class _Window:
    """The time of one test, from before its set-up to after its tear-down."""

    item: pytest.Item
    baseline: Rule
    rules: tuple[Rule, ...]
    options: dict[str, Any]
    after_failure: bool
    warn: bool
    failed: bool = False
    found: list[Leak] = field(default_factory=list)


@dataclass
class _Fixture:
    """A fixture of a scope wider than a test: what it has started, and what of that was left on closed loops."""

    name: str
    started: Known
    found: list[Leak] = field(default_factory=list)


class _Checker:
    """The checks of one session."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._everywhere = bool(_setting(config, "leaks"))
        self._stack = ExitStack()
        self._start: Rule | None = None
        self._window: _Window | None = None
        self._error: BaseException | None = None
        # What fixtures of a scope wider than a test have started: while in use, and after their tear-down.
        self._fixtures: dict[Any, _Fixture] = {}
        self._released: list[_Fixture] = []
        self._reported: list[tuple[str, Known]] = []
        self._left: list[str] = []
        # Ready to be pasted into the allow list, each once, in the order of being found.
        self._entries: dict[str, None] = {}
        self._left_by_none = False
        self._options = _options(config)
        try:
            self._allowed = tuple(allow_list.read(config.rootpath / "pyproject.toml"))
        except allow_list.AllowListError as error:
            raise pytest.UsageError(str(error)) from None

    def _switch_on(self) -> None:
        if self._start is None:
            self._start = ignore_current()
            self._stack.enter_context(tracking())
            self._stack.enter_context(closing_checked(self._check_loop))

    # A test

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> Generator[None, None, None]:
        self._window = self._window_of(item, "leak_check" in getattr(item, "fixturenames", ()))
        yield

    def check(self, item: pytest.Item) -> None:
        """Check a test whose set-up has begun, unless it is checked already or its marker says not to."""
        if self._window is None:
            self._window = self._window_of(item, asked=True)

    def _window_of(self, item: pytest.Item, asked: bool) -> _Window | None:
        marker = item.get_closest_marker("leak_check")
        arguments = dict(marker.kwargs) if marker is not None else {}
        wanted = self._everywhere or marker is not None or asked
        if not arguments.pop("enabled", wanted):
            return None
        after_failure = arguments.pop("after_failure", _setting(self._config, "leaks_after_failure"))
        warn = arguments.pop("warn", _setting(self._config, "leaks_warn"))
        if unknown := set(arguments) - set(_OPTIONS):
            raise pytest.UsageError(f"{item.nodeid}: marker leak_check has no argument {', '.join(unknown)}")
        own = marker.args if marker is not None else ()
        for rule in own:
            if not isinstance(rule, Rule):
                raise pytest.UsageError(
                    f"{item.nodeid}: marker leak_check takes rules, made by course.leaks.ignore(), and not {rule!r}; "
                    f"kinds are given as kinds=[…], some of {', '.join(KINDS)}"
                )
        self._switch_on()
        rules = (*self._allowed, *own)
        return _Window(item, ignore_current(), rules, {**self._options, **arguments}, bool(after_failure), bool(warn))

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        report = yield
        expected = hasattr(report, "wasxfail")
        if self._window is not None and (report.failed or (report.skipped and expected)):
            self._window.failed = True
        if expected and call.excinfo is not None and call.excinfo.value is self._error:
            # The mark xfail is about the test, not about what it leaves behind.
            del report.wasxfail
            report.outcome = "failed"
        return report

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_teardown(self, item: pytest.Item) -> Generator[None, None, None]:
        try:
            yield
        except BaseException as error:
            window = self._window
            if window is not None and window.after_failure:
                for text in self._verdicts(window):
                    error.add_note(text)
            elif window is not None:
                self._note_failed(window)
            raise
        else:
            window = self._window
            if window is not None and window.failed and not window.after_failure:
                self._note_failed(window)
            elif window is not None and window.warn:
                for text in self._verdicts(window):
                    item.warn(LeakWarning(text))
            elif window is not None and (verdicts := self._verdicts(window)):
                self._error = pytest.fail.Exception("\n".join(verdicts), pytrace=False)
                raise self._error
        finally:
            self._window = None

    def _note_failed(self, window: _Window) -> None:
        """Keep what a failed test has left, to name the test if that is still there at the session's end."""
        self._reported.append((f"{window.item.nodeid}, which failed", alive_since(*self._baselines(window))))

    def _verdicts(self, window: _Window) -> list[str]:
        """What the test has left behind, and what fixtures that ended with it have; as texts."""
        leaks = find(*self._rules_of(window), **window.options)
        idle = [loop for leak in leaks if (loop := _idle_loop(leak)) is not None]
        if idle and inspect.iscoroutinefunction(getattr(window.item, "obj", None)):
            # The loop outlives the test, and stands still between tests: let the tasks end.
            leaks = idle[0].run_until_complete(find_async(*self._rules_of(window), **window.options))
        leaks = _joined(leaks, window.found)
        verdicts = []
        if leaks:
            verdicts.append(f"{window.item.nodeid} left behind: {self._text_of(leaks)}")
            self._reported.append((window.item.nodeid, alive_since(*self._baselines(window))))
        for fixture in self._released:
            left = _joined(find(only(fixture.started), *window.rules, **window.options), fixture.found)
            if left:
                verdicts.append(f"fixture {fixture.name} left behind after its tear-down: {self._text_of(left)}")
                self._reported.append((f"fixture {fixture.name}", fixture.started))
        self._released.clear()
        return verdicts

    def _text_of(self, leaks: list[Leak]) -> str:
        self._entries.update(dict.fromkeys(map(allow_list.entry_for, leaks)))
        return text_of(leaks)

    def _rules_of(self, window: _Window) -> tuple[Rule, ...]:
        return (*self._baselines(window), *window.rules)

    def _baselines(self, window: _Window) -> list[Rule]:
        """Rules for what is not the test's: it was there before, or a fixture of a wider scope has started it."""
        return [window.baseline, *(Rule(known=fixture.started) for fixture in self._all_fixtures())]

    def _all_fixtures(self) -> list[_Fixture]:
        return [*self._fixtures.values(), *self._released]

    async def _check_loop(self) -> None:
        """What the test, and fixtures, have left on the running loop, which is about to be closed."""
        window = self._window
        if window is None:
            return
        elsewhere = Rule(matches=functools.partial(_is_elsewhere, asyncio.get_running_loop()))
        options = {**window.options, "kinds": [kind for kind in window.options["kinds"] if kind in _IN_LOOP]}
        window.found += await find_async(elsewhere, *self._rules_of(window), **options)
        for fixture in self._all_fixtures():
            fixture.found += await find_async(elsewhere, only(fixture.started), *window.rules, **options)

    # Fixtures of a scope wider than a test

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: Any) -> Generator[None, object, object]:
        if self._start is None or fixturedef.scope == "function":
            return (yield)
        before = ignore_current()
        try:
            return (yield)
        finally:
            name = f"{fixturedef.argname!r} ({fixturedef.scope})"
            self._fixtures[fixturedef] = _Fixture(name, alive_since(before))

    @pytest.hookimpl
    def pytest_fixture_post_finalizer(self, fixturedef: Any) -> None:
        fixture = self._fixtures.pop(fixturedef, None)
        if fixture is not None:
            self._released.append(fixture)

    # The session

    @pytest.hookimpl
    def pytest_sessionstart(self) -> None:
        if self._everywhere and not self._runs_elsewhere():
            self._switch_on()

    def _runs_elsewhere(self) -> bool:
        """Whether the tests run in pytest-xdist's worker processes and not in this one."""
        return self._config.pluginmanager.hasplugin("dsession")

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if self._start is not None:
            with self._stack:
                self._look_at_the_rest()
        if hasattr(self._config, "workeroutput"):
            self._config.workeroutput["course-leaks"] = (self._left, self._left_by_none, list(self._entries))
        elif self._left_by_none and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def _look_at_the_rest(self) -> None:
        assert self._start is not None
        if not find(self._start, *self._allowed, **self._options):
            return
        options = {**self._options, "tries": 0}
        self._reported += [(f"fixture {fixture.name}", fixture.started) for fixture in self._released]
        for name, started in self._reported:
            left = find(only(started), *self._allowed, **options)
            if left:
                self._left.append(f"left by {name}: {self._text_of(left)}")
        if self._everywhere:
            reported = [Rule(known=started) for _, started in self._reported]
            left = find(self._start, *self._allowed, *reported, **options)
            if left:
                self._left.append(f"left by none of the tests checked: {self._text_of(left)}")
                self._left_by_none = not _setting(self._config, "leaks_warn")

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        left, by_none, entries = getattr(node, "workeroutput", {}).get("course-leaks", ([], False, []))
        self._entries.update(dict.fromkeys(entries))
        self._left += [f"[{node.gateway.id}] {text}" for text in left]
        self._left_by_none |= by_none

    @pytest.hookimpl
    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        if self._left:
            colour = "yellow" if _setting(self._config, "leaks_warn") else "red"
            terminalreporter.section("leaks that are still there at the end", **{colour: True})
            for text in self._left:
                terminalreporter.line(text)
        if self._entries:
            terminalreporter.section("leaks that may stay")
            terminalreporter.line("Put the entry of such a leak into pyproject.toml, and say why it may:")
            for entry in itertools.islice(self._entries, _MOST_ENTRIES):
                terminalreporter.line(f"\n{entry}")
            if len(self._entries) > _MOST_ENTRIES:
                terminalreporter.line(f"\n… and {len(self._entries) - _MOST_ENTRIES} more")


def _setting(config: pytest.Config, name: str) -> Any:
    given = config.getoption(name)
    return config.getini(name) if given is None else given


def _options(config: pytest.Config) -> dict[str, Any]:
    kinds = tuple(config.getini("leaks_kinds")) or KINDS
    if not set(kinds) <= set(KINDS):
        raise pytest.UsageError(f"leaks_kinds must be some of {', '.join(KINDS)}, not {' '.join(kinds)}")
    given = config.getini("leaks_seconds")
    try:
        seconds = float(given)
    except ValueError:
        seconds = -1
    if seconds < 0:
        raise pytest.UsageError(f"leaks_seconds must be a number from 0, not {given!r}")
    return {"kinds": kinds, "seconds": seconds}


def _joined(leaks: list[Leak], found: list[Leak]) -> list[Leak]:
    """`leaks`, and those that were found before and are not among them."""
    known = {id(leak.object) for leak in leaks if leak.object is not None}
    return leaks + [leak for leak in found if id(leak.object) not in known and leak not in leaks]


def _is_elsewhere(loop: asyncio.AbstractEventLoop, leak: Leak) -> bool:
    """Whether `leak`, of a kind that lives in event loops, is not on `loop`."""
    thing: Any = leak.object
    if leak.kind == "task":
        return thing is None or loops.of(thing) is not loop
    if leak.kind == "timer":
        return getattr(thing, "_loop", None) is not loop
    if leak.kind == "server":
        return not isinstance(thing, asyncio.Server) or thing.get_loop() is not loop
    if leak.kind == "connection":
        return not connections.is_on(loop, thing)
    return thing not in getattr(loop, "_asyncgens", (thing,))


def _idle_loop(leak: Leak) -> Any:
    """The loop of a task that leaks, if it could run but does not; else None."""
    if leak.kind != "task" or leak.object is None:
        return None
    loop = loops.of(leak.object)
    return loop if loop is not None and not loop.is_running() and not loop.is_closed() else None
