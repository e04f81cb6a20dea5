"""What a learner types in a notebook: `check`, `hint`, `solution`; and a graded cell that a kernel runs."""

from __future__ import annotations

import builtins
import os
import subprocess
import sys

import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook

import course
from autograder.catalogue import all_items
from course.hints import all_hints
from course.kept import points
from tests.toys import ENVIRONMENT, LEAKY, RIGHT, SECTION, WRONG, toy_cell

ITEM, HINTS = next(iter(all_hints().items()))
TASK = ITEM[:-1]
UNMARKED = WRONG.partition("\n")[2]
"""The cell without its first line."""


@pytest.fixture(scope="module")
def run():
    """Runs cells in one kernel, which all tests share, and returns each one's outputs. The course is the toy course."""
    client = NotebookClient(new_notebook(), timeout=60, kernel_name="python3", allow_errors=True)

    def run_cells(*sources):
        client.nb = new_notebook(cells=[new_code_cell(source) for source in sources])
        for number, cell in enumerate(client.nb.cells):
            client.execute_cell(cell, number)
        return [cell.outputs for cell in client.nb.cells]

    with client.setup_kernel(env=ENVIRONMENT):
        yield run_cells


def test_check_judges_the_cell_as_it_was_last_run(run):
    ask = 'from course import check\ncheck("91.1")'
    _, before, _, after = run(WRONG, ask, RIGHT, ask)
    assert "1 of 3 items pass" in before[0].data["text/plain"]
    assert "3 of 3 items pass, 6 of 6 points" in after[0].data["text/plain"]
    assert {"91.1a", "91.1b", "91.1c"} <= set(points.passed())


@pytest.mark.parametrize(
    "top",
    [
        "# third try\n# solution: 91.1\n",
        "%%time\n# solution: 91.1\n",
        "%%capture\n# solution: 91.1\n",
        "# solution: 91.1 (simplified)\n",
        "## Solution: 91.1\n",
    ],
)
def test_the_cell_that_was_run_last_is_judged_whatever_stands_round_its_mark(run, top):
    _, _, (said,) = run(RIGHT, top + UNMARKED, 'from course import check\ncheck("91.1")')
    assert "✗ 91.1a" in said.data["text/plain"]
    assert "Seen: " in said.data["text/plain"]
    assert "syntax error" not in said.data["text/plain"]


def test_a_cell_that_lost_its_mark_is_not_passed_over_in_silence(run):
    ask = 'from course import check\ncheck("91.1")'
    _, _, (said,), _, (after,) = run(RIGHT, UNMARKED, ask, RIGHT, ask)
    assert "0 of 3" in said.data["text/plain"]
    assert "does not begin with the line '# solution: 91.1'" in said.data["text/plain"]
    assert "✓ 91.1a" in after.data["text/plain"]


def test_a_verdict_can_be_read_as_a_table_and_as_plain_text_with_the_line_of_the_cell(run):
    _, (said,) = run(WRONG, 'from course import check\ncheck("91.1a")')
    for form in ("text/plain", "text/html"):
        assert "91.1a" in said.data[form]
        assert "returns what was fetched." in said.data[form]
        assert "cell 91.1, line " in said.data[form]
    assert "<table" in said.data["text/html"]
    assert "Expected: " in said.data["text/plain"]


def test_the_starting_code_is_judged_for_a_learner_who_asks(run):
    leaky = toy_cell("91_1-leaky")
    _, _, (said,) = run(leaky, LEAKY, 'from course import check\ncheck("91.1c")')
    assert "What was judged of 91.1 is the starting code, unchanged." in said.data["text/plain"]
    assert "✗ 91.1c" in said.data["text/plain"]
    assert "Expected: " in said.data["text/plain"]


def test_before_the_cell_was_run_check_says_so(run):
    """No other test runs a solution of 91.2."""
    ((said,),) = run('from course import check\ncheck("91.2")')
    assert "○ 91.2a" in said.data["text/plain"]
    assert "You have not run a solution of task 91.2 yet" in said.data["text/plain"]
    assert "# solution: 91.2" in said.data["text/plain"]


def test_where_the_notebooks_folder_was_deleted_check_says_what_to_do(run):
    delete = "import os, tempfile\nhome = os.getcwd()\nos.chdir(folder := tempfile.mkdtemp())\nos.rmdir(folder)"
    _, asked, _ = run(delete, 'from course import check\ncheck("91.1")', "os.chdir(home)")
    assert "Restart the kernel." in asked[0].data["text/markdown"]


def test_a_section_is_judged_whole(run):
    _, (said,) = run(RIGHT, "from course import check\ncheck(section=91)")
    assert all(f" {item}  " in said.data["text/plain"] for item in ("91.1a", "91.1b", "91.1c", "91.2a"))


