"""What a learner is told of solutions that were once accepted, or told something that misleads."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from autograder import submission
from autograder.catalogue import select
from autograder.run.judge import judge_task

CASES = Path(__file__).parent / "inputs" / "section_1"


@cache
def judged(name):
    """The verdicts on a case, by item; the number in its name is its task."""
    task = name.partition("-")[0]
    read = submission.read(CASES / f"{name}.py", task)
    return {verdict.id: verdict for verdict in judge_task(read, task, select(task), sandboxed=False)}


@pytest.mark.parametrize(
    ("name", "item", "said"),
    [
        ("1.1-11_w5", "1.1b", "is the starting code, which leaks senders where there are three URLs or more"),
        ("1.1-11_w5", "1.1b", "Your test is run with another `first`."),
        ("1.2-12_w6", "1.2b", "it spins"),
        ("1.2-12_w1", "1.2a", "`Worker` has an attribute `_stop`, which hides a method of `threading.Thread`"),
        ("1.2-12_w1", "1.2a", "line 11, in `Worker`: `self._stop = stop`"),
        ("1.3-13_w3", "1.3b", "a job that was put after `cancel()` was handled"),
        ("1.3-13_w3", "1.3b", "line 13, in `consume`: `handle(jobs.get_nowait())`"),
        ("1.4-14_w3", "1.4c", "no deadlock, but nobody gets on: some wake again and again"),
        ("1.4-14_w4", "1.4b", "'job Z' was not in `pending` any more"),
        (
            "1.5-15_w3b",
            "1.5b",
            "after `close()` during a ping nothing is left running.\nSeen: left behind: the threading",
        ),
        ("1.5-15_p2a", "1.5d", "another `Heartbeat`, which has only the constructor and `close()`"),
        ("1.5-15_w5", "1.5a", "it spins: it never waits"),
    ],
)
def test_the_message_names_what_is_wrong(name, item, said):
    verdict = judged(name)[item]
    assert verdict.status == "failed"
    assert said in verdict.message


def test_a_class_that_hides_a_method_of_thread_is_fine_where_thread_has_no_such_method():
    # Python 3.13 has no Thread._stop.
    statuses = {verdict.status for verdict in judged("1.2-12_w1").values()}
    assert ("failed" in statuses) == hasattr(__import__("threading").Thread, "_stop")


def test_a_first_that_looks_once_a_second_is_late_and_leaves_nothing(tmp_path):
    text = (
        "import asyncio\n\n\nasync def first(urls, fetch):\n"
        "    tasks = [asyncio.create_task(fetch(url)) for url in urls]\n"
        "    while not (done := [task for task in tasks if task.done()]):\n        await asyncio.sleep(1)\n"
        "    for task in tasks:\n        task.cancel()\n    await asyncio.wait(tasks)\n    return done[0].result()\n"
    )
    (tmp_path / "solution.py").write_text(text)
    read = submission.read(tmp_path / "solution.py", "1.1")
    items = [item for item in select("1.1") if item.id != "1.1b"]
    arrival, leak_check = judge_task(read, "1.1", items, sandboxed=False)
    assert (arrival.status, leak_check.status) == ("failed", "passed")
    assert "as soon as it arrives" in arrival.message


def test_a_test_that_relies_on_the_leak_checkers_patience_is_told_to_do_without(tmp_path):
    text = (
        "import threading, time\nfrom course import leaks\n\n\nclass Heartbeat:\n"
        "    def __init__(self, ping, interval, stop=None):\n        pass\n\n    def close(self):\n        pass\n\n\n"
        "def test_heartbeat():\n    with leaks.no_leaks():\n        heartbeat = Heartbeat(lambda: None, 0.01)\n"
        "        time.sleep(0.05)\n        heartbeat.close()\n"
    )
    (tmp_path / "solution.py").write_text(text)
    read = submission.read(tmp_path / "solution.py", "1.5")
    (verdict,) = judge_task(read, "1.5", select("1.5d"), sandboxed=False)
    assert verdict.status == "failed"
    assert "`seconds=0`, as in `leaks.no_leaks(seconds=0)`" in verdict.message
    (tmp_path / "solution.py").write_text(text.replace("no_leaks()", "no_leaks(seconds=0)"))
    (verdict,) = judge_task(submission.read(tmp_path / "solution.py", "1.5"), "1.5", select("1.5d"), sandboxed=False)
    assert verdict.status == "passed", verdict.message


def test_a_wrong_signature_is_told_once(tmp_path):
    (tmp_path / "solution.py").write_text("async def first(urls):\n    return urls[0]\n")
    read = submission.read(tmp_path / "solution.py", "1.1")
    first, _, third = judge_task(read, "1.1", select("1.1"), sandboxed=False)
    assert "`first` can be called as `first(urls, fetch)`" in first.message
    assert third.message == "The same as 1.1a."


@pytest.mark.parametrize(
    ("names", "item", "seen"),
    [
        ('score = 0.25\nworst_file = "app.py"\n', "10.1a", "it is 0.25."),  # A share, though not the right one.
        ('score = 0.0\ndef worst_file():\n    return "app.py"\n', "10.1b", "it is a function."),
    ],
)
def test_an_audit_is_told_what_is_wrong_with_its_two_names(tmp_path, names, item, seen):
    (tmp_path / "my-project").mkdir()
    (tmp_path / "my-project" / "app.py").write_text("import threading\nthreading.Thread(target=print).start()\n")
    (tmp_path / "my-audit.csv").write_text("file,line,call,owner,stop,wait\napp.py,2,start,N,N,N\n")
    (tmp_path / "solution.py").write_text(names)
    (verdict,) = judge_task(submission.read(tmp_path, "10.1"), "10.1", select(item), sandboxed=False)
    assert verdict.message.split("\n")[1:] == [f"Seen: {seen}", "Where: cell 10.1"]


def test_what_ended_a_thread_is_told_with_what_became_of_it(tmp_path):
    (tmp_path / "solution.py").write_text(
        "import threading\n\n\nclass Worker:\n    def stop(self):\n        pass\n\n\n"
        "def start_worker(jobs, process, stop):\n"
        "    threading.Thread(target=lambda: process(jobs.get().name), daemon=True).start()\n    return Worker()\n"
    )
    read = submission.read(tmp_path / "solution.py", "1.2")
    verdict = judge_task(read, "1.2", select("1.2b"), sandboxed=False)[0]
    assert "Also: a thread had ended with AttributeError: 'str' object has no attribute 'name'" in verdict.message
    assert "line 10, in `<lambda>`" in verdict.message


@pytest.fixture
def told(tmp_path):
    """What a learner is told of an item, given the text of a solution."""

    def judge(item, text):
        (tmp_path / "solution.py").write_text(text)
        task = item[:-1]
        (verdict,) = judge_task(submission.read(tmp_path / "solution.py", task), task, select(item), sandboxed=False)
        return verdict

    return judge


def test_a_name_of_another_cell_is_told_with_why_it_is_not_there(told):
    first = "async def first(urls, fetch):\n    return await fetch(urls[0])\n\n\n"
    verdict = told("1.1b", first + "async def test_first():\n    await first(mirrors, fetch)\n")
    assert "NameError: name 'mirrors' is not defined. A solution is a module of its own" in verdict.message


WORKER = """import threading


