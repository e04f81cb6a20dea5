"""Section 12 in JupyterLab: a choice made with buttons, and the quiz."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

NOTEBOOK = Path(__file__).parent.parent.parent / "release" / "12-find-the-bug" / "find-the-bug.ipynb"
CELLS = [cell["id"] for cell in json.loads(NOTEBOOK.read_text())["cells"]]
IMPORTS, CHOOSE = CELLS.index("imports"), CELLS.index("12_1-choose")


def button(output, words):
    return output.get_by_role("button", name=re.compile(re.escape(words)))


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_what_is_chosen_with_buttons_is_shown_as_two_lines(lab, theme):
    notebook = lab(NOTEBOOK, theme=theme)
    notebook.run(IMPORTS)
    notebook.run(CHOOSE)
    shown = notebook.output(CHOOSE)
    expect(shown.get_by_text('happens = ""')).to_be_visible()
    button(shown, "b) The thread count goes up by one").click()
    button(shown, "e) cancellation passes through").click()
    expect(shown.locator("pre")).to_have_text('happens = "b"\nprinciple = "e"')
    button(shown, "c) Each disconnect() takes two seconds").click()
    expect(shown.locator("pre")).to_have_text('happens = "c"\nprinciple = "e"')


def test_the_quiz_goes_on_when_both_are_chosen_or_time_is_up_and_says_at_the_end_what_was_right(lab):
    notebook = lab(["from course import quiz", "quiz(seconds=600)", "quiz(seconds=5)"])
    notebook.run(0)
    notebook.run(1)
    first = notebook.output(1)
    for number in (1, 2):
        expect(first.get_by_text(re.compile(rf"Program {number} of \d+"))).to_be_visible()
        button(first, "b) ").first.click()
        button(first, "f) no lock held across a wait").click()
    expect(first.get_by_text(re.compile(r"Program 3 of \d+"))).to_be_visible()

    notebook.run(2)  # a second quiz ends the first
    expect(first.get_by_text(re.compile(r"\d of 4 choices were right."))).to_be_visible()
    expect(first.get_by_role("button")).to_have_count(0)

    second = notebook.output(2)
    expect(second.get_by_text(re.compile(r"Program ([2-9]|1\d) of \d+"))).to_be_visible()
    second.get_by_role("button", name="Stop here").click()
    expect(second.get_by_text(re.compile(r"0 of \d+ choices were right."))).to_be_visible()
    expect(second.get_by_text("nothing has been chosen yet").first).to_be_visible()
