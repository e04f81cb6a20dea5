"""Section 11: the reference solutions with the words about them; and that nothing learners get gives them away."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from click.testing import CliRunner

import course
from autograder.author import solutions
from autograder.author.places import notebook_of
from autograder.catalogue import all_items
from autograder.cli import main

ROOT = Path(__file__).parent.parent
TASKS = list(dict.fromkeys(item.task for item in all_items().values()))
FIND_THE_BUG = [task for task in TASKS if task.startswith("12.")]
WORDS = {task: words for section in solutions.sections() for task, words in solutions.words_about(section).items()}


def cells(section):
    return nbformat.read(notebook_of(section), as_version=4).cells


def autograder(*arguments):
    return CliRunner().invoke(main, list(map(str, arguments)))


def test_every_task_is_explained():
    assert set(WORDS) == set(TASKS)
    for task, words in WORDS.items():
        assert 2 <= len(re.findall(r"[.?](?=\s|$)", words["why"].strip())) <= 8, task
        assert len(words["also"]) >= 2, task
        assert len(words["wrong"]) >= 3, task


@pytest.mark.parametrize("task", TASKS)
def test_what_is_shown_of_a_task_has_its_code_and_the_points_that_a_wrong_idea_fails(task):
    shown = solutions.explained(task)
    assert shown.count("```") >= 2
    assert "### " not in shown
    for text in WORDS.get(task, {}).get("wrong", {}).values():
        [failed] = re.findall(rf"^- {re.escape(text.strip())} \(({task}[a-z](?:, {task}[a-z])*)\)$", shown, re.M)
        assert set(failed.split(", ")) <= set(all_items())


def test_the_code_shown_is_that_of_the_source_notebook():
    [cell] = [cell for cell in cells("03-task-groups") if cell.id == "3_1-solution"]
    code = cell.source.removeprefix("# solution: 3.1\n### BEGIN SOLUTION\n").removesuffix("\n### END SOLUTION")
    assert course.solution("3.1").startswith(f"```python\n{code}\n```\n")


def test_of_a_task_about_files_the_changes_and_the_new_files_are_shown():
    project = course.solution("4")
    assert "`project/pyproject.toml`:\n\n```diff\n" in project
    assert '+test = ["pytest>=8", "anyio>=4", "no-task-left-behind"]' in project
    assert "test_bus" not in project
    assert "test_bus" in course.solution("4.1")
    audit = course.solution("10")
    assert "`audit.csv`:\n\n```\nfile,line,call,owner,stop,wait\n" in audit
    assert "```\n\nThe cell:\n\n```python\nimport csv\n" in audit


def test_of_an_item_graded_by_hand_a_good_answer_is_shown():
    assert "**10c, for example:**\n\n**Place 1**" in course.solution("10")


def test_where_the_sources_are_not_at_hand_it_says_who_has_the_solutions(monkeypatch):
    monkeypatch.setattr(solutions, "sections", list)
    assert "your instructor has them" in course.solution("1.1")


def test_an_item_or_no_task_at_all_is_told_what_a_task_is():
    for name in ("1.1a", "7.7", "section 1"):
        assert "A task is a number such as `1.1`" in course.solution(name)


def test_the_page_shows_nothing_before_it_is_asked_for():
    page = solutions.page(solutions.sections())
    nbformat.validate(page)
    folded = [cell.source for cell in page.cells if "```" in cell.source]
    assert len(folded) == len(TASKS)
    for text, task in zip(folded, TASKS, strict=True):
        summary = re.match(r"<details><summary>(.+)</summary>\n\n", text)
        assert summary[1].startswith(f"{task} ")
        assert text.endswith("\n\n</details>")
        assert text.count("<details>") == text.count("</details>") == 1


def test_an_instructor_releases_the_sections_whose_time_has_come(tmp_path):
    done = autograder("solutions", tmp_path, "--section", 2, "--section", 1)
    assert done.exit_code == 0, done.output
    text = (tmp_path / "11-solutions" / "solutions.ipynb").read_text()
    shown = re.findall(r"<summary>(\S+) ", text)
    assert shown == [task for task in TASKS if task.startswith(("1.", "2"))]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([ROOT / "release"], "release: what is there is for everybody to read"),
        (["nowhere", "--section", "11"], "there are no solutions of section 11; there are those of 1, 2"),
    ],
)
def test_what_must_not_be_written_is_refused(arguments, words):
    done = autograder("solutions", *arguments)
    assert done.exit_code == 2
    assert words in done.output
    assert not (ROOT / "release" / "11-solutions").exists()


def test_make_lab_makes_section_11_for_the_reader_anew_each_time(tmp_path):
    page = tmp_path / "11-solutions" / "solutions.ipynb"
    page.parent.mkdir()
    page.write_text("of last year")
    subprocess.run([sys.executable, ROOT / "tools" / "work.py", tmp_path], check=True)
    assert len(re.findall("<summary>", page.read_text())) == len(TASKS)


def given_to_learners():
    """Every text that learners get before they have solved anything, by its place: of a notebook, its cells."""
    found = {}
    for folder in ("release", "course"):
        for path in (ROOT / folder).rglob("*"):
            name = str(path.relative_to(ROOT))
            if path.suffix == ".ipynb":
                for cell in json.loads(path.read_text())["cells"]:
                    found[f"{name}: {cell['id']}"] = "".join(cell["source"])
            elif path.is_file() and path.suffix not in (".pyc", ".png", ".svg"):
                found[name] = path.read_text()
    return found


GIVEN = given_to_learners()


def stripped(text):
    return [line.strip() for line in text.splitlines() if line.strip() and not line.strip().startswith("#")]


def runs(text):
    """Every three lines of code that follow each other."""
    return {*zip(text, text[1:], text[2:], strict=False)}


def test_nothing_that_learners_get_is_from_a_solution():
    """Of a solution, three lines that follow each other and are not in the starting code."""
    # Which of three fixes is wrong is asked when the task is done, and two of the three are right.
    theirs = {name: runs(stripped(text)) for name, text in GIVEN.items() if not name.endswith("-three-fixes")}
    for section in solutions.sections():
        by_id = {cell.id: cell.source for cell in cells(section)}
        for id, text in by_id.items():
            if "### BEGIN SOLUTION" in text:
                given = set(stripped(by_id.get(id.replace("-solution", "-leaky"), "")))
                new = {run for run in runs(stripped(solutions.marked(text))) if not given & set(run)}
                gives_away = [name for name, lines in theirs.items() if new & lines]
                assert [name for name in gives_away if not is_of_a_later_task(name, section, id)] == [], id


def is_of_a_later_task(name, section, id):
    """Whether it is the code that another task of the section starts from, which may hold what this one asks for."""
    return re.search(rf"/{section}/\S+: (?!{id})\S+-(leaky|solution)$", name)


def test_no_word_about_a_solution_is_given_to_learners():
    assert not list((ROOT / "release").rglob("solutions.toml"))
    sentences = [
        sentence
        for words in WORDS.values()
        for text in (words["why"], *words.get("wrong", {}).values())
        for sentence in re.split(r"(?<=\.)\s+", text.strip())
        if len(sentence) > 45
    ]
    assert len(sentences) > 100
    for name, text in GIVEN.items():
        flat = " ".join(text.split())
        assert not [sentence for sentence in sentences if sentence in flat], name


def test_no_answer_to_a_program_of_section_12_is_given_to_learners():
    """Neither what happens nor why: a cell that is released sets neither name to the right letter."""
    for task in FIND_THE_BUG:
        answers = letters(solutions.explained(task))
        assert set(answers) == {"happens", "principle"}, task
        for name, text in GIVEN.items():
            if name.endswith(f": {task.replace('.', '_')}-solution"):
                assert not answers.items() & letters(text).items(), name


def letters(text):
    """The letters that a cell assigns to `happens` and `principle`."""
    return dict(re.findall(r"^(happens|principle) = [\"']([a-h])[\"']", text, re.M))


def test_where_course_alone_is_installed_there_are_no_solutions():
    assert not [name for name in GIVEN if name.startswith("course/") and "BEGIN SOLUTION" in GIVEN[name]]
    for path in (ROOT / "course").rglob("*.toml"):
        assert path.parent.name == "hints", path
    for name in (name for name in GIVEN if name.startswith("course/") and name.endswith(".py")):
        imports = [node for node in ast.parse(GIVEN[name]).body if isinstance(node, ast.Import | ast.ImportFrom)]
        assert not [node for node in imports if "autograder" in ast.dump(node)], name
