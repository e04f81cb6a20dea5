"""What a learner types in a notebook: `check`, `hint`, `solution`; and a graded cell that a kernel runs."""

from __future__ import annotations

import builtins
import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook

import course
from autograder.catalogue import all_items
from course.hints import all_hints
from course.kept import points
from tests.cases import solution_cell

ROOT = Path(__file__).parent.parent.parent
RIGHT = solution_cell("01-warm-up/1.1/solutions/cancel_and_await")
WRONG = solution_cell("01-warm-up/1.1/mutants/fire_and_forget")


@pytest.fixture(scope="module")
def run():
    """Runs cells in one kernel, which all tests share, and returns each one's outputs."""
    client = NotebookClient(new_notebook(), timeout=60, kernel_name="python3", allow_errors=True)

    def run_cells(*sources):
        client.nb = new_notebook(cells=[new_code_cell(source) for source in sources])
        for number, cell in enumerate(client.nb.cells):
            client.execute_cell(cell, number)
        return [cell.outputs for cell in client.nb.cells]

    with client.setup_kernel():
        yield run_cells


def test_check_judges_the_cell_as_it_was_last_run(run):
    ask = 'from course import check\ncheck("1.1")'
    _, before, _, after = run(WRONG, ask, RIGHT, ask)
    assert "1 of 3 items pass" in before[0].data["text/plain"]
    assert "3 of 3 items pass, 6 of 6 points" in after[0].data["text/plain"]
    assert {"1.1a", "1.1b", "1.1c"} <= set(points.passed())


@pytest.mark.parametrize(
    "top",
    [
        "# third try\n# solution: 1.1\n",
        "%%time\n# solution: 1.1\n",
        "%%capture\n# solution: 1.1\n",
        "# solution: 1.1 (simplified)\n",
        "## Solution: 1.1\n",
    ],
)
def test_the_cell_that_was_run_last_is_judged_whatever_stands_round_its_mark(run, top):
    right = solution_cell("01-warm-up/1.1/solutions/cancel_and_await")
    wrong = solution_cell("01-warm-up/1.1/mutants/fire_and_forget").partition("\n")[2]
    _, _, (said,) = run(right, top + wrong, 'from course import check\ncheck("1.1")')
    assert "✗ 1.1a" in said.data["text/plain"]
    assert "Seen: " in said.data["text/plain"]
    assert "syntax error" not in said.data["text/plain"]


def test_a_cell_that_lost_its_mark_is_not_passed_over_in_silence(run):
    right = solution_cell("01-warm-up/1.1/solutions/cancel_and_await")
    unmarked = solution_cell("01-warm-up/1.1/mutants/fire_and_forget").partition("\n")[2]
    ask = 'from course import check\ncheck("1.1")'
    _, _, (said,), _, (after,) = run(right, unmarked, ask, right, ask)
    assert "0 of 3" in said.data["text/plain"]
    assert "does not begin with the line '# solution: 1.1'" in said.data["text/plain"]
    assert "✓ 1.1a" in after.data["text/plain"]


def test_a_verdict_can_be_read_as_a_table_and_as_plain_text_with_the_line_of_the_cell(run):
    _, (said,) = run(WRONG, 'from course import check\ncheck("1.1a")')
    for form in ("text/plain", "text/html"):
        assert "1.1a" in said.data[form]
        assert all_items()["1.1a"].title.split("`")[0] in said.data[form]
        assert "cell 1.1, line " in said.data[form]
    assert "<table" in said.data["text/html"]
    assert "Expected: " in said.data["text/plain"]


def test_the_starting_code_is_judged_for_a_learner_who_asks(run):
    source = nbformat.read(ROOT / "source/01-warm-up/warm-up.ipynb", as_version=4)
    (leaky,) = [cell.source for cell in source.cells if cell.id == "1_1-leaky"]
    _, _, (said,) = run(leaky, leaky.replace("starting code", "solution"), 'from course import check\ncheck("1.1a")')
    assert "What was judged of 1.1 is the starting code, unchanged." in said.data["text/plain"]
    assert "✗ 1.1a" in said.data["text/plain"]
    assert "Expected: " in said.data["text/plain"]


def test_before_the_cell_was_run_check_says_so(run):
    """No other test runs a solution of 1.5."""
    ((said,),) = run('from course import check\ncheck("1.5")')
    assert "○ 1.5a" in said.data["text/plain"]
    assert "You have not run a solution of task 1.5 yet" in said.data["text/plain"]
    assert "# solution: 1.5" in said.data["text/plain"]


