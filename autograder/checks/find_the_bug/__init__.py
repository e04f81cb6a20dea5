"""Section 12, find the bug: 24 programs, each with one fault."""

SECTION = "12-find-the-bug"
