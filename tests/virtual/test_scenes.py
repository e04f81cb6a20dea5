"""Each scene comes out as it should, on the kernel, however its threads are scheduled."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.virtual.expected import ALWAYS, EXACT, REAL

ROOT = Path(__file__).parents[2]

SCHEDULES = ["round-robin", "random:1", "random:2", "random:3"]


@pytest.fixture(scope="module")
def played():
    """What each scene came out as under each schedule, and once more."""
    return [play(), play()]


def play():
    done = subprocess.run(
        [sys.executable, "-m", "tests.virtual.scenes", *SCHEDULES],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": "0"},
        capture_output=True,
        text=True,
        timeout=300,
    )
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    return {(line.pop("scene"), line.pop("schedule")): line for line in lines}


def test_every_scene_is_expected_to_come_out_as_something(played):
    assert {scene for scene, _ in played[0]} == {*EXACT, *ALWAYS}


@pytest.mark.parametrize("scene", [*EXACT, *ALWAYS])
def test_a_scene_comes_out_as_it_should(played, scene):
    assert played[0][scene, "round-robin"]["result"] == {**EXACT, **ALWAYS}[scene]


@pytest.mark.parametrize("scene", ALWAYS)
def test_a_scene_comes_out_the_same_when_its_threads_are_interrupted_anywhere(played, scene):
    results = [run["result"] for (name, _), run in played[0].items() if name == scene]
    assert results == [ALWAYS[scene]] * len(SCHEDULES)


@pytest.mark.parametrize("scene", sorted({*EXACT, *ALWAYS} - REAL))
def test_a_run_is_the_same_to_the_last_switch_and_microsecond(played, scene):
    first, second = ([run for (name, _), run in runs.items() if name == scene] for runs in played)
    assert first == second
