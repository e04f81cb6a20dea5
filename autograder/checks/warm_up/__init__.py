"""Section 1, warm-up: five patterns."""

SECTION = "01-warm-up"