@pytest.mark.parametrize(
    ("call", "words"),
    [
        ("check()", 'check("1.1") or check("1.1a"). For a whole section: check(section=1).'),
        ("check(1.1)", 'cannot tell 12.1 from 12.10. Write it in quotes: check("1.1")'),
        ("check(6)", 'check("6")'),
        ("check([1])", "not list"),
        ('check("")', 'check("1.1")'),
        ("check(section=1.0)", "whole number. Write check(section=1)."),
        ('check("1.1", section=1)', "not both"),
        ('check("91")', "the tasks of section 91 are 91.1, 91.2. For all of them: check(section=91)"),
        ('check("91.6")', "'91.6'; the tasks are 90, 91.1, 91.2, 92"),
        ("check(section=99)", "there is no section 99; the sections are 90, 91, 92"),
        ("hint()", 'hint("1.1a")'),
        ("hint(1.1)", 'hint("1.1a")'),
        (f'hint("{TASK}")', f"of task {TASK} there are {ITEM}, "),
        ("solution()", 'solution("1.1")'),
        ("solution(1.1)", 'solution("1.1")'),
    ],
)
def test_an_odd_call_is_told_what_to_write(call, words, toy_course):
    assert words in eval(call, {name: getattr(course, name) for name in ("check", "hint", "solution")})


def test_outside_a_notebook_check_names_the_command():
    assert "autograder check --task" in course.check("1.1")


def test_without_the_autograder_check_says_when_it_is_graded(monkeypatch):
    real_import = builtins.__import__

    def no_autograder(name, *arguments, **options):
        if name.startswith("autograder"):
            raise ImportError(name)
        return real_import(name, *arguments, **options)

    monkeypatch.setattr(builtins, "__import__", no_autograder)
    assert "graded after you submit" in course.check("1.1")
    assert "not on this machine" in course.solution("1.1")


def test_a_graded_cell_that_a_kernel_runs_shows_the_verdict_and_fails_without_a_traceback(run):
    line = 'from course.selfcheck import graded; graded("91.1a")'
    _, passed, _, failed = run(RIGHT, line, WRONG, line)
    assert [output.output_type for output in passed] == ["stream"]
    assert "✓ 91.1a" in passed[0].text
    (error,) = failed
    assert error.output_type == "error"
    assert "Expected: " in "\n".join(error.traceback)
    assert "Traceback" not in "\n".join(error.traceback)


def test_hints_come_one_at_a_time_and_begin_again():
    shown = [course.hint(ITEM) for _ in range(4)]
    for number, text in enumerate(HINTS):
        assert text.strip() in shown[number]
        assert f"Hint {number + 1} of 3" in shown[number]
    assert shown[3] == shown[0]


@pytest.mark.parametrize("unknown", ["9.9z", "1_1a"])
def test_a_hint_for_what_is_no_item_says_what_an_item_is(unknown):
    assert "such as 1.1a" in course.hint(unknown)


def test_the_reference_solution_is_shown_as_code():
    shown = course.solution(TASK)
    assert shown.startswith("```python\n")
    assert all_items()[ITEM].needs[0].partition("(")[0] in shown
    assert "###" not in shown
    assert "There is no task" in course.solution("7.7")


def test_a_run_that_failed_is_offered_by_check_and_drawn_by_replay(run):
    _, (table,), (drawn,) = run(WRONG, 'from course import check, replay\ncheck("91.1a")', 'replay("91.1a")')
    assert 'See why: `replay("91.1a")` draws this run.' in table.data["text/plain"]
    assert "<svg" in drawn.data["text/html"]
    assert "cell 91.1, line" in drawn.data["text/plain"]


def test_where_there_is_no_run_to_draw_replay_says_why(run):
    calls = ['replay("91.1")', 'replay("91.1b")', 'replay("90a")', 'replay("91.1a")', "replay(1.1)", 'replay("99")']
    _, _, *said = run("from course import replay", RIGHT, *calls)
    texts = [outputs[0].data["text/plain"] for outputs in said]
    assert texts[0] == 'Say which item: replay("91.1a"), for example.'
    assert texts[1].endswith("it is judged by runs of your test with other code.")
    assert texts[2].endswith("it is judged on the machine's own clock.")
    assert texts[3] == "`91.1a` holds: there is no run that failed."
    assert texts[4].startswith("A number cannot tell 12.1 from 12.10.")
    assert "99" in texts[5]


@pytest.mark.parametrize("installed", [True, False], ids=["with the autograder", "without"])
def test_nbgrader_validate_tells_the_truth_of_an_untouched_notebook(installed, toy_class, tmp_path):
    environment = ENVIRONMENT
    if not installed:
        (tmp_path / "sitecustomize.py").write_text("import sys\nsys.modules['autograder'] = None\n")
        environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", "validate", str(toy_class / "release" / SECTION / "toy-code.ipynb")],
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert "Success" not in done.stdout
    assert done.stdout.count("not attempted. The starting code has not been changed.") == 4
    assert "VALIDATION FAILED ON 4 CELL(S)" in done.stdout
    assert "Traceback" not in done.stdout
