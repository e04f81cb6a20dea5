"""A zip archive with a folder on top; the score is worked out by hand, and rounded."""

score = 0.67
worst_file = "app/hook.py"
