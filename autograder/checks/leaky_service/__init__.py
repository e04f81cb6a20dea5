"""Section 7, refactor a leaky service."""

SECTION = "07-leaky-service"
