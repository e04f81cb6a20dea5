"""Solutions made of files beside the notebook: read, bounded, judged, recorded and fed back like any other."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from html import unescape

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook, new_output
from nbgrader.api import Gradebook

from autograder.author.cases import read_cases
from autograder.classroom.feedback import FeedbackPage
from autograder.show.changes import MOST_LINES, changes
from tests.toys import ENVIRONMENT, ROOT

BINARY = b"\xff\x00;\r\n"
LOOKS_ROUND = """# solution: 90
import gc
from pathlib import Path

def size():
    gc.get_objects()
    return Path('audit.csv').stat().st_size
"""
SIZE = "# solution: 90\nfrom pathlib import Path\n\ndef size():\n    return Path('audit.csv').stat().st_size\n"


def run(*command, cwd=None):
    return subprocess.run(
        [sys.executable, "-m", *map(str, command)], cwd=cwd, env=ENVIRONMENT, capture_output=True, text=True
    )


def check(path):
    done = run("autograder", "check", "--task", "90", path, "--json")
    assert done.returncode == 0, done.stderr
    return {item["id"][-1]: item for item in json.loads(done.stdout)["items"]}


def hand_in(folder, word="hello", table=BINARY):
    (folder / "project").mkdir(parents=True, exist_ok=True)
    (folder / "project" / "hello.py").write_text(f"\ndef greet():\n    return {word!r}\n")
    (folder / "audit.csv").write_bytes(table)
    return folder


def statuses(items):
    return {letter: item["status"] for letter, item in items.items()}


def test_a_folder_and_its_module_are_judged_each_item_on_a_new_copy(tmp_path):
    hand_in(tmp_path)
    (tmp_path / "solution.py").write_text(SIZE)
    assert statuses(check(tmp_path)) == {"a": "passed", "b": "passed", "c": "manual"}
    assert (tmp_path / "project" / "hello.py").exists()


def test_a_module_is_judged_with_the_files_beside_it(tmp_path):
    (hand_in(tmp_path) / "my_solution.py").write_text(SIZE)
    assert statuses(check(tmp_path / "my_solution.py")) == {"a": "passed", "b": "passed", "c": "manual"}


def test_a_fault_is_placed_in_the_learners_file(tmp_path):
    said = check(hand_in(tmp_path, "bye"))
    assert "Where: project/hello.py, line 2: `def greet():`" in said["a"]["message"]
    assert "`size` is defined" in said["b"]["message"]


def test_code_that_is_stuck_in_a_learners_file_is_placed_there(tmp_path):
    project = hand_in(tmp_path) / "project"
    (project / "hello.py").write_text("def greet():\n    while True:\n        pass\n")
    said = check(tmp_path)
    assert said["a"]["status"] == "timeout"
    assert "Where: project/hello.py, line " in said["a"]["message"]


def test_where_there_is_no_file_and_no_cell_nothing_was_attempted(tmp_path):
    said = check(tmp_path)
    assert set(statuses(said).values()) == {"not_attempted"}
    assert "there is no project/ and no audit.csv" in said["a"]["message"]


def with_a_link(project):
    (project / "all").symlink_to("/")


def with_a_linked_file(project):
    (project / "hello.py").unlink()
    (project / "hello.py").symlink_to("/etc/passwd")


def with_a_pipe(project):
    os.mkfifo(project / "pipe")


def with_many_files(project):
    for number in range(1001):
        (project / f"{number}.txt").touch()


def with_large_files(project):
    for name in "ab":
        (project / name).write_bytes(bytes(6_000_000))


def with_a_file_for_a_folder(project):
    shutil.rmtree(project)
    project.write_text("")


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (with_a_link, "project/all: a symbolic link"),
        (with_a_linked_file, "project/hello.py: a symbolic link"),
        (with_a_pipe, "project/pipe: not a file"),
        (with_many_files, "more than 1000 files. Leave out what was installed"),
        (with_large_files, "files of more than 10 MB. Leave out what was installed"),
        (with_a_file_for_a_folder, "project: not a folder"),
    ],
)
def test_what_cannot_be_read_is_named(spoil, words, tmp_path):
    spoil(hand_in(tmp_path) / "project")
    said = check(tmp_path)
    assert said["a"]["status"] == "error"
    assert words in said["a"]["message"]


def test_what_nobody_wrote_is_left_out(tmp_path):
    hand_in(tmp_path)
    for name in (".git", ".venv/lib", "__pycache__", "node_modules"):
        folder = tmp_path / "project" / name
        folder.mkdir(parents=True)
        (folder / "large").write_bytes(bytes(11_000_000))
    assert check(tmp_path)["a"]["status"] == "passed"


def test_in_a_live_notebook_the_files_beside_it_are_judged(tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", ENVIRONMENT["PYTHONPATH"])
    hand_in(tmp_path)
    notebook = new_notebook(cells=[new_code_cell(text) for text in ("from course import check", SIZE, 'check("90")')])
    NotebookClient(notebook, timeout=60, resources={"metadata": {"path": str(tmp_path)}}).execute()
    said = notebook.cells[-1].outputs[0].data["text/plain"]
    assert "✓ 90a" in said
    assert "✓ 90b" in said


def test_a_mutant_may_edit_a_file_beside_the_notebook(tmp_path, toy_course):
    task = tmp_path / "90-toy" / "90"
    hand_in(task / "solutions" / "plain")
    (task / "mutants.toml").write_text(
        """[says_bye]\nof = "plain"\nfile = "project/hello.py"\nold = "hello"\nnew = "bye"\nfails = ["90a"]\n"""
    )
    right, wrong = read_cases(tmp_path)
    assert right.source.beside["audit.csv"] == BINARY
    assert b"bye" in wrong.source.beside["project/hello.py"]
    assert wrong.source.beside["audit.csv"] == BINARY


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A course whose one section is 90-toy, released; Bob has changed nothing, Eve's code looks round in the judge."""
    course = tmp_path_factory.mktemp("course")
    shutil.copy(ROOT / "nbgrader_config.py", course)
    section = hand_in(course / "source" / "90-toy", "bye")
    (section / "audit.csv").unlink()
    cells = [
        new_code_cell("# starting code: 90\ndef size():\n    return 0", id="90-leaky"),
        new_code_cell("# solution: 90\n### BEGIN SOLUTION\n### END SOLUTION", id="90-solution"),
        new_code_cell('check("90")', id="90-check"),
    ]
    cells[1].metadata.nbgrader = {"grade": False, "locked": False, "schema_version": 3, "solution": True, "task": False}
    cells[1].metadata.nbgrader["grade_id"] = "90-solution"
    notebook = new_notebook(cells=cells)
    notebook.metadata.kernelspec = {"display_name": "Python 3", "language": "python", "name": "python3"}
    nbformat.write(notebook, section / "toy.ipynb")
    write_cells = "; ".join(
        [
            "import nbformat",
            "from autograder.author.cells import write_graded_cells",
            "from autograder.catalogue import section",
            "notebook = nbformat.read('source/90-toy/toy.ipynb', 4)",
            "write_graded_cells(notebook, section(90))",
            "nbformat.write(notebook, 'source/90-toy/toy.ipynb')",
        ]
    )
    subprocess.run([sys.executable, "-c", write_cells], cwd=course, env=ENVIRONMENT, check=True)
    released = run("nbgrader", "generate_assignment", "90-toy", cwd=course)
    assert released.returncode == 0, released.stderr
    for student in ("ada", "bob", "eve"):
        shutil.copytree(course / "release", course / "submitted" / student)
    for student, solution in (("ada", SIZE), ("eve", LOOKS_ROUND)):
        folder = hand_in(course / "submitted" / student / "90-toy")
        (folder / "project" / "notes.ipynb").write_text("{")
        notebook = nbformat.read(folder / "toy.ipynb", 4)
        for cell in notebook.cells:
            cell.source = {"90-solution": solution, "90c": "It holds four bytes."}.get(cell.id, cell.source)
        nbformat.write(notebook, folder / "toy.ipynb")
    return course


