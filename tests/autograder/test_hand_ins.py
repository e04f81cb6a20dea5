"""Hand-ins as they really come: each was met in a course, and each student's scores are the same by both commands.

All students solve task 91.1 of the toy course and nothing else. What else they did, the function that changes their
notebook is called.
"""

from __future__ import annotations

import json
import os
import re
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import nbformat
import psutil
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_raw_cell

from tests.toys import ENVIRONMENT, SECTION, nbgrader, scores, toy_cell

SOLVED = {"91_1a": 2, "91_1b": 2, "91_1c": 2}


def position(notebook: NotebookNode, cell_id: str = "91_1-solution") -> int:
    return next(number for number, cell in enumerate(notebook.cells) if cell.id == cell_id)


def as_it_should_be(notebook: NotebookNode) -> None:
    pass


def solution_over_the_leaky_cell_too(notebook: NotebookNode) -> None:
    notebook.cells[position(notebook, "91_1-leaky")].source = "# starting code: 91.1\n" + toy_cell("91_1-solution")


def replaced_in_all_cells(notebook: NotebookNode) -> None:
    """A queue with room is right; there is no test of it."""
    given = notebook.cells[position(notebook, "91_1-leaky")]
    assert "maxsize=1" in given.source
    given.source = given.source.replace("maxsize=1", "maxsize=len(urls)")
    notebook.cells[position(notebook)].source = given.source.replace("starting code", "solution")


def copied_solution_cell(notebook: NotebookNode) -> None:
    number = position(notebook)
    copy = nbformat.from_dict({**notebook.cells[number], "id": "aaaa1111"})
    notebook.cells.insert(number + 1, copy)


def split_solution_cell(notebook: NotebookNode) -> None:
    copied_solution_cell(notebook)
    number = position(notebook)
    whole, half = notebook.cells[number : number + 2]
    end = whole.source.index("async def test_first")
    whole.source, half.source = whole.source[:end], whole.source[end:]


def copied_graded_cell(notebook: NotebookNode) -> None:
    number = position(notebook, "91_1a")
    notebook.cells.insert(number, nbformat.from_dict({**notebook.cells[number], "id": "aaaa1111"}))


def deleted_graded_cell(notebook: NotebookNode) -> None:
    del notebook.cells[position(notebook, "91_1a")]


def deleted_solution_cell_and_graded_cells(notebook: NotebookNode) -> None:
    solution = notebook.cells[position(notebook)].source
    notebook.cells = [cell for cell in notebook.cells if not cell.id.startswith("91_")]
    notebook.cells.append(new_code_cell(solution))


def changed_graded_cell(notebook: NotebookNode) -> None:
    cell = notebook.cells[position(notebook, "91_1a")]
    cell.source, cell.metadata.nbgrader.points = "print('all right')", 100


def lost_metadata(notebook: NotebookNode) -> None:
    for cell in notebook.cells:
        cell.metadata = {}


def lost_metadata_and_ids(notebook: NotebookNode) -> None:
    lost_metadata(notebook)
    notebook.nbformat_minor = 4
    for cell in notebook.cells:
        del cell["id"]


def odd_metadata(notebook: NotebookNode) -> None:
    notebook.cells[position(notebook)].metadata.nbgrader = "none"
    notebook.cells[position(notebook, "91_1a")].metadata.nbgrader = {"grade_id": ["91_1b"]}


def solution_turned(make: Callable[..., NotebookNode]) -> Callable[[NotebookNode], None]:
    def turn(notebook: NotebookNode) -> None:
        number = position(notebook)
        cell = notebook.cells[number]
        notebook.cells[number] = make(cell.source, metadata=cell.metadata, id=cell.id)

    return turn


def solution_in_a_new_cell(notebook: NotebookNode) -> None:
    number = position(notebook)
    solution = notebook.cells[number].source
    given = notebook.cells[position(notebook, "91_1-leaky")].source
    notebook.cells[number].source = given.replace("starting code", "solution")
    notebook.cells.insert(number + 1, new_code_cell(solution))


