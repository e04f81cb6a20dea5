"""Section 3, task groups."""

SECTION = "03-task-groups"
