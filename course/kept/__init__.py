"""What is kept of a learner's work: which points hold, and how the leaks of the tasks looked, first and mended.

It is one small file in Jupyter's folder for data, `no-task-left-behind/progress.json`, or the file that the environment
variable `COURSE_PROGRESS` names. `check` writes it, and the cells that record a run. It is replaced as a whole or not
at all, and what a newer version of the course has put in it stays there. A file that holds something else is set aside,
never thrown away.
"""
