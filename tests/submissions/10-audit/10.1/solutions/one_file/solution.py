"""One file; a fraction for the score, full paths in the spreadsheet."""

import csv
from fractions import Fraction

worst_file = "job.py"


def score():
    with open("my-audit.csv", newline="") as file:
        rows = list(csv.reader(file))[1:]
    return Fraction(sum(row[3:6] == ["Y", "Y", "Y"] for row in rows), len(rows))
