"""Section 90, toy: a task whose solution is a folder, a table and a cell."""

SECTION = "90-toy"
