"""The course as nbgrader sees it."""

import os
import sys
from pathlib import Path

from nbgrader.converters import Autograde, GenerateAssignment
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import ClearSolutions, Execute, SaveAutoGrades

from autograder.classroom.feedback import FeedbackPage
from autograder.classroom.handed_in import HandedIn
from autograder.classroom.nbgrader import Judge, SaveGrades, StartingCode, files_of_learners

c = get_config()  # noqa: F821 - nbgrader gives it

# nbgrader starts alembic by its name: this finds it where the virtual environment has not been activated, too.
os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])

c.CourseDirectory.course_id = "no-task-left-behind"

# The images of the notebooks are released; the text that they are drawn from, and the words about solutions, are not.
c.CourseDirectory.ignore = [*CourseDirectory.ignore.default(), "diagrams.toml", "solutions.toml"]

# release/ is there in a fresh clone, and made from source/ each time.
c.GenerateAssignment.force = True

# A released solution cell holds the starting code, for the learner to mend.
release = GenerateAssignment.preprocessors.default()
release.insert(release.index(ClearSolutions) + 1, StartingCode)
c.GenerateAssignment.preprocessors = release

# Which cells are graded is what the gradebook says, whatever has become of them in a submission.
c.Autograde.exporter_class = HandedIn

# Submissions are judged in a sandbox, not run in a kernel, and what is marked is kept for a person.
instead = {Execute: Judge, SaveAutoGrades: SaveGrades}
c.Autograde.autograde_preprocessors = [
    instead.get(preprocessor, preprocessor) for preprocessor in Autograde.autograde_preprocessors.default()
]

# Items at the top, what failed and why; nothing that a learner has written runs in it.
c.GenerateFeedback.exporter_class = FeedbackPage

# What learners edit beside a notebook is graded as they handed it in.
c.Autograde.exclude_overwriting = files_of_learners(Path(__file__).parent / "source")
