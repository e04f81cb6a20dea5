"""Items on the kernel, judged as any other: the clock of a verdict, schedules searched, learner's tests, real time."""

import json
import re
import subprocess
import sys

import pytest

from tests.toys import ENVIRONMENT

SOLUTION = """
import asyncio, subprocess, threading, time

class Tally:
    def __init__(self):
        self.count = 0
        self._lock = threading.Lock()

    def add(self):
        with self._lock:
            self.count += 1

def work():
    time.sleep(30)

async def serve():
    await asyncio.sleep(3600)

def test_work():
    before = threading.active_count()
    worker = threading.Thread(target=work)
    worker.start()
    worker.join(35)
    assert not worker.is_alive()
    assert threading.active_count() == before

def test_tally():
    tally = Tally()
    adders = [threading.Thread(target=tally.add) for _ in range(3)]
    for adder in adders:
        adder.start()
    for adder in adders:
        adder.join()
    assert tally.count == 3
"""

RACY = SOLUTION.replace("with self._lock:", "if True:")


def command(path, *options):
    return subprocess.run(
        [sys.executable, "-m", "autograder", "check", "--task", "92", "--no-sandbox", str(path), *options],
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        timeout=120,
    )


def check(tmp_path, source, *options):
    path = tmp_path / "solution.py"
    path.write_text(source)
    done = command(path, *options, "--json")
    assert done.returncode == 0, done.stderr
    return {item["id"][-1]: item for item in json.loads(done.stdout)["items"]}


def test_a_correct_solution_holds_on_every_schedule_and_on_virtual_time(tmp_path):
    items = check(tmp_path, SOLUTION)
    assert {letter: (item["status"], item["clock"]) for letter, item in items.items()} == {
        "a": ("passed", "virtual"),
        "b": ("passed", "virtual"),
        "c": ("passed", "virtual"),
        "d": ("passed", "virtual"),
        "e": ("passed", "virtual"),
    }, items
    assert items["b"]["seconds"] < 10


@pytest.mark.parametrize("edit", ["", "\n# a comment\n", "\nunused = 1\n"])
def test_a_lost_update_is_found_whatever_else_is_edited(tmp_path, edit):
    item = check(tmp_path, edit + RACY + edit)["a"]
    assert item["status"] == "failed"
    assert "the tally says" in item["message"]
    assert "When: a thread is held up at solution.py" in item["message"]
    assert "`self.count += 1`" in item["message"]


def test_the_schedule_that_a_message_names_shows_the_failure_again(tmp_path):
    message = check(tmp_path, RACY)["a"]["message"]
    (schedule,) = re.findall(r"Again: autograder check --task 92 FILE --schedule (\S+)", message)
    assert check(tmp_path, RACY, "--schedule", schedule)["a"]["message"] == message
    assert check(tmp_path, RACY, "--schedule", "round-robin")["a"]["status"] == "passed"
    assert check(tmp_path, SOLUTION, "--schedule", schedule)["a"]["status"] == "passed"


@pytest.mark.parametrize("name", ["random", "random:x", "interrupt:-1", "fair"])
def test_a_schedule_that_is_none_is_refused(tmp_path, name):
    (tmp_path / "solution.py").write_text(SOLUTION)
    done = command(tmp_path / "solution.py", "--schedule", name)
    assert done.returncode == 2
    assert f"there is no schedule {name!r}" in done.stderr


def test_another_process_is_waited_for_in_real_time_and_the_verdict_says_so(tmp_path):
    waits = SOLUTION.replace("time.sleep(30)", "subprocess.run(['sleep', '0.2']); time.sleep(29.9)")
    item = check(tmp_path, waits)["b"]
    assert item["clock"] == "mixed"
    assert "it took 30." in item["message"]


def test_the_same_code_has_the_same_fingerprint_and_other_code_another(tmp_path):
    def fingerprints(source):
        return {letter: item["fingerprint"] for letter, item in check(tmp_path, source).items()}

    first = fingerprints(SOLUTION)
    assert fingerprints(SOLUTION) == first
    other = fingerprints(SOLUTION.replace("time.sleep(30)", "time.sleep(20)"))
    assert {letter for letter in first if first[letter] != other[letter]} >= {"b"}


def test_a_run_that_waited_in_real_time_has_no_fingerprint(tmp_path):
    waits = SOLUTION.replace("time.sleep(30)", "subprocess.run(['sleep', '0.1']); time.sleep(29.9)")
    assert check(tmp_path, waits)["b"]["fingerprint"] == ""


def test_what_is_slow_to_import_is_imported_once_for_all_items(tmp_path):
    asks = "import sys\nassert 'anyio._backends._asyncio' in sys.modules\nimport anyio\n"
    assert {item["status"] for item in check(tmp_path, asks + SOLUTION).values()} == {"passed"}


def test_a_loop_without_end_is_stopped_and_its_line_named(tmp_path):
    for statement in ("while True: pass", "while True:\n        pass", "for _ in iter(int, 1):\n        pass"):
        item = check(tmp_path, SOLUTION.replace("time.sleep(30)", statement))["b"]
        assert item["status"] == "timeout"
        assert "in `work`" in item["message"]


def test_a_wait_without_end_is_a_deadlock_and_its_line_named(tmp_path):
    item = check(tmp_path, SOLUTION.replace("time.sleep(30)", "threading.Event().wait()"))["b"]
    assert item["status"] == "failed"
    assert "deadlock" in item["message"]
    assert "in `work`: `threading.Event().wait()`" in item["message"]


def test_a_loop_that_nothing_can_wake_is_a_deadlock_and_its_task_named(tmp_path):
    item = check(tmp_path, SOLUTION.replace("asyncio.sleep(3600)", "asyncio.Event().wait()"))["d"]
    assert item["status"] == "failed"
    assert "deadlock" in item["message"]
    assert "in `serve`: `await asyncio.Event().wait()`" in item["message"]


def test_a_learners_test_that_does_not_notice_is_told_so(tmp_path):
    item = check(tmp_path, SOLUTION.replace("assert threading.active_count() == before", "pass"))["c"]
    assert item["status"] == "failed"
    assert "it passed: it does not notice" in item["message"]


def test_a_fault_that_two_threads_must_meet_in_is_found_by_a_learners_test_whose_threads_may_meet(tmp_path):
    one_by_one = SOLUTION.replace("adder.start()\n    for adder in adders:", "adder.start()")
    assert check(tmp_path, SOLUTION)["e"]["status"] == "passed"
    item = check(tmp_path, one_by_one)["e"]
    assert item["status"] == "failed"
    assert "`test_tally` fails where one of two at the same moment is lost" in item["message"]
    assert "it passed: it does not notice" in item["message"]
