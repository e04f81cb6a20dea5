"""The pytest plugin, in sessions of their own."""

from functools import partial

import pytest

pytest_plugins = ["pytester"]

LEAKY = """
import threading, time

def test_leaky():
    threading.Thread(target=time.sleep, args=(5,), daemon=True).start()

def test_fine():
    thread = threading.Thread(target=time.sleep, args=(0.02,))
    thread.start()
"""


@pytest.fixture
def session_with_all_plugins(pytester):
    """Run pytest in a process of its own, with all plugins and a short wait for what is on its way out."""
    pytester.makeini(
        "[pytest]\nleaks_seconds = 0.2\nasyncio_default_fixture_loop_scope = function\nasyncio_mode = strict\n"
    )

    def run(*arguments: str, **files: str):
        for name, text in files.items():
            pytester.makepyfile(**{name: text})
        return pytester.runpytest_subprocess("-p", "no:cacheprovider", *arguments)

    return run


@pytest.fixture
def session(session_with_all_plugins):
    """The same without the plugins of others, which take most of the time of a short session."""
    return partial(session_with_all_plugins, "--disable-plugin-autoload", "-p", "course.leaks.pytest_plugin")


def test_it_is_off_unless_asked_for(session_with_all_plugins):
    session_with_all_plugins(test_it=LEAKY).assert_outcomes(passed=2)


def test_a_leak_is_reported_against_the_test_that_caused_it_and_still_at_the_end(session):
    result = session("--leaks", test_it=LEAKY)
    result.assert_outcomes(passed=2, errors=1)
    result.stdout.fnmatch_lines(
        [
            "*ERROR at teardown of test_leaky*",
            "test_it.py::test_leaky left behind: 1 leak found",
            "*created at test_it.py:4 in test_leaky: threading.Thread(*",
            "*leaks that are still there at the end*",
            "left by test_it.py::test_leaky: 1 leak found",
            "ERROR test_it.py::test_leaky*",
        ]
    )
    assert result.ret == pytest.ExitCode.TESTS_FAILED


def test_the_ini_option_switches_it_on_and_the_command_line_off(session, pytester):
    pytester.makeini("[pytest]\nleaks = true\nleaks_seconds = 0.2\n")
    session(test_it=LEAKY).assert_outcomes(passed=2, errors=1)
    session("--no-leaks").assert_outcomes(passed=2)


def test_a_fixture_may_ask_for_it_while_the_test_is_set_up(session, pytester):
    pytester.makeconftest(
        "import pytest\n\n@pytest.fixture(autouse=True)\ndef check(request):\n"
        "    if not request.node.name.startswith('test_free'):\n        request.getfixturevalue('leak_check')\n"
    )
    result = session(test_it=f"{LEAKY}\ntest_free = test_leaky\n")
    result.assert_outcomes(passed=3, errors=1)
    result.stdout.fnmatch_lines(["*ERROR at teardown of test_leaky*"])


def test_a_conftest_switches_it_on_for_its_package_only(session, pytester):
    for package in ("checked", "unchecked"):
        pytester.mkpydir(package)
        (pytester.path / package / f"test_{package}.py").write_text(LEAKY)
    (pytester.path / "checked" / "conftest.py").write_text(
        "import pytest\n\n@pytest.fixture(autouse=True)\ndef check(leak_check):\n    pass\n"
    )
    result = session()
    result.assert_outcomes(passed=4, errors=1)
    result.stdout.fnmatch_lines(["ERROR checked/test_checked.py::test_leaky*"])


def test_a_module_a_class_or_a_test_is_marked(session):
    leak = "threading.Thread(target=time.sleep, args=(5,), daemon=True).start()"
    result = session(
        test_module=f"import threading, time, pytest\npytestmark = pytest.mark.leak_check\ndef test_m():\n    {leak}\n",
        test_class=(
            "import threading, time, pytest\n@pytest.mark.leak_check\nclass TestIt:\n"
            f"    def test_c(self):\n        {leak}\ndef test_other():\n    {leak}\n"
        ),
        test_one=(
            f"import threading, time, pytest\n@pytest.mark.leak_check\ndef test_o():\n    {leak}\n"
            f"def test_f(leak_check):\n    {leak}\ndef test_other():\n    {leak}\n"
        ),
    )
    result.assert_outcomes(passed=6, errors=4)
    for name in (
        "test_module.py::test_m",
        "test_class.py::TestIt::test_c",
        "test_one.py::test_o",
        "test_one.py::test_f",
    ):
        result.stdout.fnmatch_lines([f"ERROR {name}*"])


