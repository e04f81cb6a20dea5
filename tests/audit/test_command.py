"""`python -m course.audit PATH`."""

from __future__ import annotations

import csv
import json
import subprocess
import sys

import pytest

from course.audit import find, show

CODE = """import asyncio

class A:
  def go(self):
    self._t = asyncio.create_task(f())
    asyncio.create_task(g(
      1))
"""


@pytest.fixture
def tree(tmp_path):
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "main.py").write_text(CODE)
    (tmp_path / "app" / "broken.py").write_text("def (:\n")
    return tmp_path / "app"


def run(*arguments):
    return subprocess.run([sys.executable, "-m", "course.audit", *map(str, arguments)], capture_output=True, text=True)


def test_it_prints_a_table_with_the_guesses_the_score_and_what_was_skipped(tree):
    done = run(tree)
    assert done.returncode == 0
    assert "main.py:5" in done.stdout
    assert "self._t" not in done.stderr
    assert "0% of  2 main.py" in done.stdout
    assert "skipped: broken.py: not Python that can be parsed: line 1" in done.stdout


def test_the_spreadsheet_has_the_places_and_leaves_the_answers_to_the_reader(tree, tmp_path):
    run(tree, "--csv", tmp_path / "audit.csv")
    rows = list(csv.DictReader((tmp_path / "audit.csv").open(newline="")))
    assert [(row["file"], row["line"], row["owner"], row["stop"], row["wait"]) for row in rows] == [
        ("main.py", "5", "", "", ""),
        ("main.py", "6", "", "", ""),
    ]
    assert [row["guess_owner"] + row["guess_stop"] + row["guess_wait"] for row in rows] == ["YNN", "NNN"]
    assert rows[0]["why"] == "owner: line 5, kept in an attribute"


def test_the_json_has_all_that_was_found(tree, tmp_path):
    run(tree, "--json", tmp_path / "audit.json")
    said = json.loads((tmp_path / "audit.json").read_text())
    assert said["score"] == 0
    places = [(spawn["line"], spawn["end_line"], spawn["function"]) for spawn in said["spawns"]]
    assert places == [
        (5, 5, "A.go"),
        (6, 7, "A.go"),
    ]
    assert said["skipped"][0]["file"] == "broken.py"


def test_the_sarif_names_for_each_guess_that_is_no_its_rule_file_and_lines(tree, tmp_path):
    run(tree, "--sarif", tmp_path / "audit.sarif")
    (said,) = json.loads((tmp_path / "audit.sarif").read_text())["runs"]
    rules = {rule["id"] for rule in said["tool"]["driver"]["rules"]}
    assert len(said["results"]) == 5
    for result in said["results"]:
        assert result["ruleId"] in rules
    (place,) = said["results"][-1]["locations"]
    assert place["physicalLocation"]["artifactLocation"]["uri"] == "main.py"
    assert place["physicalLocation"]["region"] == {"startLine": 6, "endLine": 7}


def test_the_figure_has_a_bar_a_file(tree, tmp_path):
    (tree / "other.py").write_text(CODE)
    (axes,) = show.figure(find(tree)).axes
    assert [label.get_text() for label in axes.get_yticklabels()] == ["other.py", "main.py"]
    assert run(tree, "--plot", tmp_path / "score.svg").returncode == 0
    assert (tmp_path / "score.svg").read_text().count("<svg") == 1


def test_a_tree_that_starts_nothing_has_no_score(tmp_path):
    (tmp_path / "a.py").write_text("x = 1\n")
    assert find(tmp_path).score() is None
    assert run(tmp_path).returncode == 0


@pytest.mark.parametrize("option", ["--csv", "--json", "--sarif", "--plot"])
def test_a_file_that_cannot_be_written_is_named(tree, option):
    done = run(tree, option, "/no-such-folder/out.png")
    assert done.returncode == 1
    assert done.stderr.startswith("Error: /no-such-folder/out.png cannot be written")


def test_a_path_that_is_not_there_is_named(tmp_path):
    done = run(tmp_path / "nothing")
    assert done.returncode == 1
    assert "nothing: there is no such file or folder" in done.stderr
    assert "Traceback" not in done.stderr
