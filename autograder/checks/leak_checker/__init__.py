"""Section 4, a leak checker for a project: the switch, the leaks, the allow list, one test by itself."""

SECTION = "04-leak-checker"
