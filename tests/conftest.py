"""For all tests: what is kept of a learner's progress goes to a file of the tests' own."""

import os
import tempfile
from pathlib import Path

# In the environment, and before any test: kernels and other processes of the tests have it, too.
os.environ["COURSE_PROGRESS"] = str(Path(tempfile.mkdtemp(prefix="course-progress-")) / "progress.json")
