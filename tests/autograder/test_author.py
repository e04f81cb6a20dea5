"""`autograder new`, `cells` and `lint`, in a copy of the repository."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from tests.toys import nbgrader

ROOT = Path(__file__).parent.parent.parent


def autograder(root, *arguments):
    return subprocess.run(
        [sys.executable, "-m", "autograder", *arguments], cwd=root, capture_output=True, text=True, timeout=60
    )


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """A repository of one section, 13-alarm-bell, with one task, 13, as they are laid out, and every text written."""
    root = tmp_path_factory.mktemp("repository")
    for package in ("autograder", "course"):
        shutil.copytree(ROOT / package, root / package, ignore=shutil.ignore_patterns("__pycache__"))
    for path in [*(root / "autograder" / "checks").glob("*/"), *(root / "course" / "hints").glob("*.toml")]:
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    for folder in ("source", "tests/submissions"):
        (root / folder).mkdir(parents=True)
    made = autograder(root, "new", "13-alarm-bell").stdout.split()
    made += autograder(root, "new", "13-alarm-bell", "13", "bell").stdout.split()
    for number, path in enumerate(dict.fromkeys(map(root.joinpath, made))):
        text = path.read_text()
        path.write_text(re.sub("WRITE:", lambda match, n=number: f"Text {n}, {match.start()}:", text))
    autograder(root, "cells")
    return root


def test_what_is_laid_out_and_written_agrees_and_only_the_release_is_missing(root):
    said = autograder(root, "lint")
    assert said.stdout == (
        "missing: release/13-alarm-bell/alarm-bell.ipynb: there is no such notebook. "
        "Run: make release SECTION=13-alarm-bell\n"
    )
    assert said.returncode == 0


def test_what_is_laid_out_says_where_there_is_something_to_write(root, tmp_path):
    other = shutil.copytree(root, tmp_path / "other")
    autograder(other, "new", "14-fire-door")
    autograder(other, "new", "14-fire-door", "14.1", "door")
    said = autograder(other, "lint")
    assert said.returncode == 1
    for place in ("autograder/checks/fire_door/door.py", "course/hints/fire_door.toml", "source/14-fire-door"):
        assert re.search(rf"^{place}.*: says WRITE: in \d+ places", said.stdout, re.MULTILINE)
    assert "source/14-fire-door/fire-door.ipynb: its graded cells are not those of the checks" in said.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["6-pool"], "a section is called like 06-worker-pool, not '6-pool'"),
        (["13-alarm-bell"], "autograder/checks/alarm_bell/__init__.py is there already"),
        (["13-alarm-bell", "13", "bell"], "bell.py is there already"),
        (["13-alarm-bell", "14", "door"], "called 13 or 13.1, not '14'"),
        (["13-alarm-bell", "13.1", "Fire Door"], "called like load_shedding"),
        (["13-alarm-bell", "13.1"], "Name its module"),
        (["14-fire-door", "14", "door"], "lay the section out first, with: autograder new 14-fire-door"),
    ],
)
def test_what_cannot_be_laid_out_is_refused_with_the_way_out(root, arguments, words):
    done = autograder(root, "new", *arguments)
    assert done.returncode == 2
    assert words in done.stderr


def edit(path, old, new):
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_what_does_not_agree_is_named_with_what_to_do(root, tmp_path):
    root = shutil.copytree(root, tmp_path / "other")
    check = root / "autograder" / "checks" / "alarm_bell" / "bell.py"
    edit(check, '@task.item("a")', '@task.item("c")')
    edit(check, "in one line of", f"in one line of {'very ' * 20}")
    edit(root / "course" / "hints" / "alarm_bell.toml", '["13a"]', '["13b"]')
    notebook = root / "source" / "13-alarm-bell" / "alarm-bell.ipynb"
    edit(notebook, '"# starting code: 13\\n"', '"# starting code 13\\n"')
    edit(notebook, '"13-intro"', '"13_1-intro"')
    edit(
        root / "tests/submissions/13-alarm-bell/13/mutants.toml",
        'fails = ["13a"]\n\n[raises]',
        'fails = ["13c"]\n\n[raises]',
    )
    (root / "course" / "hints" / "spare.toml").write_text("")
    (root / "tests" / "submissions" / "15-nothing" / "15").mkdir(parents=True)
    (root / "release" / "12-gone").mkdir(parents=True)
    (root / "autograder" / "checks" / "half_there").mkdir()
    (root / "autograder" / "checks" / "half_there" / "__init__.py").write_text('SECTION = "16-quite-else"\n')
    done = autograder(root, "lint")
    assert done.returncode == 1
    for words in (
        "alarm_bell: the items of task 13 are called c: call them a, without a gap",
        "bell.py: the title of 13c has ",
        'missing: course/hints/alarm_bell.toml: there are no hints for 13c: write ["13c"] and three hints',
        "course/hints/alarm_bell.toml: has hints for 13b, which is no item of 13-alarm-bell",
        "alarm-bell.ipynb: the first line of the cell 13-leaky must be: # starting code: 13",
        "alarm-bell.ipynb: has cells of task 13.1, which no check declares",
        "alarm-bell.ipynb: its graded cells are not those of the checks. Run: make release SECTION=13-alarm-bell",
        "13-alarm-bell/13: mutants.toml: [forgets_to_return]: `fails`: the task has no item '13a'",
        "course/hints/spare.toml: belongs to no section",
        "release/12-gone: has no source any more: remove it",
        "missing: source/15-nothing/nothing.ipynb: there is no such notebook yet",
        "15-nothing/15: no task is called 15. Rename or remove the folder, or write the checks",
        "autograder/checks/half_there: holds the checks of 16-quite-else, so call it quite_else",
    ):
        assert words in done.stdout, done.stdout


def test_a_release_that_is_not_what_its_source_makes_is_named_with_the_cells(root, tmp_path):
    root = shutil.copytree(root, tmp_path / "other")
    check = root / "autograder" / "checks" / "alarm_bell" / "bell.py"
    check.write_text(f'{check.read_text()}\n\n@task.manual("b")\ndef why():\n    """Why it rings."""\n')
    hints = root / "course" / "hints" / "alarm_bell.toml"
    hints.write_text(hints.read_text() + '["13b"]\nhints = ["One.", "Two.", "Three."]\n')
    autograder(root, "cells")
    shutil.copy(ROOT / "nbgrader_config.py", root)
    nbgrader(root, "nbgrader generate_assignment 13-alarm-bell --no-db", {**os.environ, "PYTHONPATH": str(root)})
    assert autograder(root, "lint").stdout == ""

    path = root / "release" / "13-alarm-bell" / "alarm-bell.ipynb"
    made = path.read_text()
    source = nbformat.read(root / "source" / "13-alarm-bell" / "alarm-bell.ipynb", as_version=4)
    model = {cell.id: cell.source for cell in source.cells}

    def said_of(edit):
        """What lint says of the release after `edit(cells)`."""
        notebook = nbformat.reads(made, as_version=4)
        edit({cell.id: cell for cell in notebook.cells})
        nbformat.write(notebook, path)
        done = autograder(root, "lint")
        assert done.returncode == 1
        return done.stdout

    def edit_text(cells):
        cells["13-why"].source += " Really."
        cells["13-solution"].source = model["13-solution"]
        cells["13a"].source = cells["13a"].source.replace('graded("13a")', 'graded("13b")')
        cells["13b"].source = model["13b"]

    def edit_points(cells):
        cells["13a"].metadata.nbgrader.points = 20

    def edit_id(cells):
        cells["13-why"].id = "13-because"

    place, way_out = "release/13-alarm-bell/alarm-bell.ipynb", "Run: make release SECTION=13-alarm-bell"
    text = "its cells 13-why, 13-solution, 13a, 13b are not what its source makes"
    assert said_of(edit_text) == f"{place}: {text}. {way_out}\n"
    assert said_of(edit_points) == f"{place}: its cell 13a is not what its source makes. {way_out}\n"
    assert said_of(edit_id) == f"{place}: has other cells than its source. {way_out}\n"


def test_words_about_a_solution_that_name_what_is_not_there_are_named(root, tmp_path):
    root = shutil.copytree(root, tmp_path / "other")
    (root / "source" / "13-alarm-bell" / "solutions.toml").write_text(
        '["13"]\nalso = ["fancy"]\n["13".wrong]\nno_bell = "It does not ring."\n["14"]\nwhy = "Because."\n'
    )
    said = autograder(root, "lint")
    assert said.returncode == 1
    place = "source/13-alarm-bell/solutions.toml"
    for name in ("solutions/fancy", "mutants/no_bell"):
        assert f"{place}: 13 names {name}, which is not in tests/submissions/13-alarm-bell/13\n" in said.stdout
    assert f"{place}: has words about 14, which is no task of 13-alarm-bell\n" in said.stdout


def test_a_module_that_cannot_be_imported_is_named(root, tmp_path):
    root = shutil.copytree(root, tmp_path / "other")
    edit(root / "autograder" / "checks" / "alarm_bell" / "bell.py", "import Failed", "import Fialed")
    done = autograder(root, "lint")
    assert done.returncode == 1
    assert "autograder/checks/alarm_bell/bell.py: cannot be imported: ImportError: cannot import name" in done.stdout
    assert "Traceback" not in done.stderr
