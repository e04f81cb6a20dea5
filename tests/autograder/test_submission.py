"""Reading submissions: notebooks of every shape, files, folders, the cells of a live notebook."""

from __future__ import annotations

import json
import os
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_raw_cell

from autograder import submission
from autograder.files import LARGEST_FILE, SubmissionError
from tests.toys import LEAKY, RIGHT

SOLVED = "# solution: 1.1\nasync def first(urls, fetch):\n    return await fetch(urls[0])\n"
OTHER = "# starting code: 1.1\nasync def first(urls, fetch):\n    return urls[0]\n"


def write(path, *cells, **fields):
    notebook = new_notebook(cells=list(cells))
    notebook.update(fields)
    path.write_text(json.dumps(notebook))
    return path


@pytest.fixture
def path(tmp_path):
    return tmp_path / "warm-up.ipynb"


def test_a_cell_belongs_to_the_task_that_its_first_line_names(path):
    write(path, new_markdown_cell("# solution: 1.3"), new_code_cell("1 + 1"), new_code_cell(SOLVED))
    read = submission.read(path)
    assert list(read.tasks) == ["1.1"]
    assert read.tasks["1.1"].files == {"cell 1.1": SOLVED}


@pytest.mark.parametrize(
    "line", ["# solution: 1.1", "#solution:1.1", "# Solution: 1.1  ", "# mine\n# solution: 1.1, third try"]
)
def test_the_first_line_may_be_written_a_little_differently(line, path):
    write(path, new_code_cell(f"{line}\nx = 1"))
    assert "1.1" in submission.read(path).tasks


def test_a_cell_without_its_first_line_is_known_by_its_id(path):
    write(path, new_code_cell("x = 1", id="1_1-solution"))
    assert "1.1" in submission.read(path).tasks


def test_a_cell_without_its_first_line_is_known_by_its_nbgrader_id(path):
    write(path, new_code_cell("x = 1", id="other", metadata={"nbgrader": {"grade_id": "1_1-solution"}}))
    assert "1.1" in submission.read(path).tasks


def test_the_starting_code_counts_as_untouched_until_code_changes(path, toy_course):
    given = LEAKY
    for change, untouched in [("", True), ("\n\n# a comment\n", True), ("\nx = 1\n", False)]:
        write(path, new_code_cell(given + change))
        assert submission.read(path).tasks["91.1"].untouched is untouched


def test_what_a_learner_made_of_the_starting_code_does_not_count(path):
    write(path, new_code_cell(OTHER), new_code_cell(OTHER.replace("starting code", "solution")))
    assert not submission.read(path).tasks["1.1"].untouched


def test_a_cell_with_the_starting_code_does_not_compete_with_a_solution(path, toy_course):
    given = LEAKY
    write(path, new_code_cell(given), new_code_cell(RIGHT), new_code_cell("# solution: 91.1"))
    task = submission.read(path).tasks["91.1"]
    assert task.files == {"cell 91.1": RIGHT}
    assert not task.problem


@pytest.mark.parametrize("make", [new_markdown_cell, new_raw_cell])
def test_a_solution_cell_that_became_text_is_known_by_its_id(make, path):
    write(path, make(SOLVED, id="1_1-solution"))
    assert submission.read(path).tasks["1.1"].files == {"cell 1.1": SOLVED}


def test_the_halves_of_a_split_cell_are_to_be_joined(path):
    nbgrader = {"nbgrader": {"grade_id": "1_1-solution"}}
    write(path, new_code_cell(SOLVED, metadata=nbgrader), new_code_cell("x = 1", metadata=nbgrader))
    assert "Cells 1 and 2" in submission.read(path).tasks["1.1"].problem
    assert "Join them" in submission.read(path).tasks["1.1"].problem


def test_a_cell_with_a_mass_of_code_is_named_and_the_others_are_read(path):
    huge = f"# solution: 1.3\nx = {[0] * 100_000}"
    write(path, new_code_cell(huge), new_code_cell(SOLVED))
    tasks = submission.read(path).tasks
    assert tasks["1.3"].problem == "cell 1.3 has more than 200 KB of code. Move data that is in it to a file."
    assert not tasks["1.1"].problem


@pytest.mark.parametrize("body", ["", "# here", "import asyncio", "raise NotImplementedError()", '"""Text."""', "..."])
def test_a_solution_without_code_counts_as_untouched(body, path):
    write(path, new_code_cell(f"# solution: 1.1\n{body}"))
    assert submission.read(path).tasks["1.1"].untouched


def test_two_cells_for_one_task_are_named_and_the_other_tasks_are_read(path):
    other = SOLVED.replace("1.1", "1.3")
    write(path, new_code_cell(SOLVED), new_markdown_cell("text"), new_code_cell(SOLVED), new_code_cell(other))
    tasks = submission.read(path).tasks
    assert "Cells 1 and 3" in tasks["1.1"].problem
    assert not tasks["1.3"].problem


def test_a_notebook_of_an_older_format_is_read(path):
    new = new_notebook(cells=[new_code_cell(SOLVED)])
    path.write_text(json.dumps(nbformat.convert(new, 3)))
    assert submission.read(path).tasks["1.1"].files["cell 1.1"] == SOLVED