@pytest.fixture(scope="module")
def ungraded(course, tmp_path_factory):
    """A copy of the course, made before it is graded."""
    return shutil.copytree(course, tmp_path_factory.mktemp("ungraded") / "course")


@pytest.fixture(scope="module")
def autograded(course, ungraded):
    """The course, graded by nbgrader."""
    graded = run("nbgrader", "autograde", "90-toy", cwd=course)
    assert graded.returncode == 0, graded.stderr
    return course


def scores(course):
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as gradebook:
        return {
            student: {
                grade.name: (grade.auto_score, grade.needs_manual_grade)
                for grade in gradebook.find_submission_notebook("toy", "90-toy", student).grades
            }
            for student in ("ada", "bob", "eve")
        }


def test_nbgrader_and_autograder_record_the_same_scores_and_keep_the_learners_files(autograded, ungraded):
    expected = {"90a": (2, False), "90b": (2, False), "90c": (None, True)}
    assert scores(autograded)["ada"] == expected
    assert {name: score for name, (score, _) in scores(autograded)["bob"].items()} == {"90a": 0, "90b": 0, "90c": 0}
    assert "hello" in (autograded / "autograded" / "ada" / "90-toy" / "project" / "hello.py").read_text()
    quick = run("autograder", "grade", "submitted", "--json", cwd=ungraded)
    assert (quick.returncode, quick.stderr) == (0, "")
    assert scores(ungraded) == scores(autograded)