def test_a_marker_takes_rules_and_kinds_and_switches_off(session):
    leak = "threading.Thread(target=time.sleep, args=(5,), daemon=True, name='known').start()"
    head = "import threading, time, pytest\nfrom course import leaks\n"
    result = session(
        "--leaks",
        test_it=(
            f"{head}@pytest.mark.leak_check(leaks.ignore(name='known'))\ndef test_rule():\n    {leak}\n"
            f"@pytest.mark.leak_check(kinds=['task'])\ndef test_kinds():\n    {leak}\n"
            f"@pytest.mark.leak_check(enabled=False)\ndef test_off():\n    {leak}\n"
        ),
    )
    result.assert_outcomes(passed=3)


def test_it_may_only_warn(session, pytester):
    result = session("--leaks", "--leaks-warn", "-rA", test_it=LEAKY)
    result.assert_outcomes(passed=2)
    assert result.ret == pytest.ExitCode.OK
    result.stdout.fnmatch_lines(
        [
            "*warnings summary*",
            "*LeakWarning: test_it.py::test_leaky left behind: 1 leak found",
            "*created at test_it.py:4 in test_leaky: threading.Thread(*",
            "*leaks that may stay*",
        ]
    )
    strict = session("--leaks", "--leaks-warn", "-W", "error::course.leaks.LeakWarning", test_it=LEAKY)
    strict.assert_outcomes(passed=2, errors=1)
    pytester.makeini("[pytest]\nleaks = true\nleaks_warn = true\nleaks_seconds = 0.1\n")
    session(test_it=LEAKY).assert_outcomes(passed=2)


def test_what_is_left_by_no_test_is_no_failure_where_it_only_warns(session):
    at_import = "import threading, time\nthreading.Thread(target=time.sleep, args=(5,), daemon=True).start()\n"
    result = session("--leaks", "--leaks-warn", test_it=at_import + "def test_fine(): pass\n")
    assert result.ret == pytest.ExitCode.OK
    result.stdout.fnmatch_lines(["left by none of the tests checked: 1 leak found"])


def test_a_clean_up_after_the_check_sees_the_exit_code(session):
    conftest = """
import pytest

@pytest.hookimpl(wrapper=True)
def pytest_sessionfinish(session):
    yield
    print("exit code", int(session.exitstatus))
"""
    at_import = "import threading, time\nthreading.Thread(target=time.sleep, args=(5,), daemon=True).start()\n"
    session("--leaks", "-s", conftest=conftest, test_it="def test_fine(): pass\n").stdout.fnmatch_lines(
        ["*exit code 0*"]
    )
    leaky = session("--leaks", "-s", conftest=conftest, test_it=at_import + "def test_fine(): pass\n")
    leaky.stdout.fnmatch_lines(["*exit code 1*"])


def test_an_unknown_argument_of_the_marker_is_refused(session):
    result = session(test_it="import pytest\n@pytest.mark.leak_check(kind='task')\ndef test_it():\n    pass\n")
    result.stdout.fnmatch_lines(["*marker leak_check has no argument kind*"])


@pytest.mark.parametrize(
    ("ini", "message"),
    [("leaks_kinds = thraed", "leaks_kinds must be"), ("leaks_seconds = soon", "leaks_seconds must be")],
)
def test_an_ini_option_that_makes_no_sense_is_refused(session, pytester, ini, message):
    pytester.makeini(f"[pytest]\n{ini}\n")
    result = session(test_it=LEAKY)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"*{message}*"])


ASYNC_LEAK = "task = asyncio.create_task(asyncio.Event().wait())\n"


def test_with_pytest_asyncio(session_with_all_plugins):
    """A function's loop is closed after the test, which cancels what is left; a module's loop is not."""
    result = session_with_all_plugins(
        "--leaks",
        test_it=f"""
            import asyncio, pytest, pytest_asyncio

            @pytest.mark.asyncio
            async def test_leaky():
                {ASYNC_LEAK}
            @pytest.mark.asyncio
            async def test_fine():
                task = asyncio.create_task(asyncio.sleep(0.02))

            @pytest.mark.asyncio(loop_scope="module")
            async def test_leaky_module():
                {ASYNC_LEAK}
            @pytest.mark.asyncio(loop_scope="module")
            async def test_fine_module():
                task = asyncio.create_task(asyncio.sleep(0.02))

            @pytest_asyncio.fixture
            async def service():
                task = asyncio.create_task(asyncio.Event().wait())
                yield
                task.cancel()

            @pytest.mark.asyncio
            async def test_with_service(service):
                pass

            @pytest_asyncio.fixture(scope="module", loop_scope="module")
            async def wide_service():
                task = asyncio.create_task(asyncio.Event().wait())
                yield
                task.cancel()

            @pytest.mark.asyncio(loop_scope="module")
            async def test_with_wide_service(wide_service):
                pass
        """,
    )
    result.assert_outcomes(passed=6, errors=2)
    result.stdout.fnmatch_lines(["ERROR test_it.py::test_leaky - *", "ERROR test_it.py::test_leaky_module - *"])


