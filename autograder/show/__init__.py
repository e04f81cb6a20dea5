"""Verdicts as a person or a program wants to see them. Each is a view of a list of `Verdict`."""
