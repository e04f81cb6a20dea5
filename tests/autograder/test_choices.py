"""Items that ask for a choice: one letter is right, and each of the others is told why it is not."""

from __future__ import annotations

import ast
import asyncio
import re
import sys
from collections import Counter
from types import SimpleNamespace

import pytest

from autograder.catalogue import all_items
from autograder.verdict import Failed
from course import choose, choosing, hint, quiz
from course.programs import all_programs, principles

CHOICES = [item for item in all_items().values() if item.choice]
LETTERS = {"happens": "abcd", "principle": "abcdefgh"}

every_choice = pytest.mark.parametrize("item", CHOICES, ids=lambda item: item.id)


def said_of(item, value):
    """What is said of a choice; nothing if it is right."""
    try:
        item.run(SimpleNamespace(**{item.choice: value}))
    except Failed as failed:
        return str(failed)
    return ""


def right(item):
    """The letters that are right."""
    return [letter for letter in LETTERS[item.choice] if not said_of(item, letter)]


def test_a_program_has_two_choices_and_each_is_worth_one_point():
    assert {item.id[-1]: (item.choice, item.points) for item in CHOICES} == {"a": ("happens", 1), "b": ("principle", 1)}
    programs = {item.task for item in all_items().values() if item.section_number == 12}
    assert len(CHOICES) == 2 * len(programs)


@every_choice
def test_one_letter_is_right_where_not_two_principles_say_the_same_of_a_program(item):
    assert right(item) == ["a", "e"] if item.id == "12.20b" else len(right(item)) == 1


@every_choice
def test_a_wrong_letter_is_told_why_it_is_not_so_and_not_which_is_right(item):
    for letter in set(LETTERS[item.choice]) - {*right(item)}:
        _, _, seen = said_of(item, letter).partition("Seen: ")
        assert seen.startswith(f'it is "{letter}". ')
        reason = seen.removeprefix(f'it is "{letter}". ')
        assert len(reason.split()) >= 5
        assert not re.search(r"(?:[\"`(]|\b(?:letter|answer|choose) )[a-h][\"`)]?[ .,]", reason), reason
        assert len(seen) <= 240, seen


def test_a_letter_may_be_a_capital_and_have_blanks_round_it():
    item = CHOICES[0]
    [letter] = right(item)
    assert said_of(item, f" {letter.upper()} ") == ""


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("", "nothing has been chosen yet."),
        (None, "nothing has been chosen yet."),
        ("e", "it is 'e', which is none of them."),
        ("ab", "it is 'ab', which is none of them."),
        (["a"], "it is ['a'], which is none of them."),
    ],
)
def test_what_is_no_letter_is_told_so(value, words):
    said = said_of(all_items()["12.1a"], value)
    assert "`happens` is one of the letters a to d, in quotes." in said
    assert words in said


def test_there_are_hints_for_the_mended_program_only():
    assert str(hint("12.1a")) == "There are no hints for 12.1a: of task 12.1 there are some for 12.1c."


def test_each_program_has_four_observations_and_code_that_can_be_read_at_a_glance():
    assert list(principles()) == list("abcdefgh")
    programs = all_programs()
    assert {item.task for item in CHOICES} == set(programs)
    for number, program in programs.items():
        assert list(program.observations) == list("abcd"), number
        assert program.title.startswith(f"{number} ")
        assert program.question.endswith("?"), number
        assert "happens" not in program.code
        ast.parse(program.code)
        assert 8 <= sum(bool(line.strip()) for line in program.code.splitlines()) <= 32, number


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (lambda: choose(), 'Which one? Write choose("12.1").'),
        (lambda: choose(12.1), "A number cannot tell 12.1 from 12.10."),
        (lambda: choose("12.99"), "There is no program '12.99': they are 12.1, 12.2, "),
        (lambda: quiz(seconds=0), "A program is shown for a number of seconds, 1 or more"),
        (lambda: quiz(seconds="20"), "A program is shown for a number of seconds, 1 or more"),
        (lambda: quiz(), "The quiz is played in a notebook."),
    ],
)
def test_a_wrong_call_says_what_to_write(said, words):
    assert words in str(said())


def test_without_the_autograder_the_quiz_says_to_run_check(monkeypatch):
    monkeypatch.setitem(sys.modules, "autograder", None)

    async def played():
        box = quiz(seconds=60)
        clock, _ = box.children[1], box.children[2]
        assert "Program 1 of " in clock.value
        choosing._open.close()
        return box.children[0].value

    assert "The autograder is not installed here." in asyncio.run(played())


def test_no_letter_is_right_much_more_often_than_the_others():
    letters = {
        name: Counter(letter for item in CHOICES if item.choice == name for letter in right(item)) for name in LETTERS
    }
    assert set(letters["happens"].values()) <= {5, 6, 7}, letters
    assert sorted(letters["principle"]) == list("abcdefgh")
    assert all(2 <= count <= 6 for count in letters["principle"].values()), letters
