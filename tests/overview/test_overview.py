"""The course at a glance: the table of sections, and the page at the end."""

from __future__ import annotations

import builtins
import json
import re
import shutil
from pathlib import Path
from types import SimpleNamespace
from xml.etree import ElementTree

import pytest

from autograder.catalogue import all_items
from course import certificate, progress
from course.kept import file, points

ROOT = Path(__file__).parent.parent.parent
ITEMS = list(all_items().values())


@pytest.fixture(autouse=True)
def start_page(tmp_path, monkeypatch):
    """The folder of section 0 in a copy of what is released; nothing is kept yet."""
    monkeypatch.setenv("COURSE_PROGRESS", str(tmp_path / "progress.json"))
    shutil.copytree(ROOT / "release", tmp_path / "work")
    monkeypatch.chdir(tmp_path / "work" / "00-start-here")


def passes(*, task="", section=0):
    points.keep_verdicts(
        SimpleNamespace(id=item.id, status="passed")
        for item in ITEMS
        if item.task == task or item.section_number == section
    )


def test_a_beginner_sees_every_section_and_begins_with_the_first_task():
    table = progress()
    assert {row.section.number for row in table.rows} == {item.section_number for item in ITEMS}
    assert table.next.number == "1.1"
    assert str(table).startswith(
        f"0 of {len([item for item in ITEMS if item.grading == 'automatic'])} items have passed"
    )


def test_where_to_go_on_is_the_first_task_with_a_point_that_has_not_held():
    passes(task="1.1")
    passes(task="1.3")
    table = progress()
    assert table.next.number == "1.2"
    assert "Go on with 1.2 A receiver on a queue that is never closed." in str(table)
    first = table.rows[0]
    assert (first.passed, first.items, first.minutes_left) == (6, 17, 70)


def test_a_section_that_is_done_says_so_and_the_next_one_follows():
    passes(section=1)
    table = progress()
    assert table.rows[0].next is None
    assert re.search(r"^ +1 .* 34 of 34 +points  done$", str(table), re.M)
    assert "✓ done" in table._repr_html_()
    assert table.next.number == "2"


def test_every_link_goes_to_a_cell_that_is_there():
    links = re.findall(r'href="([^"]+)"', progress()._repr_html_())
    assert len(links) > 2 * len({item.section for item in ITEMS}) - 1
    for link in links:
        path, _, cell = link.partition("#cell-id=")
        ids = {cell["id"] for cell in json.loads(Path(path).read_text())["cells"]}
        assert not cell or cell in ids


def test_sections_that_were_not_handed_out_are_named(tmp_path):
    shutil.rmtree(tmp_path / "work" / "06-worker-pool")
    (tmp_path / "work" / "07-leaky-service" / "leaky-service.ipynb").write_text("{}")
    said = str(progress())
    assert "Not here: section 6, 7" in said
    assert "worker pool" not in said


def test_a_file_that_was_set_aside_is_named(tmp_path):
    file.place().write_text("{")
    assert f"{file.place()} could not be read. Nothing of it was thrown away." in str(progress())


def test_without_the_autograder_the_sections_are_shown_all_the_same(monkeypatch):
    real_import = builtins.__import__

    def no_autograder(name, *arguments, **options):
        if name.startswith("autograder"):
            raise ImportError(name)
        return real_import(name, *arguments, **options)

    monkeypatch.setattr(builtins, "__import__", no_autograder)
    assert "your points come with your grade" in str(progress())
    assert "Warm-up: five patterns" in progress()._repr_html_()


def test_away_from_the_notebooks_it_says_what_is_not_here(tmp_path, monkeypatch):
    (tmp_path / "elsewhere" / "deep").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "elsewhere" / "deep")
    assert "Not here: section 1, 2" in str(progress())


def leaked(task, left, now):
    with file.changed() as kept:
        kept["runs"][task] = {
            "leaky": {"seconds": 2.0, "left": left, "points": [[0, 0], [1, left], [2, left]]},
            "yours": {"seconds": 1.0, "left": now, "points": [[0, 0], [0.5, 5], [1, now]]},
        }


def test_the_certificate_says_what_holds_and_what_no_longer_leaks():
    passes(section=2)
    for task in ("2.1", "10", "2"):
        leaked(task, 12, 0)
    leaked("99", 5, 5)
    said = str(certificate("Ada Lovelace"))
    assert "Ada Lovelace\nhas made tasks and threads stop: 20 of " in said
    assert "2. Objects that own what they start (20 of 20 points)" in said
    assert re.findall(r"^([\d.]+): 12 left, now 0$", said, re.M) == ["2", "2.1", "10"]
    assert "99" not in said


def test_with_nothing_passed_the_certificate_says_so_and_claims_no_leak_that_was_mended():
    leaked("1.1", 60, 60)
    with file.changed() as kept:
        kept["runs"]["1.2"] = {"leaky": {"seconds": 2.0, "left": 3, "points": [[0, 0], [2, 3]]}}
    said = str(certificate("Ada Lovelace"))
    assert "Ada Lovelace\nhas not passed an item yet: 0 of " in said
    assert "no longer does" not in said


def test_the_certificate_is_a_page_of_its_own_that_can_be_printed():
    leaked("1.1", 60, 0)
    shown = certificate("<script>Ada</script>")._repr_html_()
    page = Path("certificate.html").read_text()
    for text in (shown, page):
        assert "&lt;script&gt;Ada&lt;/script&gt;" in text
        assert "<script" not in text
        svg = re.search(r"<svg.*</svg>", text, re.S)[0]
        assert ElementTree.fromstring(svg).attrib["aria-label"] == "1.1: 60 left, now 0"
    assert page.startswith("<!doctype html>")
    assert "src=" not in page


@pytest.mark.parametrize("name", [None, "", "  ", 7])
def test_a_certificate_needs_a_name(name):
    assert certificate(name) == 'Write your name, in quotes: certificate("Ada Lovelace").'
    assert not Path("certificate.html").exists()


def test_a_certificate_that_cannot_be_saved_is_shown_all_the_same():
    Path("certificate.html").mkdir()
    made = certificate("Ada")
    assert "certificate.html could not be written here: Is a directory." in str(made)
    assert "Ada" in made._repr_html_()