def test_with_anyios_plugin(session_with_all_plugins):
    result = session_with_all_plugins(
        "--leaks",
        test_it=f"""
            import asyncio, pytest

            pytestmark = pytest.mark.anyio

            @pytest.fixture
            def anyio_backend():
                return "asyncio"

            async def test_leaky():
                {ASYNC_LEAK}
            async def test_fine():
                task = asyncio.create_task(asyncio.sleep(0.02))

            @pytest.fixture
            async def service():
                task = asyncio.create_task(asyncio.Event().wait())
                yield
                task.cancel()

            async def test_with_service(service):
                pass

            async def test_leaky_with_service(service):
                {ASYNC_LEAK}
        """,
    )
    result.assert_outcomes(passed=4, errors=2)
    result.stdout.fnmatch_lines(["ERROR test_it.py::test_leaky - *", "ERROR test_it.py::test_leaky_with_service - *"])


def test_with_unittest(session):
    result = session(
        "--leaks",
        test_it=f"""
            import asyncio, threading, time, unittest

            class Plain(unittest.TestCase):
                def setUp(self):
                    self.stop = threading.Event()
                    threading.Thread(target=self.stop.wait).start()

                def tearDown(self):
                    self.stop.set()

                def test_fine(self):
                    pass

                def test_leaky(self):
                    threading.Thread(target=time.sleep, args=(5,), daemon=True).start()

            class Async(unittest.IsolatedAsyncioTestCase):
                async def asyncSetUp(self):
                    self.task = asyncio.create_task(asyncio.Event().wait())

                async def asyncTearDown(self):
                    self.task.cancel()

                async def test_fine(self):
                    pass

                async def test_leaky(self):
                    {ASYNC_LEAK}
        """,
    )
    result.assert_outcomes(passed=4, errors=2)
    result.stdout.fnmatch_lines(["ERROR test_it.py::Plain::test_leaky*", "ERROR test_it.py::Async::test_leaky*"])


def test_what_asyncio_run_cancels_at_its_end_in_a_plain_test_is_no_leak(session):
    result = session(
        "--leaks",
        test_it=f"""
            import asyncio

            async def main():
                {ASYNC_LEAK}
            def test_run():
                asyncio.run(main())

            def test_runner():
                with asyncio.Runner() as runner:
                    runner.run(main())
        """,
    )
    result.assert_outcomes(passed=2)


def test_with_xdist_leaks_are_reported_with_their_worker(session_with_all_plugins):
    result = session_with_all_plugins("--leaks", "-n", "2", test_it=LEAKY)
    result.assert_outcomes(passed=2, errors=1)
    result.stdout.fnmatch_lines(["*still there at the end*", "[[]gw?] left by test_it.py::test_leaky: 1 leak found"])
    result.stdout.fnmatch_lines(["*leaks that may stay*", 'name = "Thread-[*] (sleep)"'])


def test_with_pytest_repeat_each_repetition_is_checked(session_with_all_plugins):
    session_with_all_plugins("--leaks", "--count", "3", test_it=LEAKY).assert_outcomes(passed=6, errors=3)


FIXTURES = """
import threading, pytest

@pytest.fixture(scope="{scope}")
def service():
    stop = threading.Event()
    thread = threading.Thread(target=stop.wait, daemon=True)
    thread.start()
    yield
    {end}

class TestIt:
    def test_first(self, service):
        pass

    def test_second(self, service):
        pass
"""


@pytest.mark.parametrize("scope", ["function", "class", "module", "package", "session"])
def test_what_a_fixture_ends_in_its_tear_down_is_no_leak(session, scope):
    session("--leaks", test_it=FIXTURES.format(scope=scope, end="stop.set()")).assert_outcomes(passed=2)


@pytest.mark.parametrize("scope", ["class", "module", "session"])
def test_what_a_fixture_leaves_behind_is_reported_against_the_fixture(session, scope):
    result = session("--leaks", test_it=FIXTURES.format(scope=scope, end="pass"))
    result.assert_outcomes(passed=2, errors=1)
    result.stdout.fnmatch_lines([f"fixture 'service' ({scope}) left behind after its tear-down: 1 leak found"])


