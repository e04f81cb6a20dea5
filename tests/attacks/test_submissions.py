"""Each hostile submission in submissions/, judged as root and as an ordinary user: none of it pays unseen.

None earns a point that it has not earned but where it is marked for a person, none holds its judge beyond its limit,
takes more memory than its limit, learns a secret or leaves a process behind.
"""

from __future__ import annotations

import json
import subprocess
import sys

import psutil
import pytest

from autograder.run import limits
from tests.attacks.judging import ROOT, SECRET, as_ordinary_user, attacks

ATTACKS = attacks()
ITEM_SECONDS = {"91.1a": 3, "91.1b": 30, "91.1c": 3}
START = 15
"""Seconds for a worker to start on a busy machine, and to be started anew; or to end what an attack has started."""


@pytest.fixture(scope="module")
def judged():
    """What came of all attacks, by the user as whom they were judged; both at the same time."""
    command = [sys.executable, "-m", "tests.attacks.judging"]
    running = {
        user: subprocess.Popen(line, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        for user, line in {"root": command, "user": as_ordinary_user(command)}.items()
    }
    said = {user: process.communicate()[0] for user, process in running.items()}
    return {user: {found["name"]: found for found in map(json.loads, text.splitlines())} for user, text in said.items()}


@pytest.mark.parametrize("user", ["root", "user"])
@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_pays_nothing_unseen_and_holds_nobody(name, user, judged):
    attack, found = ATTACKS[name], judged[user][name]
    verdicts = found["verdicts"]
    messages = "\n".join(verdict["message"] for verdict in verdicts)
    assert [verdict["id"] for verdict in verdicts] == list(attack.items)
    unearned = [verdict["id"] for verdict in verdicts if verdict["score"] and verdict["id"] not in attack.earns]
    marked = {verdict["id"] for verdict in verdicts if verdict["marked"]}
    assert set(unearned) <= marked, verdicts
    assert not attack.marked or marked, verdicts
    assert attack.says in messages
    assert not attack.never or attack.never not in messages
    assert SECRET not in messages
    assert all(verdict["seconds"] < ITEM_SECONDS[verdict["id"]] + START for verdict in verdicts)
    assert found["seconds"] < sum(ITEM_SECONDS[id] + START for id in attack.items)
    assert found["memory"] < limits.MEMORY + (1 << 30)


def test_nothing_that_was_judged_is_left(judged):
    lines = [process.info["cmdline"] or [] for process in psutil.process_iter(["cmdline"])]
    assert not [line for line in lines if any(word == "5000" or "sleep(86398)" in word for word in line)]


def test_attacks_of_all_kinds_are_tried():
    groups = {name.partition("/")[0] for name in ATTACKS}
    assert groups == {"touch_others", "steal", "forge", "hide", "exhaust", "escape", "corrupt", "survive"}
    assert len(ATTACKS) >= 60
