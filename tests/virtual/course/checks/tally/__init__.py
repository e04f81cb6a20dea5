"""Section 91, tally: a task of threads on virtual time."""

SECTION = "91-tally"
