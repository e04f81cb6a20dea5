"""What is handed in to touch another's hand-in, the gradebook, or whoever grades: none of it does."""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_markdown_cell

from autograder import submission
from autograder.catalogue import select
from autograder.run import judge as judging
from autograder.show.report import write_csv
from autograder.verdict import Verdict
from tests.toys import ENVIRONMENT, SECTION, SOURCE, nbgrader, scores

SOLUTION = "# solution: 91.1\nasync def first(urls, fetch):\n    return await fetch(urls[0])\n"


pytestmark = pytest.mark.usefixtures("toy_course")


@pytest.fixture(scope="module")
def course(toy_class, tmp_path_factory):
    """A course in which Ada has changed nothing, and Zoe hands in a page with a script; nothing is graded yet."""
    course = shutil.copytree(toy_class, tmp_path_factory.mktemp("attacked") / "course")
    for student in ("ada", "zoe"):
        shutil.copytree(course / "release" / SECTION, course / "submitted" / student / SECTION)
    notebook = nbformat.read(course / "submitted" / "zoe" / SECTION / "toy-code.ipynb", as_version=4)
    notebook.cells.insert(0, new_markdown_cell("<script>document.title = 'stolen'</script>"))
    nbformat.write(notebook, course / "submitted" / "zoe" / SECTION / "toy-code.ipynb")
    return course


def autograder(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "autograder", *arguments]
    return subprocess.run(command, cwd=folder, env=ENVIRONMENT, capture_output=True, text=True)


def test_a_folder_in_a_hand_in_that_looks_like_anothers_grades_nobody(course, tmp_path):
    other = shutil.copytree(course, tmp_path / "course")
    nest = other / "submitted" / "zoe" / SECTION / "x" / "ada" / SECTION
    nest.mkdir(parents=True)
    (nest / "toy-code.ipynb").write_text(SOURCE.read_text())
    done = autograder(other, "grade", "submitted", "--json")
    assert done.returncode == 0, done.stderr
    assert [Path(json.loads(line)["submission"]).parts[1] for line in done.stdout.splitlines()] == ["ada", "zoe"]
    assert {sum(found.values()) for found in scores(other, ["ada", "zoe"]).values()} == {0}
    named = autograder(other, "grade", f"submitted/zoe/{SECTION}/x/ada/{SECTION}")
    assert (named.returncode, named.stdout) == (1, "")
    assert "not a hand-in. Those lie at submitted/<student>/<assignment>/" in named.stderr


@pytest.mark.parametrize("path", ["download/submitted", "download/submitted/eve", "download"])
def test_a_configuration_that_came_with_a_hand_in_is_not_run(path, course, tmp_path):
    hand_in = tmp_path / "download" / "submitted" / "eve" / SECTION
    hand_in.mkdir(parents=True)
    shutil.copy(course / "release" / SECTION / "toy-code.ipynb", hand_in)
    for folder in (tmp_path / "download", *hand_in.parents[:2], hand_in):
        (folder / "nbgrader_config.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')")
    done = autograder(tmp_path, "grade", path, "--json")
    assert not (tmp_path / "ran").exists()
    assert json.loads(done.stdout)["score"] == 0


@pytest.mark.parametrize("link", ["notes.txt", "project", "toy-code.ipynb", ".", ".."])
def test_a_link_in_a_hand_in_is_refused_by_both_commands(link, course, tmp_path):
    """To a file or folder beside the notebook, in its place, and in the place of the folders that it lies in."""
    other = shutil.copytree(course, tmp_path / "course")
    hand_in = other / "submitted" / "eve" / SECTION
    (tmp_path / "secret").mkdir()
    shutil.copytree(other / "submitted" / "ada" / SECTION, tmp_path / "secret" / SECTION)
    at = hand_in / link if link != ".." else hand_in.parent
    target = {
        "notes.txt": other / "gradebook.db",
        "project": tmp_path / "secret",
        "toy-code.ipynb": other / "submitted" / "ada" / SECTION / "toy-code.ipynb",
        ".": tmp_path / "secret" / SECTION,
        "..": tmp_path / "secret",
    }[link]
    if link in (".", ".."):
        at.parent.mkdir(parents=True, exist_ok=True)
    else:
        shutil.copytree(other / "release" / SECTION, hand_in)
        at.unlink(missing_ok=True)
    at.symlink_to(target)
    done = autograder(other, "grade", "submitted/eve", "--json")
    assert (done.returncode, done.stdout) == (1, "")
    assert "a symbolic link, which may lead anywhere" in done.stderr
    path = {**ENVIRONMENT, "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin"}
    command = ["nbgrader", "autograde", SECTION, "--student", "eve"]
    by_nbgrader = subprocess.run(command, cwd=other, env=path, capture_output=True, text=True)
    assert by_nbgrader.returncode != 0
    assert "a symbolic link, which may lead anywhere" in by_nbgrader.stderr
    assert not (other / "autograded" / "eve" / SECTION).exists()


