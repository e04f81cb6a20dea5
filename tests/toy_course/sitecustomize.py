"""With this folder on PYTHONPATH, the course is the toy course: sections 90 to 92 are in the place of the real ones."""

from pathlib import Path

from autograder import checks

checks.__path__[:] = [str(Path(__file__).parent / "toy" / "checks")]
