"""The two choices of each program: what happens, of four observations, and which of the eight principles is broken.

    happens = observation(task, a="…", b="…", d="…")
    principle = broken_principle(task, "b", c="…", d="…")

The observations stand in the notebook; here are the reasons why a letter is wrong, which would give the right one away.
Of a principle that nobody would think of, the reason is the same in every program.
"""

from __future__ import annotations

from autograder.checking import Task
from autograder.item import Item

REASONS = {
    "a": "An owner is missing where nobody knows a task or a thread, and so nobody can end it. Here somebody does.",
    "b": "A stop signal is missing where a task or a thread is never told to end. Here that is not the trouble.",
    "c": "A wait point is missing where somebody goes on though what it has told to end still runs. Here nobody does.",
    "d": "This is broken where somebody waits, and nothing else can end that wait. Here another wait would not help.",
    "e": "This is broken where a cancellation does not come through to what it is meant for. Here that is not so.",
    "f": "This is broken where somebody waits while it holds a lock or a place that others need. Here nobody does.",
    "g": "This is broken where what was taken is not given back after an error or a cancellation. Here all of it is.",
    "h": "This is broken where an error ends something, and nobody hears of it. Here no error is lost.",
}


def observation(task: Task, **wrong: str) -> Item:
    """Declare a program's item a. `wrong` has a reason for each wrong letter of a to d: the one left out is right."""
    [right] = {*"abcd"} - {*wrong}
    title = "What happens: `happens` is the letter of what one sees."
    return task.choice("a", "happens", title, right=right, reasons=wrong)


def broken_principle(task: Task, right: str, **reasons: str) -> Item:
    """Declare a program's item b. `right` is its letter, or two that say the same of it.

    `reasons` say why a principle is not the one where the general reason will not do.
    """
    wrong = {letter: reason for letter, reason in (REASONS | reasons).items() if letter not in right}
    title = "Why: `principle` is the letter of the principle that is broken."
    return task.choice("b", "principle", title, right=right, reasons=wrong)
