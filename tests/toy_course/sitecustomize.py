"""With this folder on PYTHONPATH, the course has two more sections, which only tests know: 90-toy and 91-toy-code."""

from pathlib import Path

from autograder import checks

checks.__path__.append(str(Path(__file__).parent / "checks"))