def test_a_pool_of_a_wider_scope_is_not_the_tests_that_is_the_first_to_use_it(session):
    result = session(
        "--leaks",
        test_it="""
            import pytest, unittest
            from concurrent.futures import ThreadPoolExecutor

            @pytest.fixture(scope="module")
            def pool():
                with ThreadPoolExecutor(1) as pool:
                    yield pool

            @pytest.fixture(scope="module")
            def forgotten():
                return ThreadPoolExecutor(1)

            def test_pool(pool):
                pool.submit(int).result()

            class Case(unittest.TestCase):
                @classmethod
                def setUpClass(cls):
                    cls.pool = ThreadPoolExecutor(1)

                @classmethod
                def tearDownClass(cls):
                    cls.pool.shutdown()

                def test_pool(self):
                    self.pool.submit(int).result()

            def test_forgotten(forgotten):
                forgotten.submit(int).result()
        """,
    )
    result.assert_outcomes(passed=3, errors=1)
    result.stdout.fnmatch_lines(["fixture 'forgotten' (module) left behind after its tear-down: 1 leak found"])


def test_what_a_fixture_leaves_on_a_loop_that_is_closed_is_reported_against_the_fixture(session_with_all_plugins):
    result = session_with_all_plugins(
        "--leaks",
        test_it=f"""
            import asyncio, pytest, pytest_asyncio

            @pytest_asyncio.fixture(scope="module", loop_scope="module")
            async def service():
                {ASYNC_LEAK}

            @pytest.mark.asyncio(loop_scope="module")
            async def test_it(service):
                pass

            @pytest.fixture(scope="module")
            def anyio_backend():
                return "asyncio"

            @pytest.fixture(scope="module")
            async def anyio_service(anyio_backend):
                {ASYNC_LEAK}
            @pytest.mark.anyio
            async def test_with_anyio(anyio_service):
                pass
        """,
    )
    result.assert_outcomes(passed=2, errors=1)
    result.stdout.fnmatch_lines_random(
        [
            "fixture 'service' (module) left behind after its tear-down: 1 leak found",
            "fixture 'anyio_service' (module) left behind after its tear-down: 1 leak found",
        ]
    )


def test_a_loop_that_a_test_closes_itself_and_what_other_loops_do_meanwhile_are_no_leaks(session_with_all_plugins):
    result = session_with_all_plugins(
        "--leaks",
        test_it="""
            import asyncio, threading, unittest
            import anyio, pytest

            async def nothing():
                pass

            @pytest.mark.asyncio
            async def test_anyio_in_a_thread():
                await asyncio.to_thread(anyio.run, nothing)

            def test_another_loop():
                loop = asyncio.new_event_loop()
                thread = threading.Thread(target=loop.run_forever)
                thread.start()
                future = asyncio.run_coroutine_threadsafe(asyncio.sleep(0.5), loop)

                class Inner(unittest.IsolatedAsyncioTestCase):
                    async def test_it(self):
                        pass

                assert Inner("test_it").run().wasSuccessful()
                future.result()
                loop.call_soon_threadsafe(loop.stop)
                thread.join()
                loop.close()
        """,
    )
    result.assert_outcomes(passed=2)


def test_a_failed_test_is_checked_only_if_asked(session):
    leaky = LEAKY.replace(".start()\n", ".start()\n    assert not 'failed'\n", 1)
    result = session("--leaks", test_it=leaky)
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["left by test_it.py::test_leaky, which failed: 1 leak found"])
    session("--leaks", "--leaks-after-failure").assert_outcomes(passed=1, failed=1, errors=1)


def test_a_test_that_is_expected_to_fail_may_not_leak_if_it_passes(session):
    mark = "import pytest\n@pytest.mark.xfail\ndef test_leaky"
    session("--leaks", test_it=LEAKY.replace("def test_leaky", mark)).assert_outcomes(passed=1, xpassed=1, errors=1)
    leaky = LEAKY.replace("def test_leaky", mark).replace(".start()\n", ".start()\n    assert not 'failed'\n", 1)
    session("--leaks", test_it=leaky).assert_outcomes(passed=1, xfailed=1)


def test_a_test_may_leave_a_callback_that_stops_its_loop(session_with_all_plugins):
    result = session_with_all_plugins(
        "--leaks",
        test_it="""
            import asyncio, pytest

            @pytest.mark.asyncio
            async def test_it():
                loop = asyncio.get_running_loop()
                loop.call_later(0.05, loop.stop)
                task = asyncio.create_task(asyncio.sleep(0.1))
        """,
    )
    result.assert_outcomes(passed=1)


