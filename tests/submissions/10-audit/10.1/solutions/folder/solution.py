"""A folder; the score is computed."""

import csv

with open("my-audit.csv", newline="") as file:
    _rows = list(csv.DictReader(file))
_clean = [row for row in _rows if (row["owner"], row["stop"], row["wait"]) == ("Y", "Y", "Y")]

score = len(_clean) / len(_rows)
worst_file = "app/hook.py"
