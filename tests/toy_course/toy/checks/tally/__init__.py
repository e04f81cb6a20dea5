"""Section 92, tally: a task of threads on virtual time."""

SECTION = "92-tally"
