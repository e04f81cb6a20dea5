"""pandas, and the other package."""

import pandas

PACKAGE = "apscheduler"


def score() -> float:
    answers = pandas.read_csv("audit.csv")[["owner", "stop", "wait"]]
    if answers.empty:
        return None
    return float((answers == "Y").all(axis=1).mean())
