"""What holds the repository together: versions agree, release/ is generated, nothing names a host or a machine."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import psutil
import yaml

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
EXTRAS = PROJECT["optional-dependencies"]


def pins(*extras):
    """Name to version of the extras' requirements, such as `click==8.5.1; marker`."""
    requirements = [one for extra in extras for one in EXTRAS[extra] if not one.startswith(f"{PROJECT['name']}[")]
    return dict(re.match(r"([\w.-]+)==([\w.]+)(?:;|$)", requirement).groups() for requirement in requirements)


def test_environment_yml_has_the_versions_of_pyproject():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text())
    listed = [entry for entry in environment["dependencies"] if isinstance(entry, str) and "=" in entry]
    conda = dict(entry.split("=", 1) for entry in listed if not entry.startswith("python>"))
    # What only Linux needs is left to pip.
    linux = {name for one in EXTRAS["grade"] if "linux" in one for name in [one.partition("==")[0]]}
    assert conda == {name: version for name, version in pins("lab", "grade").items() if name not in linux}


def test_the_lock_has_the_versions_of_pyproject():
    lock = (ROOT / "requirements.lock").read_text()
    locked = dict(re.findall(r"^([\w.-]+)==([^\s;]+)", lock, flags=re.MULTILINE))
    wanted = pins("lab", "grade", "test")
    assert {name: locked.get(name) for name in wanted} == wanted


def test_the_base_install_brings_what_the_leak_checker_needs_and_each_extra_brings_the_one_below():
    assert [re.match(r"[\w.-]+", requirement)[0] for requirement in PROJECT["dependencies"]] == ["psutil"]
    assert f"{PROJECT['name']}[grade]" in EXTRAS["lab"]
    assert f"{PROJECT['name']}[lab]" in EXTRAS["test"]


WITHOUT_EXTRAS = """
import sys

class OnlyTheBase:
    def find_spec(self, name, path=None, target=None):
        known = name in sys.stdlib_module_names or name.startswith("_") or name in ("psutil", "course", "autograder")
        if path is None and not known:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

ALSO = sys.argv.pop(1)
"""


def without_extras(program, *, also=""):
    """Run `program` where nothing can be imported but the base install, and `also`."""
    blocked = f"{WITHOUT_EXTRAS}\nif ALSO: __import__(ALSO)\nsys.meta_path.insert(0, OnlyTheBase())\n{program}"
    return subprocess.run([sys.executable, "-c", blocked, also], capture_output=True, text=True, cwd=ROOT)


def test_the_leak_checker_works_with_the_base_install_alone():
    ran = without_extras("from course import leaks\nwith leaks.no_leaks():\n    pass\nprint(leaks.find())")
    assert ran.stdout == "[]\n", ran.stderr
    plugin = without_extras("import course.leaks.pytest_plugin\nprint('imported')", also="pytest")
    assert plugin.stdout == "imported\n", plugin.stderr


def test_the_autograder_says_what_to_install_where_its_extra_is_missing():
    ran = without_extras("from autograder.__main__ import main\nmain()")
    assert ran.returncode == 1
    assert ran.stderr.endswith(" is not installed: pip install 'no-task-left-behind[grade]'\n")
    assert ran.stderr.count("\n") == 1


def test_release_is_what_nbgrader_makes_of_source(tmp_path):
    command = ["generate_assignment", "*", "--no-db", f"--CourseDirectory.release_directory={tmp_path}"]
    subprocess.run([sys.executable, "-m", "nbgrader", *command], cwd=ROOT, check=True, capture_output=True)
    made, released = texts(tmp_path), texts(ROOT / "release")
    assert {path.parts[0] for path in made} == {path.name for path in (ROOT / "source").iterdir()}
    assert made.keys() == released.keys()
    for path, text in made.items():
        assert text == released[path], f"release/{path} differs from what source/ makes: run make release"


def texts(folder):
    """Every file in a folder: path to text."""
    return {path.relative_to(folder): path.read_text() for path in folder.rglob("*") if path.is_file()}


def test_no_released_notebook_has_a_solution():
    for path in (ROOT / "release").rglob("*.ipynb"):
        text = path.read_text()
        for mark in ("BEGIN SOLUTION", "HIDDEN TESTS"):
            assert mark not in text, path


def test_committed_files_name_no_package_registry_and_no_place_of_one_machine():
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    registries = "|".join(("pypi" + r"\.org", "python" + r"hosted\.org", "npmjs" + r"\.(com|org)"))
    forbidden = re.compile(rf"{registries}|file:///|(?<!/1)/root/|/work/main")
    for name in filter(None, tracked.split("\0")):
        path = ROOT / name
        if path == Path(__file__) or path.suffix in (".png", ".gif", ".zip") or path.is_dir():  # a link to a folder
            continue
        match = forbidden.search(path.read_text(encoding="utf-8"))
        assert not match, f"{name}: {match and match[0]}"


def test_course_can_be_imported_without_autograder():
    names = "certificate, check, hint, leaks, live, progress, replay, solution"
    block = f"import sys; sys.modules['autograder'] = None; from course import {names}"
    subprocess.run([sys.executable, "-c", block], check=True)


def test_what_a_base_install_lacks_is_said_in_one_line(tmp_path):
    """Python runs where nothing but psutil is installed beside `course`."""
    (tmp_path / "course").symlink_to(ROOT / "course")
    (tmp_path / "psutil").symlink_to(Path(psutil.__file__).parent)

    def last_line(*arguments):
        command = [sys.executable, "-S", *arguments]
        done = subprocess.run(command, cwd=tmp_path, env={"PYTHONPATH": str(tmp_path)}, capture_output=True, text=True)
        assert done.returncode == 1
        return done.stderr.splitlines()[-1]

    audit = last_line("-m", "course.audit", ".")
    assert audit == "python -m course.audit needs click. In a clone of the course: pip install '.[grade]'"
    assert last_line("-c", "from course import live").endswith("In a clone of the course: pip install '.[lab]'")


def test_progress_on_a_base_install_is_shown(tmp_path):
    (tmp_path / "course").symlink_to(ROOT / "course")
    command = [sys.executable, "-S", "-c", "import course; print(course.progress())"]
    environment = {"PYTHONPATH": str(tmp_path), "HOME": str(tmp_path)}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout
