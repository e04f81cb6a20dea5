"""The source notebooks: their form, and that they run from top to bottom."""

import ast
import builtins
import re
import shutil
import symtable
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from autograder.author.cells import write_graded_cells
from autograder.author.places import released
from autograder.catalogue import all_items
from course.marks import mark_of
from tests.cases import all_cases

ROOT = Path(__file__).parent.parent
NOTEBOOKS = sorted((ROOT / "source").glob("*/*.ipynb"))
SECTIONS = [path for path in NOTEBOOKS if not path.parent.name.startswith("00-")]

# `1_1-leaky` and `1_1a` belong to task 1.1: neither nbformat nor nbgrader allows a dot. The others are words.
TASK_CELL = re.compile(r"(?P<task>\d+(_\d+)?)(?P<part>[a-z]|(-[a-z]+)+)")
OTHER_CELL = re.compile(r"[a-z]+(-[a-z]+)*")

every_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
every_section = pytest.mark.parametrize("path", SECTIONS, ids=lambda path: path.stem)


def read(path):
    return nbformat.read(path, as_version=nbformat.NO_CONVERT)


def code_cells(path):
    return [cell for cell in read(path).cells if cell.cell_type == "code"]


def tasks_with(path, part):
    """Task numbers and cells of one kind: `part` is `leaky`, `solution` and so on."""
    return {
        cell.id.removesuffix(f"-{part}").replace("_", "."): cell
        for cell in code_cells(path)
        if cell.id.endswith(f"-{part}")
    }


def items_of(path):
    return {item.id: item for item in all_items().values() if item.section == path.parent.name}


def provided(path, task):
    """The names that a task's module may use without defining them."""
    return {name for item in items_of(path).values() if item.task == task for name in item.provides}


def is_skipped(cell):
    return "skip-execution" in cell.metadata.get("tags", [])


def undefined_names(source):
    """Global names that a module uses and neither it nor Python defines."""
    module = symtable.symtable(source, "cell", "exec")
    defined = {symbol.get_name() for symbol in module.get_symbols() if symbol.is_assigned() or symbol.is_imported()}
    scopes, used = [module], set()
    while scopes:
        scope = scopes.pop()
        scopes.extend(scope.get_children())
        used.update(
            symbol.get_name()
            for symbol in scope.get_symbols()
            if symbol.is_referenced() and (scope is module or symbol.is_global())
        )
    return used - defined - set(dir(builtins))


def actions(source):
    """Top-level statements that do more than define and import: a module of them alone is cheap to run."""
    definitions = ast.Import | ast.ImportFrom | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Assign
    return [ast.unparse(node) for node in ast.parse(source).body if not isinstance(node, definitions)]


def test_there_are_notebooks():
    assert [path.stem for path in NOTEBOOKS][:3] == ["look-it-up", "start-here", "warm-up"]


@every_notebook
def test_is_stored_as_nbformat_writes_it(path):
    notebook = read(path)
    nbformat.validate(notebook)
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    assert notebook.metadata.kernelspec.name == "python3"
    assert path.read_text(encoding="utf-8") == nbformat.writes(notebook) + "\n"


@every_notebook
def test_has_no_outputs(path):
    kept = [cell.id for cell in code_cells(path) if cell.outputs or cell.execution_count is not None]
    assert kept == []


@every_notebook
def test_cell_ids_are_readable_and_in_order(path):
    ids = [cell.id for cell in read(path).cells]
    assert len(set(ids)) == len(ids)
    assert [id for id in ids if not TASK_CELL.fullmatch(id) and not OTHER_CELL.fullmatch(id)] == []
    tasks = [match["task"] for id in ids if (match := TASK_CELL.fullmatch(id))]
    assert tasks == sorted(tasks, key=lambda task: [int(number) for number in task.split("_")])


@every_notebook
def test_only_cheap_cells_run_when_graded(path):
    """A cell that is not skipped defines things, or asks for a verdict."""
    if path not in SECTIONS:
        assert all("nbgrader" not in cell.metadata for cell in code_cells(path))
        return
    for cell in code_cells(path):
        if cell.metadata.get("nbgrader", {}).get("grade") or is_skipped(cell):
            continue
        assert cell.id.endswith(("-leaky", "-solution"))
        assert actions(cell.source) == [], cell.id


@every_section
def test_every_task_has_its_cells(path):
    tasks = {item.task for item in items_of(path).values()}
    assert tasks
    for part in ("leaky", "watch", "solution", "playground", "check"):
        assert set(tasks_with(path, part)) == tasks, part
    for part in ("watch", "playground", "check"):
        assert all(is_skipped(cell) for cell in tasks_with(path, part).values())
    for task, cell in tasks_with(path, "check").items():
        assert cell.source == f'check("{task}")'