def test_what_collecting_tests_has_started_is_reported_at_the_end(session):
    result = session(
        "--leaks",
        test_it="import threading, time\n"
        "threading.Thread(target=time.sleep, args=(5,), daemon=True).start()\n\ndef test_it():\n    pass\n",
    )
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["left by none of the tests checked: 1 leak found"])
    assert result.ret == pytest.ExitCode.TESTS_FAILED


def test_the_allow_list_is_read_from_pyproject(session, pytester):
    (pytester.path / "pyproject.toml").write_text(
        '[[tool.leaks.allow]]\nname = "Thread-* (sleep)"\nreason = "It is what this test is about."\n'
    )
    session("--leaks", test_it=LEAKY).assert_outcomes(passed=2)


def test_the_entry_printed_for_a_leak_can_be_pasted_and_allows_it_once_it_has_a_reason(session, pytester):
    result = session("--leaks", test_it=LEAKY)
    result.stdout.fnmatch_lines(["*leaks that may stay*", "Put the entry*pyproject.toml*"])
    entry = str(result.stdout).partition("[[tool.leaks.allow]]")[2].partition('reason = ""')[0]
    pyproject = pytester.path / "pyproject.toml"
    pyproject.write_text(f'[[tool.leaks.allow]]{entry}reason = ""\n')
    assert session("--leaks", test_it=LEAKY).ret == pytest.ExitCode.USAGE_ERROR
    pyproject.write_text(f'[[tool.leaks.allow]]{entry}reason = "it ends by itself"\n')
    result = session("--leaks", test_it=LEAKY)
    assert result.ret == pytest.ExitCode.OK
    result.stdout.no_fnmatch_line("*leaks that may stay*")


def test_an_entry_without_a_reason_stops_the_session(session, pytester):
    (pytester.path / "pyproject.toml").write_text('[[tool.leaks.allow]]\nname = "Thread-1"\n')
    result = session("--leaks", test_it=LEAKY)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*pyproject.toml: entry 1 of *name = 'Thread-1'* has no reason*"])


def test_a_lost_task_is_reported_though_the_collector_runs(session_with_all_plugins):
    result = session_with_all_plugins(
        "--leaks",
        test_it="""
            import asyncio, gc, pytest

            async def forgotten():
                await asyncio.get_running_loop().create_future()

            @pytest.mark.asyncio
            async def test_lost():
                asyncio.create_task(forgotten())
                await asyncio.sleep(0)
                gc.collect()
        """,
    )
    result.assert_outcomes(passed=1, errors=1)


def test_it_leaves_no_patch_and_starts_nothing(session, pytester):
    (pytester.path / "conftest.py").write_text(
        "import asyncio, threading, _thread\n"
        "before = [dict(vars(it)) for it in (asyncio.Runner, asyncio.BaseEventLoop, threading.Thread, _thread)]\n"
        "def pytest_unconfigure(config):\n"
        "    after = [dict(vars(it)) for it in (asyncio.Runner, asyncio.BaseEventLoop, threading.Thread, _thread)]\n"
        "    print('clean' if after == before and threading.active_count() == 1 else 'not clean')\n"
    )
    result = session("--leaks", "-s", test_it="def test_it():\n    pass\n")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["clean"])


def test_a_marker_with_what_is_no_rule_is_refused_and_told_what_to_write(session):
    result = session(test_it="import pytest\n@pytest.mark.leak_check('threads')\ndef test_it():\n    pass\n")
    result.stdout.fnmatch_lines(["*takes rules, made by course.leaks.ignore(), and not 'threads'; kinds are given as*"])


def test_what_a_test_left_whose_tear_down_raised_is_listed_with_the_test(session):
    result = session(
        "--leaks",
        test_it="""
            import threading, pytest
            @pytest.fixture
            def broken():
                yield
                raise OSError
            def test_it(broken):
                threading.Thread(target=threading.Event().wait, args=(9,), daemon=True).start()
            class TestIt:
                def teardown_method(self):
                    raise OSError
                def test_method(self):
                    threading.Thread(target=threading.Event().wait, args=(9,), daemon=True).start()
        """,
    )
    result.stdout.fnmatch_lines(
        [
            "left by test_it.py::test_it, which failed: 1 leak found",
            "left by *::test_method, which failed: 1 leak found",
        ]
    )
    result.stdout.no_fnmatch_line("*left by none*")
