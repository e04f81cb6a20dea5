"""The grader's tests of the project: what its README promises, whatever the learner has changed inside."""
