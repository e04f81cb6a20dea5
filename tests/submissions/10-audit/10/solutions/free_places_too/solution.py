"""Lines of constructors and of the ends of calls, places that are free listed too, full paths, small letters."""

import csv
from fractions import Fraction

PACKAGE = "APScheduler"


def _rows():
    with open("audit.csv", newline="") as file:
        header, *rows = csv.reader(file)
        columns = [header.index(name) for name in ("owner", "stop", "wait")]
        for row in rows:
            yield [row[column].lower() for column in columns]


def score() -> float | None:
    clean = total = 0
    for letters in _rows():
        total += 1
        clean += letters == ["y"] * 3
    return float(Fraction(clean, total)) if total else None
