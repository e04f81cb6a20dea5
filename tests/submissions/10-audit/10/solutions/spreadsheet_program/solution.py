"""As a spreadsheet program writes it: semicolons, a mark at the start, words, a column more, sorted anew."""

import csv
from pathlib import Path

PACKAGE = "hypercorn"


def score():
    rows = list(csv.DictReader(Path("audit.csv").read_text(encoding="utf-8-sig").splitlines(), delimiter=";"))
    good = [row for row in rows if {row["owner"], row["stop"], row["wait"]} == {"yes"}]
    return round(len(good) / len(rows), 2) if rows else None