def test_a_notebook_without_any_metadata_is_read(path):
    path.write_text(json.dumps({"cells": [{"cell_type": "code", "source": SOLVED.splitlines(keepends=True)}]}))
    assert submission.read(path).tasks["1.1"].files["cell 1.1"] == SOLVED


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "not JSON"),
        ("", "the file is empty"),
        ("[]", "no cells"),
        ("{}", "no cells"),
        ('{"cells": 3}', "no list"),
        ("[" * 100_000, "not a notebook"),
        ('{"cells": [], "nbformat": 7}', "notebook format 7"),
        ('{"cells": [], "nbformat": "new"}', "notebook format new"),
        ('{"worksheets": 1, "nbformat": 3}', "cannot be converted"),
    ],
)
def test_what_is_no_notebook_is_an_error_that_names_the_file(text, words, path):
    path.write_text(text)
    with pytest.raises(SubmissionError) as error:
        submission.read(path)
    assert str(path) in str(error.value)
    assert words in str(error.value)


def test_odd_cells_do_not_keep_the_others_from_being_read(path):
    cells = [None, 3, {}, {"cell_type": "code"}, {"cell_type": "code", "source": None, "metadata": 1}]
    path.write_text(json.dumps({"cells": [*cells, {"cell_type": "code", "source": SOLVED}]}))
    assert submission.read(path).tasks["1.1"].files["cell 1.1"] == SOLVED


def test_a_missing_file_a_binary_file_and_a_file_of_another_kind_are_named(tmp_path):
    (tmp_path / "binary.ipynb").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "text.txt").write_text("x")
    for name, words in [("none.py", "no such file"), ("binary.ipynb", "UTF-8"), ("text.txt", "not a notebook")]:
        with pytest.raises(SubmissionError, match=words):
            submission.read(tmp_path / name, "1.1")


def test_a_python_file_says_its_task_itself_or_is_told(tmp_path):
    (tmp_path / "marked.py").write_text(SOLVED)
    (tmp_path / "plain.py").write_text("x = 1")
    assert "1.1" in submission.read(tmp_path / "marked.py").tasks
    assert "1.2" in submission.read(tmp_path / "plain.py", "1.2").tasks
    with pytest.raises(SubmissionError, match="--task"):
        submission.read(tmp_path / "plain.py")


def test_a_folder_is_read_whole_and_its_solution_is_found(tmp_path):
    (tmp_path / "helper.py").write_text("y = 1")
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__" / "junk.py").write_text("")
    (tmp_path / "solution.py").write_text("import helper")
    source = submission.read(tmp_path, "1.1").tasks["1.1"]
    assert source.main == "solution.py"
    assert set(source.files) == {"helper.py", "solution.py"}
    assert not source.untouched


def test_a_folder_in_which_no_file_is_the_solution_is_an_error_with_the_way_out(tmp_path):
    (tmp_path / "one.py").write_text("")
    (tmp_path / "two.py").write_text("")
    with pytest.raises(SubmissionError, match=r"Call it solution\.py"):
        submission.read(tmp_path, "1.1")


def test_in_a_live_notebook_the_last_cell_run_counts():
    changed = SOLVED + "x = 1\n"
    read = submission.from_live_cells(["", SOLVED, "print()", changed], Path())
    assert read.tasks["1.1"].files["cell 1.1"] == changed
    assert not read.tasks["1.1"].problem


def test_a_file_that_begins_with_a_byte_order_mark_or_has_windows_lines_is_read(path, tmp_path):
    write(path, new_code_cell(SOLVED))
    path.write_text(path.read_text(), encoding="utf-8-sig", newline="\r\n")
    assert submission.read(path).tasks["1.1"].files["cell 1.1"] == SOLVED
    (tmp_path / "marked.py").write_text(SOLVED, encoding="utf-8-sig", newline="\r\n")
    assert submission.read(tmp_path / "marked.py").tasks["1.1"].files["marked.py"] == SOLVED


def test_what_is_no_plain_file_is_refused_at_once(tmp_path):
    secret = tmp_path / "secret.py"
    secret.write_text("password = 1")
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "solution.py").symlink_to(secret)
    os.mkfifo(tmp_path / "pipe.ipynb")
    (tmp_path / "gone.ipynb").symlink_to("nowhere")
    for path, words in [
        (folder, "a symbolic link"),
        (folder / "solution.py", "a symbolic link"),
        (tmp_path / "gone.ipynb", "a symbolic link"),
        (tmp_path / "pipe.ipynb", "not a file"),
    ]:
        with pytest.raises(SubmissionError, match=words):
            submission.read(path, "1.1")


def test_a_huge_notebook_is_refused_with_the_way_out(path):
    write(path, new_code_cell(SOLVED, metadata={"data": "x" * LARGEST_FILE}))
    with pytest.raises(SubmissionError, match=r"larger than 20 MB\. Clear its outputs"):
        submission.read(path)


def test_cells_that_share_an_id_are_read(path):
    cells = [{"cell_type": "code", "id": "same", "source": SOLVED.replace("1.1", task)} for task in ("1.1", "1.3")]
    path.write_text(json.dumps({"cells": cells, "nbformat": 4, "nbformat_minor": 5}))
    assert set(submission.read(path).tasks) == {"1.1", "1.3"}
