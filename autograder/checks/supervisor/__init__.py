"""Section 9, supervisor."""

SECTION = "09-supervisor"