def test_what_is_marked_waits_in_the_gradebook_for_a_person_and_the_reason_is_not_in_the_feedback(autograded):
    assert scores(autograded)["eve"]["90b"] == (2, True)
    notebook = (autograded / "autograded" / "eve" / "90-toy" / "toy.ipynb").read_text()
    assert "`get_objects`" in notebook.partition("For a person to look at")[2]
    run("nbgrader", "generate_feedback", "90-toy", cwd=autograded)
    assert "For a person" not in (autograded / "feedback" / "eve" / "90-toy" / "toy.html").read_text()


def test_feedback_shows_the_verdict_on_files(autograded):
    done = run("nbgrader", "generate_feedback", "90-toy", cwd=autograded)
    assert done.returncode == 0, done.stderr
    page = (autograded / "feedback" / "ada" / "90-toy" / "toy.html").read_text()
    assert '<tr id="90a">' in page


def test_feedback_shows_what_was_changed_in_the_files_that_were_given_out(autograded):
    run("nbgrader", "generate_feedback", "90-toy", cwd=autograded)
    ada, bob = (
        re.sub("<[^>]+>", "", unescape((autograded / "feedback" / name / "90-toy" / "toy.html").read_text()))
        for name in ("ada", "bob")
    )
    diff = "project/hello.py: changed\n@@ -1,3 +1,3 @@\n \n def greet():\n-    return 'bye'\n+    return 'hello'\n"
    assert f"audit.csv: new, not text, {len(BINARY)} bytes\n{diff}" in ada
    assert "hello.py: changed" not in bob


def test_feedback_shows_once_what_was_changed_for_two_tasks():
    cells = [
        new_code_cell(
            outputs=[new_output("stream", text="project/hello.py: changed\n")],
            metadata={"nbgrader": {"solution": True, "grade": False, "grade_id": f"{task}-solution"}},
        )
        for task in ("4", "4_1")
    ]
    page, _ = FeedbackPage().from_notebook_node(new_notebook(cells=cells))
    assert page.count("hello.py: changed") == 1
    assert "Your answer to 4.1</summary><pre></pre></details><p>The same changes.</p>" in page


def test_a_change_says_what_is_new_gone_or_too_long_and_obeys_no_terminal():
    given = {"gone.py": b"a\n", "same.py": b"b\n"}
    assert changes(given, given) == ""
    text = changes(given, {"same.py": b"b\n", "new.py": b"\x1b[2Jx\n" * 2000})
    lines = text.splitlines()
    assert lines[0] == "\x1b[1mgone.py: not handed in\x1b[0m"
    assert lines[1] == "\x1b[1mnew.py: new\x1b[0m"
    assert lines[3] == "\x1b[32m+\\x1b[2Jx\x1b[0m"
    assert changes({"a.py": b"a\r\n"}, {"a.py": b"a\n"}) == "\x1b[1ma.py: changed\x1b[0m"
    assert lines[-1] == f"… {2000 + 3 - MOST_LINES} more lines"
