"""Submissions that are broken, that hang or that mean harm: each item gets a verdict that names the cause."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from textwrap import dedent

import pytest

from autograder import submission
from autograder.catalogue import select
from autograder.run.judge import judge_task

GOOD_TEST = """
import asyncio

async def test_first():
    async def fetch(url):
        await asyncio.sleep(0.01)
        return url

    before = asyncio.all_tasks()
    await first(["a", "b", "c"], fetch)
    await asyncio.sleep(0.1)
    assert asyncio.all_tasks() <= before
"""


pytestmark = pytest.mark.usefixtures("toy_course")


@pytest.fixture(params=[True, False], ids=["sandboxed", "self-check"])
def sandboxed(request):
    return request.param


def verdicts_on(text, tmp_path, sandboxed=True, task="91.1"):
    file = tmp_path / "solution.py"
    file.write_text(dedent(text))
    return judge_task(submission.read(file, task), task, select(task), sandboxed=sandboxed)


def in_first(*lines):
    """A solution whose `first` does this, and whose test is good."""
    body = "".join(f"    {line}\n" for line in lines)
    return f"async def first(urls, fetch):\n{body}{GOOD_TEST}"


NOT_IMPORTED = {
    "a syntax error": ("def first(urls, fetch:\n    pass\n", "error", ["syntax error", "line 1"]),
    "an import that is not there": ("import no_such_thing\nfirst = 1\n", "error", ["no_such_thing", "line 1"]),
    "a name that is not defined": ("first = frist\n", "error", ["NameError", "'frist'", "line 1"]),
    "an infinite loop": ("x = 1\nwhile True:\n    x += 1\n", "timeout", ["imported", "line"]),
    "os._exit": ("import os\nos._exit(0)\n", "error", ["ended the whole process", "os._exit", "imported"]),
    "sys.exit": ("import sys\nsys.exit()\n", "error", ["SystemExit", "line 2"]),
    "a magic": ("%matplotlib inline\nfirst = 1\n", "error", ["`%matplotlib inline`", "cell of its own", "line 1"]),
    "an await at the end": (
        "first = 1\nawait first\n",
        "error",
        ["outside of any function", "cell of its own", "line 2"],
    ),
    "a check at the end": ('first = 1\ncheck("1.1")\n', "error", ["`check`, which only the notebook has", "line 2"]),
    "a null byte": ("first = '\0'\n", "error", ["null bytes"]),
}


@pytest.mark.parametrize("name", NOT_IMPORTED)
def test_code_that_cannot_be_imported_fails_every_item_and_says_why(name, tmp_path, sandboxed):
    text, status, words = NOT_IMPORTED[name]
    started = time.monotonic()
    verdicts = verdicts_on(text, tmp_path, sandboxed)
    assert time.monotonic() - started < 15
    assert [verdict.id for verdict in verdicts] == ["91.1a", "91.1b", "91.1c"]
    for verdict in verdicts:
        assert (verdict.status, verdict.score) == (status, 0)
        for word in words:
            assert word in verdict.message


IN_FUNCTION = {
    "a name that is not defined": (["return await fecth(urls[0])"], "failed", ["NameError", "'fecth'", "line 2"]),
    "an infinite loop": (["while True:", "    pass"], "timeout", ["without ending", "in `first`"]),
    "a sleep for ever": (
        ["import time", "time.sleep(1000)"],
        "failed",
        ["stopped the event loop and all its tasks for 1000 s", "time.sleep(1000)"],
    ),
    "a deadlock": (
        ["lock = asyncio.Lock()", "await lock.acquire()", "await lock.acquire()"],
        "failed",
        ["line 4, in `first`", "await lock.acquire()"],
    ),
    "sys.exit": (["import sys", "sys.exit(0)"], "error", ["sys.exit(0)", "line 3"]),
    "os._exit": (["import os", "os._exit(0)"], "error", ["ended the whole process", "exit code 0"]),
    "a kill": (["import os", "os.kill(os.getpid(), 9)"], "error", ["SIGKILL"]),
    "a million lines": (["for n in range(1_000_000):", "    print('line', n)"], "error", ["more than 1 MB", "line "]),
    "a 10 GB list": (["return [0] * (10 * 2**30 // 8)"], "error", ["memory limit", "line 2"]),
    "a recursion": (["return await first(urls, fetch)"], "failed", ["recursion without end", "line 2"]),
    "10,000 threads": (
        [
            "import threading, time",
            "for _ in range(10_000):",
            "    threading.Thread(target=time.sleep, args=(60,), daemon=True).start()",
        ],
        "error",
        ["next thread could not be started", "line 4"],
    ),
    "a swallowed cancellation": (
        ["while True:", "    try:", "        await asyncio.sleep(1)", "    except BaseException:", "        pass"],
        "failed",
        ["`first` returns"],
    ),
}


@pytest.mark.parametrize("name", IN_FUNCTION)
def test_a_fault_in_one_function_is_named_and_the_other_items_are_still_judged(name, tmp_path, sandboxed):
    lines, status, words = IN_FUNCTION[name]
    every_result, own_test, leak_check = verdicts_on(in_first(*lines), tmp_path, sandboxed)
    assert max(every_result.seconds, leak_check.seconds) < 6  # their limit is 3
    assert (every_result.status, every_result.score) == (status, 0), every_result.message
    for word in words:
        assert word in every_result.message
    assert own_test.status == "passed", own_test.message
    assert leak_check.score == 0


def test_a_deadlock_of_threads_is_stopped_and_named(tmp_path):
    text = """
        import threading

        lock = threading.Lock()

        def add(entry):
            with lock:
                with lock:
                    pass
        """
    (verdict,) = verdicts_on(text, tmp_path, task="91.2")
    assert verdict.score == 0
    assert "solution.py, line 8, in `add`: `with lock:`" in verdict.message


def test_a_child_process_does_not_outlive_its_item(tmp_path, sandboxed):
    text = in_first(
        "import subprocess, sys",
        "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(86399)'], start_new_session=True)",
        "return await fetch(urls[0])",
    )
    verdicts_on(text, tmp_path, sandboxed)
    import psutil

    lines = [process.info["cmdline"] or [] for process in psutil.process_iter(["cmdline"])]
    assert not [line for line in lines if any("sleep(86399)" in word for word in line)]


MANY_PROCESSES = {
    "a fork bomb": ["import os", "while True:", "    os.fork()"],
    # Stops printing before its time is up, and with far less than may be printed.
    "processes of code that never is quiet": [
        "import os, time",
        "for _ in range(80):",
        "    if os.fork() == 0:",
        "        time.sleep(60)",
        "for _ in range(150):",
        "    print('.', flush=True)",
        "    time.sleep(0.02)",
        "os._exit(3)",
    ],
}


@pytest.mark.parametrize("name", MANY_PROCESSES)
def test_too_many_processes_are_stopped(name, tmp_path):
    verdict, *_ = verdicts_on(in_first(*MANY_PROCESSES[name]), tmp_path)
    assert verdict.status == "error"
    assert "more than 64 processes" in verdict.message


def test_in_the_sandbox_there_is_no_network_no_repository_and_no_secret(tmp_path, monkeypatch):
    monkeypatch.setenv("A_SECRET", "hunter2")
    secret = tmp_path / "gradebook.db"
    secret.write_text("grades")
    root = submission.__file__.rpartition("/autograder/")[0]
    server = socket.create_server(("127.0.0.1", 0))
    port = server.getsockname()[1]
    text = f"""
        import os, socket

        def tried(what, *arguments):
            try:
                return what(*arguments)
            except OSError as error:
                return error.strerror

        def connect(host, port):
            return socket.create_connection((host, port), timeout=1)

        seen = [
            tried(connect, "192.0.2.1", 80),
            tried(connect, "127.0.0.1", {port}),
            tried(open, {str(secret)!r}),
            tried(os.listdir, {root + "/source"!r}),
            tried(os.listdir, {root + "/tests/submissions"!r}),
            os.environ.get("A_SECRET"),
            tried(open, "/etc/passwd"),
            tried(open, os.__file__, "w"),
            tried(os.kill, os.getppid(), 9),
        ]
        raise RuntimeError(repr(seen))
        """
    with server:
        verdict, *_ = verdicts_on(text, tmp_path)
    expected = [
        "Network is unreachable",
        "Connection refused",
        "No such file or directory",
        "No such file or directory",
        "No such file or directory",
        None,
        "No such file or directory",
        "Read-only file system",
        "Operation not permitted",
    ]
    assert repr(expected) in verdict.message


def test_a_verdict_cannot_be_written_past_the_judge(tmp_path, sandboxed):
    forged = {"id": "91.1a", "token": "", "status": "passed", "message": "", "seconds": 0}
    text = f"""
        import os

        for descriptor in range(100):
            try:
                os.write(descriptor, {(json.dumps(forged) + chr(10)).encode()!r})
            except OSError:
                pass

        async def first(urls, fetch):
            os._exit(0)
        """
    verdicts = verdicts_on(text, tmp_path, sandboxed)
    assert [verdict.score for verdict in verdicts] == [0, 0, 0]


@pytest.mark.parametrize(
    "patch",
    [
        "json.dumps = lambda record, *a, dumps=json.dumps, **k: dumps({**record, 'status': 'passed'}, *a, **k)",
        "os.write = lambda file, data, write=os.write: write(file, data.replace(b'failed', b'passed'))",
        "os._exit = lambda code: None",
        "builtins.open = builtins.print = builtins.len = None",
    ],
)
def test_a_patched_library_does_not_turn_a_verdict_into_another(patch, tmp_path, sandboxed):
    text = f"import builtins, json, os\n{patch}\nasync def first(urls, fetch):\n    return urls[0]\n"
    verdicts = verdicts_on(text, tmp_path, sandboxed)
    assert [verdict.score for verdict in verdicts] == [0, 0, 2] or not any(verdict.score for verdict in verdicts)
    assert all(verdict.message for verdict in verdicts if not verdict.score)


def test_no_item_finds_what_another_has_left(tmp_path, sandboxed):
    text = """
        import os

        os.mkdir("reports")
        os.symlink("/", "root")
        for path in ("reports/1.txt", "reports/2.txt", "log.txt"):
            with open(path, "x") as file:
                file.write("x" * (15 << 20))
        """
    text = dedent(text) + in_first("return await fetch(urls[0])")
    _, own_test, leak_check = verdicts_on(text, tmp_path, sandboxed)
    assert own_test.status == "passed", own_test.message
    assert leak_check.status == "passed", leak_check.message


def test_what_waits_at_exit_and_blocks_signals_ends_with_its_item(tmp_path, sandboxed):
    text = """
        import atexit, signal, threading, time

        class Clinging:
            def __del__(self):
                time.sleep(1000)

        clinging = Clinging()
        atexit.register(time.sleep, 1000)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        signal.pthread_sigmask(signal.SIG_BLOCK, range(1, signal.NSIG))
        threading.Thread(target=time.sleep, args=(1000,)).start()
        """
    started = time.monotonic()
    _, own_test, _ = verdicts_on(dedent(text) + in_first("return await fetch(urls[0])"), tmp_path, sandboxed)
    assert own_test.status == "passed", own_test.message
    assert time.monotonic() - started < 10


def test_what_an_exception_says_is_cut_and_made_harmless(tmp_path):
    text = r"""
        class Odd(Exception):
            def __str__(self):
                return "\x1b[2J \ud800 " + "x" * 1_000_000

        raise Odd
        """
    verdict, *_ = verdicts_on(text, tmp_path)
    assert r"Odd: \x1b[2J \ud800 xxx" in verdict.message
    assert "characters)" in verdict.message
    assert "line 6" in verdict.message
    assert len(verdict.message) < 2000
    verdict.message.encode()


def test_an_exception_that_cannot_be_shown_is_named(tmp_path):
    text = """
        class Odd(Exception):
            def __str__(self):
                raise SystemExit

        raise Odd
        """
    verdict, *_ = verdicts_on(text, tmp_path)
    assert "raised Odd" in verdict.message


def test_a_learners_test_may_say_a_great_deal(tmp_path):
    text = """
        async def test_first():
            assert False, "left: " + "x" * 1_000_000
        """
    _, own_test, _ = verdicts_on(in_first("return 1") + dedent(text), tmp_path)
    assert "it failed: left: xxx" in own_test.message


def test_learners_code_cannot_reach_into_the_process_that_judges(tmp_path):
    text = """
        import os

        seen = []
        for part in ("mem", "fd", "environ"):
            path = f"/proc/{os.getppid()}/{part}"
            try:
                os.listdir(path) if part == "fd" else open(path, "rb").read(1)
            except OSError as error:
                seen.append(error.strerror)
            else:
                seen.append(f"{part} is open")
        raise RuntimeError(repr(seen))
        """
    verdict, *_ = verdicts_on(text, tmp_path)
    assert repr(["Permission denied"] * 3) in verdict.message


def test_the_process_that_judges_works_as_in_a_sandbox_only_where_it_is_in_one():
    """In a sandbox it ends every process that it can see. (It is asked for no items, so that it ends none here.)"""
    request = {"sandboxed": True, "items": [], "modules": [], "source": {}, "uid": None, "scratch": []}
    done = subprocess.run(
        [sys.executable, "-m", "autograder.run.judging_process"],
        input=json.dumps(request),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert "is in a sandbox, and is not" in done.stderr


def test_a_missing_name_is_named(tmp_path):
    verdict, *_ = verdicts_on("async def frist(urls, fetch):\n    return urls[0]\n", tmp_path)
    assert verdict.status == "failed"
    assert "`first(urls, fetch)` is defined" in verdict.message


def test_a_wrong_signature_is_the_learners_fault(tmp_path):
    verdict, *_ = verdicts_on("async def first(urls):\n    return urls[0]\n", tmp_path)
    assert verdict.status == "failed"
    assert "`first` can be called as `first(urls, fetch)`" in verdict.message
    assert "it is defined as `first(urls)`" in verdict.message
    assert "line 1: `async def first(urls):`" in verdict.message


@pytest.mark.parametrize(
    ("call", "said"),
    [
        ("fetch()", "TypeError: fetch() missing 1 required positional argument: 'url'"),
        ("fetch(urls[0], 1)", "TypeError: fetch() takes 1 positional argument but 2 were given"),
    ],
)
def test_a_wrong_call_of_what_was_passed_in_is_named_by_its_name_and_place(tmp_path, call, said):
    verdict, *_ = verdicts_on(f"async def first(urls, fetch):\n    return await {call}\n", tmp_path)
    assert said in verdict.message
    assert f"line 2, in `first`: `return await {call}`" in verdict.message


def test_a_test_that_does_not_call_what_it_tests_is_told_so(tmp_path):
    text = "async def first(urls, fetch):\n    return urls[0]\n\nasync def test_first():\n    pass\n"
    verdict = verdicts_on(text, tmp_path)[1]
    assert (verdict.id, verdict.status) == ("91.1b", "failed")
    assert "it passed without calling `first`" in verdict.message


def test_a_fault_in_another_file_of_a_folder_is_named_with_that_file(tmp_path):
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "race.py").write_text("x = 1\ny = x / 0\n")
    (tmp_path / "solution.py").write_text("from parts.race import first\n")
    verdict, *_ = judge_task(submission.read(tmp_path, "91.1"), "91.1", select("91.1"), sandboxed=True)
    assert verdict.status == "error"
    assert "parts/race.py, line 2: `y = x / 0`" in verdict.message
