"""Scores the course's exercises: the checks, the processes they run in, the verdicts and the `autograder` command."""