@every_section
def test_starting_code_is_a_module_of_its_own(path):
    for task, cell in tasks_with(path, "leaky").items():
        assert cell.source.startswith(f"# starting code: {task}\n")
        assert undefined_names(cell.source) <= provided(path, task), task


@every_section
def test_solution_is_a_module_of_its_own(path):
    for task, cell in tasks_with(path, "solution").items():
        lines = cell.source.splitlines()
        assert lines[:2] == [f"# solution: {task}", "### BEGIN SOLUTION"]
        assert lines[-1] == "### END SOLUTION"
        assert sum("SOLUTION" in line for line in lines) == 2
        assert undefined_names(cell.source) <= provided(path, task), task
        assert cell.metadata.nbgrader == {
            "grade": False,
            "grade_id": cell.id,
            "locked": False,
            "schema_version": 3,
            "solution": True,
            "task": False,
        }


@every_section
def test_no_other_cell_defines_what_a_task_asks_for(path):
    """`check` would take it for a solution that lost its mark."""
    needed = {name for item in items_of(path).values() for name in item.needs}
    for cell in code_cells(path):
        if mark_of(cell.source) is None and not cell.source.startswith("%"):
            defined = {node.name for node in ast.parse(cell.source).body if hasattr(node, "name")}
            assert not defined & needed, cell.id


@every_section
def test_graded_cells_are_what_the_checks_make_of_them(path):
    notebook = read(path)
    write_graded_cells(notebook, list(items_of(path).values()))
    assert notebook == read(path), "write them anew with: autograder cells"


def test_every_item_has_three_hints():
    hints = {}
    for path in sorted((ROOT / "course" / "hints").glob("*.toml")):
        for id, table in tomllib.loads(path.read_text(encoding="utf-8")).items():
            assert re.sub(r"^\d+-", "", all_items()[id].section).replace("-", "_") == path.stem
            hints[id] = table["hints"]
    assert set(hints) == {id for id, item in all_items().items() if not item.choice}
    for id, three in hints.items():
        assert len(three) == len(set(three)) == 3, id
        assert all(hint.strip() == hint != "" for hint in three), id


def hand_in_files(path, folder):
    """Puts a right solution's files beside a notebook, where a task is about files."""
    for task in {item.task for item in items_of(path).values() if item.files}:
        case = next(case for case in all_cases().values() if case.task == task and not case.fails)
        for name, data in case.source.beside.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(data)


@pytest.fixture(scope="module")
def executed(request, tmp_path_factory):
    """Runs all notebooks that are asked for, a few at once, while the tests look at one after the other.

    Their cells wait far more than they work.
    """
    asked = [item.callspec.params for item in request.session.items if getattr(item, "originalname", "") == RUNS]
    pool = ThreadPoolExecutor(4)
    yield {
        (params["path"], params["solved"]): pool.submit(execute, **params, folder=tmp_path_factory.mktemp("notebook"))
        for params in asked
    }
    pool.shutdown(cancel_futures=True)


def execute(path, solved, folder):
    """Runs a notebook, with the solutions or as it is released, and returns it."""
    folder = shutil.copytree((path if solved else released(path.parent.name)).parent, folder / path.parent.name)
    if solved:
        hand_in_files(path, folder)
    notebook = read(folder / path.name)
    notebook.cells = [cell for cell in notebook.cells if not cell.metadata.get("nbgrader", {}).get("grade")]
    NotebookClient(
        notebook,
        kernel_name="python3",
        timeout=120,
        skip_cells_with_tag="",
        resources={"metadata": {"path": str(folder)}},
    ).execute()
    return notebook


RUNS = "test_every_cell_runs"


@pytest.mark.parametrize(
    ("path", "solved"),
    [*((path, True) for path in NOTEBOOKS), *((path, False) for path in SECTIONS)],
    ids=lambda value: value.stem if isinstance(value, Path) else ("as_released", "solved")[value],
)
def test_every_cell_runs(path, solved, executed):
    """Those that only learners run, too; `check` then says what it must. (Graded cells say the same: test_nbgrader.)"""
    notebook = executed[path, solved].result()
    checks = [cell for cell in notebook.cells if cell.cell_type == "code" and cell.source.startswith("check(")]
    assert {task for cell in checks for task in re.findall(r'"(.+)"', cell.source)} == {
        item.task for item in items_of(path).values()
    }
    for cell in checks:
        said = "".join(output.get("data", {}).get("text/plain", "") for output in cell.outputs)
        assert ("✗" not in said and "○" not in said) if solved else ("✗" in said or "○" in said), said
