"""A function for the score, a place that the tool misses, two files that are equally bad."""

import pandas


def score():
    answers = pandas.read_csv("my-audit.csv")[["owner", "stop", "wait"]]
    return (answers == "Y").all(axis="columns").mean()


worst_file = "my-project/app/extra.py"
