# fails: 10a
import csv

PACKAGE = "apscheduler"


def score() -> float:
    with open("audit.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    return sum([row["owner"], row["stop"], row["wait"]] == ["Y"] * 3 for row in rows) / len(rows) if rows else None