def test_a_script_in_a_text_cell_does_not_run_in_the_feedback_page(course, tmp_path):
    other = shutil.copytree(course, tmp_path / "course")
    nbgrader(other, f"nbgrader autograde {SECTION} --student zoe")
    nbgrader(other, f"nbgrader generate_feedback {SECTION} --student zoe")
    page = (other / "feedback" / "zoe" / SECTION / "toy-code.html").read_text()
    assert '<meta http-equiv="Content-Security-Policy" content="default-src \'none\';' in page
    assert "<script" not in page


RECORD = {
    **{"id": "91.1b", "status": "passed", "message": "", "seconds": 0.1, "clock": "virtual"},
    **{"fingerprint": "", "marks": []},
}


@pytest.mark.parametrize(
    "line",
    [
        {**RECORD, "status": "manual"},
        {**RECORD, "status": "not_attempted"},
        {**RECORD, "status": "first class"},
        {**RECORD, "status": ["passed"]},
        {**RECORD, "id": "1.2a"},
        {**RECORD, "id": None},
        {**RECORD, "message": "x" * 100_000},
        {**RECORD, "message": {"text": "x"}},
        {**RECORD, "seconds": "1"},
        {**RECORD, "seconds": float("nan")},
        {**RECORD, "seconds": True},
        {**RECORD, "clock": "mine"},
        {**RECORD, "fingerprint": 7},
        {**RECORD, "score": 100},
        {**RECORD, "recording": "none"},
        {**RECORD, "marks": "none"},
        {**RECORD, "marks": [1]},
        {"id": "91.1b"},
        [RECORD],
        "passed",
        None,
    ],
)
def test_a_forged_record_costs_its_own_item_only(line, monkeypatch):
    said = verdicts_where_a_worker_says(monkeypatch, json.dumps(line))
    assert said == {"91.1a": "passed", "91.1b": "error", "91.1c": "passed"}


@pytest.mark.parametrize("line", ["", "{", "[" * 100_000, "\udcff", '{"id": "91.1b"'])
def test_what_is_no_json_costs_its_own_item_only(line, monkeypatch):
    said = verdicts_where_a_worker_says(monkeypatch, line)
    assert said == {"91.1a": "passed", "91.1b": "error", "91.1c": "passed"}


def test_of_two_records_on_an_item_neither_counts(monkeypatch):
    forged = json.dumps({**RECORD, "id": "91.1c"})
    said = verdicts_where_a_worker_says(monkeypatch, json.dumps({**RECORD, "status": "failed"}), forged)
    assert said == {"91.1a": "passed", "91.1b": "failed", "91.1c": "error"}


def verdicts_where_a_worker_says(monkeypatch, *lines: str) -> dict[str, str]:
    """The statuses of 91.1a, b and c where a worker says `lines` between right records for 91.1a and 91.1c."""
    right = [json.dumps({**RECORD, "id": id}) for id in ("91.1a", "91.1c")]
    said = [line.encode(errors="surrogateescape") for line in (right[0], *lines, right[1])]
    monkeypatch.setattr(judging, "_run_worker", lambda source, items, how: said if len(items) == 3 else [])
    found = submission.from_live_cells([SOLUTION], Path())
    verdicts = judging.judge_task(found, "91.1", select("91.1"), sandboxed=False)
    return {verdict.id: verdict.status for verdict in verdicts}


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t="])
def test_what_learners_name_or_say_is_no_formula_in_a_table(start, tmp_path):
    formula = f'{start}HYPERLINK("http://evil.example", "points")'
    verdict = Verdict("91.1a", "91.1", "title", 2, 0, "failed", formula, 0.5)
    write_csv(tmp_path / "scores.csv", [("ada", formula, [verdict])])
    (row,) = csv.DictReader((tmp_path / "scores.csv").open())
    assert row["submission"].startswith(f"'{start}")
    assert row["message"].startswith(f"'{start}")
    assert (row["points"], row["seconds"]) == ("2", "0.5")


def test_escape_sequences_in_names_do_not_reach_the_terminal(course, tmp_path):
    for name in ("\x1b]0;stolen\x07", "\x1b[2J\u202e"):
        shutil.copy(course / "release" / SECTION / "toy-code.ipynb", tmp_path / f"{name}.ipynb")
        (tmp_path / f"{name} broken.ipynb").write_text("{")
    for arguments in (["--json"], ["--csv", "/dev/stderr"]):
        done = autograder(tmp_path, "grade", ".", *arguments)
        assert done.returncode == 1
        assert "broken" in done.stderr
        assert not {"\x1b", "\x07", "\u202e"} & {*done.stdout, *done.stderr}
