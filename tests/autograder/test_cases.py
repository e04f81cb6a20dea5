"""Solutions and mutants as an author writes them down, and what the author is told where that went wrong."""

from __future__ import annotations

import pytest

from autograder.author.cases import CaseError, read_cases

SOLUTION = '"""Two lines that are alike."""\n\nx = 1\ny = 2\nx = 1\n'
MUTANT = 'of = "plain"\nold = "y = 2"\nnew = "y = 3"\nfails = ["1.3a"]\n'


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "01-warm-up" / "1.3"
    (folder / "solutions").mkdir(parents=True)
    (folder / "solutions" / "plain.py").write_text(SOLUTION)
    return folder


def mutant(folder, text, name="polls"):
    (folder / "mutants.toml").write_text(f"[{name}]\n{text}")


def error_of(folder):
    with pytest.raises(CaseError) as caught:
        read_cases(folder.parent.parent)
    return str(caught.value)


def test_a_mutant_is_its_solution_with_one_edit(folder):
    mutant(folder, MUTANT)
    right, wrong = read_cases(folder.parent.parent)
    assert (right.name, right.task, right.fails) == ("01-warm-up/1.3/solutions/plain", "1.3", frozenset())
    assert (wrong.name, wrong.task, wrong.fails) == ("01-warm-up/1.3/mutants/polls", "1.3", frozenset({"1.3a"}))
    assert wrong.source.files == {"plain.py": SOLUTION.replace("y = 2", "y = 3")}
    assert wrong.section == "01-warm-up"


def test_a_mutant_may_be_a_file_that_says_in_its_first_line_what_fails(folder):
    (folder / "mutants").mkdir()
    (folder / "mutants" / "polls.py").write_text("# fails: 1.3a 1.3c\nx = 1\n")
    _, wrong = read_cases(folder.parent.parent)
    assert wrong.name == "01-warm-up/1.3/mutants/polls"
    assert wrong.fails == {"1.3a", "1.3c"}


def test_a_solution_may_be_a_folder_of_which_one_file_is_edited(folder):
    tree = folder / "solutions" / "two_files"
    tree.mkdir()
    (tree / "solution.py").write_text("from other import x\n")
    (tree / "other.py").write_text("x = 1\n")
    mutant(folder, 'of = "two_files"\nfile = "other.py"\nold = "1"\nnew = "2"\nfails = ["1.3a"]\n')
    *_, wrong = read_cases(folder.parent.parent)
    assert wrong.source.main == "solution.py"
    assert wrong.source.files == {"solution.py": "from other import x\n", "other.py": "x = 2\n"}
    mutant(folder, 'of = "two_files"\nold = "1"\nnew = "2"\nfails = ["1.3a"]\n')
    assert "which file of two_files is edited? Say `file`; there are other.py, solution.py" in error_of(folder)


def test_a_mutant_may_edit_one_that_stands_above_it(folder):
    second = '[polls_more]\nof = "polls"\nold = "y = 3"\nnew = "y = 4"\nfails = ["1.3b"]\n'
    mutant(folder, MUTANT + second)
    *_, more = read_cases(folder.parent.parent)
    assert more.name.endswith("polls_more")
    assert "y = 4" in more.source.files["plain.py"]
    assert more.fails == {"1.3b"}


@pytest.mark.parametrize(("versions", "count"), [("<4", 2), (">=4", 1), (">=3.11,<4", 2)])
def test_a_mutant_that_some_versions_of_python_make_right_is_left_out_on_those(folder, versions, count):
    mutant(folder, f'{MUTANT}python = "{versions}"\n')
    assert len(read_cases(folder.parent.parent)) == count


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("y = 2", "y = 9", "`old` does not occur in plain"),
        ("y = 2", "x = 1", "`old` occurs 2 times in plain"),
        ('old = "y = 2"', 'old = ""', "`old` does not occur in plain"),
        ("y = 3", "y = 2", "`old` and `new` are the same"),
        ("y = 3", "y = ", "edited, plain is no Python: invalid syntax"),
        ('"plain"', '"plane"', "there is no 'plane' to edit above it; there are plain"),
        ('"1.3a"', '"1.4a"', "no item '1.4a' that is judged; there are 1.3a, 1.3b, 1.3c"),
        ('["1.3a"]', "[]", "must list the items that fail"),
        ('["1.3a"]', '"1.3a"', "`fails` must be a list of items"),
        ("new =", "news =", "no field is called `news`"),
        ('new = "y = 3"\n', "", "`new` is missing"),
        ("of =", 'file = "other.py"\nof =', "plain has no file 'other.py'; there are plain.py"),
        ("of =", 'python = "3.13"\nof =', "must say versions, as in '<3.13', not '3.13'"),
    ],
)
def test_a_mutant_that_cannot_be_made_is_named_with_its_file_and_the_way_out(folder, old, new, words):
    mutant(folder, MUTANT.replace(old, new))
    said = error_of(folder)
    assert said.startswith(f"{folder / 'mutants.toml'}: [polls]: ")
    assert words in said


def test_a_file_that_is_no_toml_is_named(folder):
    (folder / "mutants.toml").write_text("[polls\n")
    assert error_of(folder).startswith(f"{folder / 'mutants.toml'}: cannot be read as TOML: ")


def test_a_field_outside_of_a_table_is_named(folder):
    (folder / "mutants.toml").write_text(MUTANT)
    assert "[of]: not a table. A mutant is a table [name] with `of`, `old`, `new`, `fails`" in error_of(folder)


def test_two_mutants_of_one_name_are_named(folder):
    mutant(folder, MUTANT)
    (folder / "mutants").mkdir()
    (folder / "mutants" / "polls.py").write_text("# fails: 1.3a\n")
    assert "[polls]: there is a file mutants/polls too" in error_of(folder)


def test_a_file_mutant_that_does_not_say_what_fails_is_named(folder):
    (folder / "mutants").mkdir()
    path = folder / "mutants" / "polls.py"
    path.write_text('"""Polls."""\n')
    assert error_of(folder).startswith(f"{path}: its first line '# fails: …' must list the items that fail")


def test_a_task_without_a_solution_is_named(folder):
    (folder / "solutions" / "plain.py").unlink()
    assert (
        error_of(folder) == f"{folder / 'solutions'}: there is no solution. Add at least one, as <style>.py or a folder"
    )


def test_what_is_neither_python_nor_a_folder_is_named(folder):
    (folder / "solutions" / "notes.txt").write_text("")
    assert error_of(folder) == f"{folder / 'solutions' / 'notes.txt'}: neither a .py file nor a folder. Remove it"


def test_a_folder_of_no_task_or_in_another_section_is_named(folder):
    folder.rename(folder.parent / "9.9")
    assert "no task is called 9.9. Rename or remove the folder" in error_of(folder)
    (folder.parent / "9.9").rename(folder)
    folder.parent.rename(folder.parent.parent / "02-start-stop")
    assert "task 1.3 is of section 01-warm-up. Move the folder there" in error_of(folder)