GRADED = {
    "as-it-should-be": (as_it_should_be, SOLVED),
    "changed": (changed_graded_cell, SOLVED),
    "copied": (copied_solution_cell, {}),
    "copied-graded": (copied_graded_cell, SOLVED),
    "deleted": (deleted_graded_cell, SOLVED),
    "deleted-all": (deleted_solution_cell_and_graded_cells, SOLVED),
    "lost": (lost_metadata, SOLVED),
    "lost-ids": (lost_metadata_and_ids, SOLVED),
    "markdown": (solution_turned(new_markdown_cell), SOLVED),
    "new-cell": (solution_in_a_new_cell, SOLVED),
    "odd": (odd_metadata, SOLVED),
    "pasted-up": (solution_over_the_leaky_cell_too, SOLVED),
    "raw": (solution_turned(new_raw_cell), SOLVED),
    "replaced": (replaced_in_all_cells, {"91_1a": 2, "91_1c": 2}),
    "split": (split_solution_cell, {}),
}
"""Students, what they did to their notebooks, and their points."""

NAMED = {
    "archive": ("toy-code.zip", "there is no toy-code.ipynb in it, but 'toy-code.zip'. Unpack it"),
    "browser": (
        "toy-code.ipynb.txt",
        "there is no toy-code.ipynb in it, but 'toy-code.ipynb.txt'. Rename it to toy-code.ipynb",
    ),
    "downloaded": ("toy-code (1).ipynb", "but 'toy-code (1).ipynb'. Rename it to toy-code.ipynb"),
    "duplicate": ("Copy of toy-code.ipynb", "but 'Copy of toy-code.ipynb'. Rename it to toy-code.ipynb"),
    "exported": ("toy-code.py", "there is no toy-code.ipynb in it, but 'toy-code.py'"),
    "json": ("toy-code.ipynb.json", "but 'toy-code.ipynb.json'. Rename it to toy-code.ipynb"),
    "mac": ("._toy-code.ipynb", "there is no toy-code.ipynb in it: the folder is empty"),
    "upper": ("toy-code.IPYNB", "but 'toy-code.IPYNB'. Rename it to toy-code.ipynb"),
    "twice": (
        f"{SECTION}/toy-code.ipynb",
        f"it lies at submitted/twice/{SECTION}/{SECTION}/toy-code.ipynb. Move it up",
    ),
}
"""Students without a notebook where it should be: what they handed in, and how that is named."""

UNFIT = ["a[1]", "bom ", "b?m"]
"""Names of folders that nbgrader does not find, or takes for others' names."""

TIMES = {"time-bom": "\ufeff2026-01-05 13:30:00 UTC", "time-words": "yesterday at noon"}


def notebook_of(course: Path) -> NotebookNode:
    notebook = nbformat.read(course / "release" / SECTION / "toy-code.ipynb", as_version=4)
    notebook.cells[position(notebook)].source = toy_cell("91_1-solution")
    return notebook


def hand_in(course: Path, student: str, text: str, name: str = "toy-code.ipynb", encoding: str = "utf-8") -> Path:
    file = course / "submitted" / student / SECTION / name
    file.parent.mkdir(parents=True)
    file.write_text(text, encoding)
    return file


@pytest.fixture(scope="module")
def course(toy_class, tmp_path_factory):
    """The toy course, and every student's hand-in."""
    course = shutil.copytree(toy_class, tmp_path_factory.mktemp("hand-ins") / "course")
    for student, (change, _) in GRADED.items():
        notebook = notebook_of(course)
        change(notebook)
        hand_in(course, student, json.dumps(notebook))
    right = json.dumps(notebook_of(course))
    hand_in(course, "bom", right, encoding="utf-8-sig")
    return course


@pytest.fixture(scope="module")
def by_nbgrader(course, tmp_path_factory):
    """A copy of the course, graded by nbgrader itself."""
    other = shutil.copytree(course, tmp_path_factory.mktemp("nbgrader") / "course")
    nbgrader(other, f"nbgrader autograde {SECTION}")
    return other


@pytest.fixture(scope="module")
def graded(course, by_nbgrader, tmp_path_factory):
    """A run of `autograder grade` over a copy that has more hand-ins, such as nbgrader does not grade; the copy."""
    other = shutil.copytree(course, tmp_path_factory.mktemp("autograder") / "course")
    right = json.dumps(notebook_of(course))
    for student, (name, _) in NAMED.items():
        hand_in(other, student, right, name)
    for student, said in TIMES.items():
        hand_in(other, student, right).with_name("timestamp.txt").write_text(said)
    for student in UNFIT:
        hand_in(other, student, right)
    (other / "submitted" / "nothing").mkdir()
    (other / "submitted" / "__MACOSX" / SECTION).mkdir(parents=True)
    (other / "submitted" / "all.zip").write_bytes(b"")
    return grade(other, "submitted"), other


