"""A search of schedules finds a planted race every time, and nothing in code that is right."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.virtual.races import RACES

SCRIPT = """
import json
from tests.virtual import races
races.prepare()
found = {race.__name__: [races.search(race, mended) for mended in (False, True)] for race in races.RACES}
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
    failed, _ = found[race][0]
    assert failed


@pytest.mark.parametrize("race", [race.__name__ for race in RACES])
def test_no_interruption_fails_what_is_mended(found, race):
    failed, _ = found[race][1]
    assert not failed
