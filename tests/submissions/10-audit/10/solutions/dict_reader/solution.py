"""The csv module, a dictionary a row."""

import csv

PACKAGE = "hypercorn"


def score() -> float:
    with open("audit.csv", newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    if not rows:
        return None
    return sum(row["owner"] == row["stop"] == row["wait"] == "Y" for row in rows) / len(rows)