class Worker:
    def __init__(self, jobs, process, stop):
        self.stop = stop
        self.thread = threading.Thread(target=self.work, args=(jobs, process))
        self.thread.start()

    def work(self, jobs, process):
        process(jobs.get())

    def stop(self):
        self.stop.set()
        self.thread.join()


start_worker = Worker
"""


def test_an_attribute_that_hides_the_method_is_named(told):
    verdict = told("1.2c", WORKER)
    assert "`Worker` has one, but its attribute `stop` hides it: that is <" in verdict.message
    assert "0x" not in verdict.message
    verdict = told("1.2c", WORKER.replace("self.stop", "self.event").replace("def stop", "def end"))
    assert "it is <solution.Worker object>, which has none." in verdict.message


HEARTBEAT = """import threading


class Heartbeat:
    def __init__(self, ping, interval, stop=threading.Event()):
        self._ping, self._interval, self._stop = ping, interval, stop
        self._thread = threading.Thread(target=self._beat)
        self._thread.start()

    def _beat(self):
        while not self._stop.wait(self._interval):
            self._ping()

    def close(self):
        self._stop.set()
        self._thread.join()
"""


def test_an_event_that_all_heartbeats_share_is_named(told):
    said = "The default of `stop` is one event for all, and an earlier `close()` has set it."
    assert said in told("1.5a", HEARTBEAT).message


def test_a_timer_that_does_not_hear_of_stop_is_told_with_what_it_would_call(told):
    chain = """import threading


class Heartbeat:
    def __init__(self, ping, interval, stop=None):
        self._ping = ping
        self._timer = threading.Timer(interval, self._tick)
        self._timer.start()

    def _tick(self):
        self._ping()

    def close(self):
        self._timer.cancel()
"""
    assert "line 10: `def _tick(self):`" in told("1.5c", chain).message


def test_an_enqueue_that_waits_for_complete_is_told_that_there_was_room(told):
    waits = """import threading

lock = threading.Condition()
pending = []


def enqueue(job, dispatch):
    with lock:
        while dispatch.full():
            lock.wait()
        pending.append(job)
        dispatch.put(job)


def complete(job):
    with lock:
        pending.remove(job)
        lock.notify_all()
"""
    assert (
        "as soon as the queue has room.\nSeen: 10 s after a consumer had emptied the queue"
        in told("1.4b", waits).message
    )
    assert told("1.4c", waits).status == "passed"


def test_a_job_taken_back_without_the_lock_is_found_whatever_the_machine_does(told):
    unlocked = """import threading

lock = threading.Lock()
pending = []


def enqueue(job, dispatch):
    global pending
    with lock:
        pending = [*pending, job]
    try:
        dispatch.put(job)
    except BaseException:
        pending = [other for other in pending if other != job]
        raise


def complete(job):
    global pending
    with lock:
        pending = [other for other in pending if other != job]
"""
    verdict = told("1.4b", unlocked)
    assert "line 14, in `enqueue`: `pending = [other for other in pending if other != job]`" in verdict.message
    assert "a thread is held up" in verdict.message
    assert told("1.4c", unlocked).status == "passed"


def test_jobs_that_are_handled_as_something_else_are_named(told):
    verdict = told("1.3a", "async def consume(jobs, handle):\n    while True:\n        handle([await jobs.get()])\n")
    assert "`handle` was called with ['job" in verdict.message
    assert "which is not what was put" in verdict.message
