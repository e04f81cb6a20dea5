"""A search of schedules finds a planted race every time, and nothing in code that is right."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.virtual.races import RACES, RACES_OF_TWO

SCRIPT = """
import json
from tests.virtual import races
races.prepare()
every = races.RACES + races.RACES_OF_TWO
found = {race.__name__: [races.search(race, mended) for mended in (False, True)] for race in every}
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def found():
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        cwd=Path(__file__).parents[2],
        env={**os.environ, "PYTHONHASHSEED": "0"},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.stdout, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("race", [race.__name__ for race in RACES])
def test_one_interruption_shows_the_race(found, race):
    (once, _), _ = found[race][0]
    assert once


@pytest.mark.parametrize("race", [race.__name__ for race in RACES_OF_TWO])
def test_what_takes_two_interruptions_is_shown_by_two_and_not_by_one(found, race):
    (once, twice), _ = found[race][0]
    assert not once
    assert twice


@pytest.mark.parametrize("race", [race.__name__ for race in RACES + RACES_OF_TWO])
def test_no_interruptions_fail_what_is_mended(found, race):
    failed, tried = found[race][1]
    assert failed == [[], []]
    assert all(tried)