def grade(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "autograder", "grade", "--json", *arguments]
    return subprocess.run(command, cwd=folder, env=ENVIRONMENT, capture_output=True, text=True)


def printed(done: subprocess.CompletedProcess[str]) -> dict[str, dict]:
    """What was printed, by student."""
    return {Path(said["submission"]).parent.parent.name: said for said in map(json.loads, done.stdout.splitlines())}


def points(course: Path, student: str) -> dict[str, float]:
    """The items for which the gradebook has points; that it has a score for each item is asserted."""
    (found,) = scores(course, [student]).values()
    assert len(found) == 4
    assert None not in found.values()
    return {item: score for item, score in found.items() if score}


@pytest.mark.parametrize("student", [*GRADED, "bom"])
def test_what_is_printed_is_what_is_recorded_and_by_nbgrader_too(student, graded, by_nbgrader):
    done, course = graded
    worth = GRADED[student][1] if student in GRADED else SOLVED
    said = {item["id"].replace(".", "_"): item["score"] for item in printed(done)[student]["items"] if item["score"]}
    assert (said, points(course, student), points(by_nbgrader, student)) == (worth, worth, worth)


@pytest.mark.parametrize("student", NAMED)
def test_a_hand_in_without_its_notebook_is_named(student, graded):
    done, _ = graded
    assert done.returncode == 1
    (line,) = [line for line in done.stderr.splitlines() if f"submitted/{student}/" in line]
    assert line.startswith(f"autograder: submitted/{student}/{SECTION}: ")
    assert line.endswith(NAMED[student][1])


def test_a_student_without_a_hand_in_and_a_file_among_the_students_are_named(graded):
    done, _ = graded
    assert "submitted/nothing: there is no assignment in it. Hand-ins lie at submitted/<student>/<assig" in done.stderr
    assert "submitted/all.zip: not graded. Hand-ins lie at submitted/<student>/<assignment>/" in done.stderr
    assert "MACOSX" not in done.stderr


def test_nothing_else_is_complained_of(graded):
    done, _ = graded
    assert len(done.stderr.splitlines()) == len(NAMED) + len(UNFIT) + 3


@pytest.mark.parametrize("student", UNFIT)
def test_a_folder_whose_name_nbgrader_takes_for_anothers_is_named(student, graded):
    done, _ = graded
    assert f"submitted/{student}/{SECTION}: nbgrader did not record it: it would not find {student!r}" in done.stderr


def test_a_time_is_read_with_a_byte_order_mark_and_what_is_no_time_is_named(graded):
    done, course = graded
    assert all(points(course, student) == SOLVED for student in TIMES)
    (line,) = [line for line in done.stderr.splitlines() if "timestamp.txt" in line]
    assert f"submitted/time-words/{SECTION}/timestamp.txt: not a time such as 2026-01-05 13:30:00 UTC" in line


def test_a_copied_cell_is_named_and_a_split_one_is_to_be_joined(graded):
    said = printed(graded[0])
    assert "Keep one of them." in said["copied"]["items"][0]["message"]
    assert "Join them" in said["split"]["items"][0]["message"]


def test_in_a_folder_of_students_grading_says_that_it_did_not_record(graded):
    _, course = graded
    done = grade(course / "submitted" / "bom", ".")
    assert done.returncode == 1
    assert printed(done)
    assert f"not recorded in a gradebook. For that, say whose: --course {course}" in done.stderr


def test_one_students_hand_in_is_recorded_from_anywhere_if_the_course_is_named(course, tmp_path):
    other = shutil.copytree(course, tmp_path / "course")
    done = grade(other / "submitted" / "bom", ".", "--course", str(other))
    assert (done.returncode, done.stderr) == (0, "")
    assert points(other, "bom") == SOLVED