def test_where_the_notebooks_folder_was_deleted_check_says_what_to_do(run):
    delete = "import os, tempfile\nhome = os.getcwd()\nos.chdir(folder := tempfile.mkdtemp())\nos.rmdir(folder)"
    _, asked, _ = run(delete, 'from course import check\ncheck("1.1")', "os.chdir(home)")
    assert "Restart the kernel." in asked[0].data["text/markdown"]


def test_a_section_is_judged_whole(run):
    _, (said,) = run(RIGHT, "from course import check\ncheck(section=1)")
    assert all(f" {item}  " in said.data["text/plain"] for item in all_items() if item.startswith("1."))


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
        ('check("1")', "the tasks of section 1 are 1.1, 1.2, 1.3, 1.4, 1.5. For all of them: check(section=1)"),
        ('check("1.6")', "'1.6'; the tasks are 1.1, 1.2, 1.3, 1.4, 1.5"),
        ("check(section=99)", "there is no section 99; the sections are 1"),
        ("hint()", 'hint("1.1a")'),
        ("hint(1.1)", 'hint("1.1a")'),
        ('hint("1.1")', "of task 1.1 there are 1.1a, 1.1b, 1.1c"),
        ("solution()", 'solution("1.1")'),
        ("solution(1.1)", 'solution("1.1")'),
    ],
)
def test_an_odd_call_is_told_what_to_write(call, words):
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
    line = 'from course.selfcheck import graded; graded("1.1a")'
    _, passed, _, failed = run(RIGHT, line, WRONG, line)
    assert [output.output_type for output in passed] == ["stream"]
    assert "✓ 1.1a" in passed[0].text
    (error,) = failed
    assert error.output_type == "error"
    assert "Expected: " in "\n".join(error.traceback)
    assert "Traceback" not in "\n".join(error.traceback)


def test_hints_come_one_at_a_time_and_begin_again():
    shown = [course.hint("1.1a") for _ in range(4)]
    for number, text in enumerate(all_hints()["1.1a"]):
        assert text.strip() in shown[number]
        assert f"Hint {number + 1} of 3" in shown[number]
    assert shown[3] == shown[0]


@pytest.mark.parametrize("unknown", ["9.9z", "1_1a"])
def test_a_hint_for_what_is_no_item_says_what_an_item_is(unknown):
    assert "such as 1.1a" in course.hint(unknown)


def test_the_reference_solution_is_shown_as_code():
    shown = course.solution("1.1")
    assert shown.startswith("```python\n")
    assert "async def first(urls, fetch)" in shown
    assert "###" not in shown
    assert "There is no task" in course.solution("7.7")


def test_a_run_that_failed_is_offered_by_check_and_drawn_by_replay(run):
    _, (table,), (drawn,) = run(WRONG, 'from course import check, replay\ncheck("1.1a")', 'replay("1.1a")')
    assert 'See why: `replay("1.1a")` draws this run.' in table.data["text/plain"]
    assert "<svg" in drawn.data["text/html"]
    assert "cell 1.1, line" in drawn.data["text/plain"]


def test_where_there_is_no_run_to_draw_replay_says_why(run):
    calls = ['replay("1.1")', 'replay("1.1b")', 'replay("1.3c")', 'replay("1.1a")', "replay(1.1)", 'replay("99")']
    _, _, *said = run("from course import replay", RIGHT, *calls)
    texts = [outputs[0].data["text/plain"] for outputs in said]
    assert texts[0] == 'Say which item: replay("1.1a"), for example.'
    assert texts[1].endswith("it is judged by runs of your test with other code.")
    assert texts[2].endswith("it is judged on the machine's own clock.")
    assert texts[3] == "`1.1a` holds: there is no run that failed."
    assert texts[4].startswith("A number cannot tell 12.1 from 12.10.")
    assert "99" in texts[5]


@pytest.mark.parametrize("installed", [True, False], ids=["with the autograder", "without"])
def test_nbgrader_validate_tells_the_truth_of_an_untouched_notebook(installed, tmp_path):
    if not installed:
        (tmp_path / "sitecustomize.py").write_text("import sys\nsys.modules['autograder'] = None\n")
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", "validate", str(ROOT / "release" / "01-warm-up" / "warm-up.ipynb")],
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert "Success" not in done.stdout
    count = sum(item.section == "01-warm-up" for item in all_items().values())
    assert done.stdout.count("not attempted. The starting code has not been changed.") == count
    assert f"VALIDATION FAILED ON {count} CELL(S)" in done.stdout
    assert "Traceback" not in done.stdout
