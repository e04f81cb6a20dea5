"""With this folder on PYTHONPATH, the course has one more section, which only tests know: 91-tally."""

from pathlib import Path

from autograder import checks

checks.__path__.append(str(Path(__file__).parent / "checks"))