def test_a_notebook_beside_the_right_one_is_named(course, tmp_path):
    other = shutil.copytree(course, tmp_path / "course")
    notebook = other / "submitted" / "bom" / SECTION / "toy-code.ipynb"
    shutil.copy(notebook, notebook.with_stem("scratch"))
    done = grade(other, "submitted/bom")
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert line.endswith("scratch.ipynb: not graded. The assignment is toy-code.ipynb")
    assert points(other, "bom") == SOLVED


def test_a_course_in_whose_path_nbgrader_finds_nothing_is_named_before_anything_is_judged(course, tmp_path):
    other = shutil.copytree(course, tmp_path / "a[1]")
    done = grade(other, "submitted")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        f"autograder: {other}: nbgrader finds no hand-in in such a folder. Rename it: no * ? [ in its path\n"
    )


def test_of_a_hand_in_that_changes_meanwhile_what_was_judged_is_recorded(course, tmp_path):
    other = shutil.copytree(course, tmp_path / "course")
    hand_in = other / "submitted" / "bom" / SECTION / "toy-code.ipynb"
    command = [sys.executable, "-m", "autograder", "grade", "--json", "submitted/bom"]
    with subprocess.Popen(command, cwd=other, env=ENVIRONMENT, stdout=subprocess.PIPE, text=True) as process:
        while process.poll() is None and not psutil.Process(process.pid).children():
            time.sleep(0.01)
        hand_in.write_text((other / "release" / SECTION / "toy-code.ipynb").read_text())
        said = json.loads(process.communicate()[0])
    assert {item["id"].replace(".", "_"): item["score"] for item in said["items"] if item["score"]} == SOLVED
    assert points(other, "bom") == SOLVED
    recorded = nbformat.read(other / "autograded" / "bom" / SECTION / "toy-code.ipynb", as_version=4)
    assert recorded.cells[position(recorded)].source == toy_cell("91_1-solution")


def test_on_a_terminal_what_cannot_be_graded_is_told_on_a_line_of_its_own(tmp_path):
    (tmp_path / "broken.ipynb").write_text("{")
    terminal, end = os.openpty()
    command = [sys.executable, "-m", "autograder", "grade", "broken.ipynb"]
    subprocess.run(command, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=end)
    os.close(end)
    lines = re.split(r"[\r\n]+|\x1b\[\d*[A-Z]", os.read(terminal, 65536).decode())
    assert [line for line in lines if line.startswith("autograder: broken.ipynb")], lines


def check(task: str, file: Path, **options) -> list[dict]:
    command = [sys.executable, "-m", "autograder", "check", "--task", task, file, "--json"]
    return json.loads(subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, **options).stdout)[
        "items"
    ]


@pytest.mark.parametrize("break_", ["\f\n", "SEP = '\u2028\x85'\n", "SEP = '''a\x1cb\x1dc\x1e'''\n"])
def test_a_place_is_shown_with_the_text_of_its_line_whatever_else_ends_a_line_elsewhere(break_, tmp_path):
    file = tmp_path / "first.py"
    file.write_text(f"# solution: 91.1\n{break_}async def first(urls, fetch):\n    return await fecth(urls[0])\n")
    said = check("91.1", file)
    assert "Where: first.py, line 4, in `first`: `return await fecth(urls[0])`" in said[0]["message"]


MANY_THREADS = """
import threading, time

class Tally:
    pass

def work():
    end = time.monotonic() + 30
    for _ in range(40):
        threading.Thread(target=time.sleep, args=(20,)).start()
    time.sleep(end - time.monotonic())
"""
"""A solution of 92 for which 92b holds."""


def test_the_stack_limit_of_the_graders_shell_makes_no_difference(tmp_path):
    file = tmp_path / "threads.py"
    file.write_text(MANY_THREADS)
    hard = resource.getrlimit(resource.RLIMIT_STACK)[1]
    _, said, *_ = check("92", file, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_STACK, (1 << 30, hard)))
    assert said["status"] == "passed"


def test_threads_with_huge_stacks_are_told_what_the_limit_is(tmp_path):
    huge = tmp_path / "huge.py"
    huge.write_text(f"{MANY_THREADS}\nthreading.stack_size(2**26)\n")
    _, said, *_ = check("92", huge)
    assert said["status"] == "error"
    assert "the next thread could not be started; all stacks together may take 2 GB" in said["message"]
