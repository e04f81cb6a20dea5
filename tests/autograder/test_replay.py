"""`replay`: the run that failed, recorded on virtual time and drawn."""

import json
import subprocess
import sys

import pytest

from autograder import catalogue
from autograder.run.judge import is_repeatable, judge_task
from autograder.show.replay import Replay
from autograder.submission import read
from tests.toys import ENVIRONMENT, LEAKY

DEADLOCK = """
import threading

lock = threading.Lock()

class Tally:
    pass

def work():
    def helper():
        with lock:
            pass

    with lock:
        thread = threading.Thread(target=helper, name="<i>the helper</i>")
        thread.start()
        thread.join()
"""
RACE = """
class Tally:
    count = 0

    def add(self):
        self.count += 1

def work():
    pass
"""
TIMER = """
import threading

class Tally:
    pass

def work():
    threading.Timer(60, print).start()
"""
FORGOTTEN_WAIT = """
import asyncio

async def first(urls, fetch):
    asyncio.create_task(asyncio.Event().wait())
    tasks = [asyncio.create_task(fetch(url)) for url in urls]
    done, losers = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in losers:
        task.cancel()
    return done.pop().result()
"""
SCRIPT = """
import json, sys
from autograder import catalogue
from autograder.run.judge import judge_task
from autograder.show.replay import Replay
from autograder.submission import read

item, path = sys.argv[1:]
recordings = {}
[verdict] = judge_task(read(path, "92"), "92", catalogue.select(item), sandboxed=False, recordings=recordings)
replay = Replay(verdict, recordings[item])
print(json.dumps([str(replay), replay._repr_html_()]))
"""


def leaky_first(folder):
    path = folder / "first.py"
    path.write_text(LEAKY.partition("\n")[2])
    return path


def recorded(path, item):
    recordings = {}
    [verdict] = judge_task(read(path, "91.1"), "91.1", catalogue.select(item), sandboxed=False, recordings=recordings)
    return verdict, recordings[item]


def rows(text):
    """The table of a replay in plain text: who, from, to, does, where."""
    return [tuple(line.split(" | ")) for line in text.splitlines()[1:]]


def of_threads(tmp_path, item, source):
    """The replay of an item of the tests' own task of threads, as text and as HTML."""
    path = tmp_path / "solution.py"
    path.write_text(source)
    command = [sys.executable, "-c", SCRIPT, item, str(path)]
    done = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.usefixtures("toy_course")
def test_a_leaked_task_is_shown_where_it_waits_until_the_moment_the_item_broke(tmp_path):
    verdict, recording = recorded(leaky_first(tmp_path), "91.1c")
    replay = Replay(verdict, recording)
    [stuck] = [row for row in rows(str(replay)) if row[2] == "the end"]
    assert stuck[0].startswith("send")
    assert stuck[3] == "waits in Queue.put"
    assert stuck[4] == "first.py, line 8, in `send`: `await pages.put(await fetch(url))`"
    html = replay._repr_html_()
    assert html.count('<rect class="stays"') == 2  # in its lane, and in the key
    assert "line 8, Queue.put</text>" in html
    assert "<title>Here it broke.</title>" in html
    assert 'role="img" aria-label="The run that failed 91.1c' in html
    assert "<th scope" in html


@pytest.mark.usefixtures("toy_course")
def test_the_same_code_gives_the_same_recording(tmp_path):
    path = leaky_first(tmp_path)
    assert str(Replay(*recorded(path, "91.1c"))) == str(Replay(*recorded(path, "91.1c")))


def test_threads_are_shown_with_the_lock_that_one_holds_and_the_other_waits_for(tmp_path):
    text, html = of_threads(tmp_path, "92b", DEADLOCK)
    found = {row[0]: row[2:] for row in rows(text) if row[2] == "the end" and "Thread.join" not in row[3]}
    assert found["the check"][:2] == ("the end", "holds lock")
    assert found["<i>the helper</i>"] == (
        "the end",
        "waits for lock",
        "solution.py, line 11, in `helper`: `with lock:`",
    )
    assert "<i>" not in html
    assert "&lt;i&gt;the helper" in html


def test_a_timer_is_shown_with_the_line_that_started_it(tmp_path):
    text, _ = of_threads(tmp_path, "92b", TIMER)
    assert ("Timer(print)", "0", "the end", "waits in Timer.run") in [row[:4] for row in rows(text)]
    assert "solution.py, line 8, in `work`: `threading.Timer(60, print).start()`" in text


@pytest.mark.usefixtures("toy_course")
def test_a_task_that_runs_the_librarys_code_alone_is_shown_too(tmp_path):
    path = tmp_path / "first.py"
    path.write_text(FORGOTTEN_WAIT)
    found = rows(str(Replay(*recorded(path, "91.1c"))))
    assert [row[0] for row in found if row[2:4] == ("the end", "waits in Event.wait")] == ["Event.wait"]


def test_of_a_race_the_thread_that_was_held_up_is_shown_with_its_line(tmp_path):
    text, html = of_threads(tmp_path, "92a", RACE)
    [held_up] = [row for row in rows(text) if row[3] == "is held up"]
    assert held_up[4] == "solution.py, line 6, in `Tally.add`: `self.count += 1`"
    assert "breaks" in html


@pytest.mark.usefixtures("toy_course")
@pytest.mark.parametrize(("item", "repeatable"), [("91.1a", True), ("91.1b", False), ("90a", False)])
def test_only_runs_of_the_learners_own_code_on_virtual_time_are_shown(item, repeatable):
    [found] = catalogue.select(item)
    assert is_repeatable(found) == repeatable
