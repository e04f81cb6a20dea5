"""The course as one whole: every link goes somewhere, minutes add up, sections and principles have one name each."""

from __future__ import annotations

import json
import re
from itertools import pairwise
from pathlib import Path

import pytest

from course.overview import at_hand
from course.overview.certificate import PRINCIPLES

ROOT = Path(__file__).parent.parent
NOTEBOOKS = sorted((ROOT / "source").glob("*/*.ipynb"))
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *(ROOT / "course").rglob("*.md")]
SECTIONS = at_hand.sections(ROOT / "source" / "00-start-here")[1:]
LINK = re.compile(r"\]\(([^)\s]+)\)")

every_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def texts(path):
    """The Markdown cells of a notebook, by id."""
    cells = json.loads(path.read_text())["cells"]
    return {cell["id"]: "".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"}


def links_in(text):
    """The targets of links and images, but for those in code."""
    return LINK.findall(re.sub(r"```.*?```|`[^`\n]*`", "", text, flags=re.S))


def is_here(link):
    return not re.match(r"https?://|mailto:", link)


def leads_somewhere(link, page):
    """Whether a link within the course goes to a file, and where it names a cell or a heading, to that."""
    name, _, fragment = link.partition("#")
    target = (page.parent / name).resolve() if name else page
    if not target.exists() or not fragment:
        return target.exists()
    if target.suffix == ".ipynb":
        ids = {cell["id"] for cell in json.loads(target.read_text())["cells"]}
        return fragment.removeprefix("cell-id=") in ids
    headings = re.findall(r"^#+ (.+)$", target.read_text(), re.M)
    return fragment in {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@every_notebook
def test_every_link_in_a_notebook_goes_to_a_file_and_a_cell(path):
    links = [link for text in texts(path).values() for link in links_in(text) if is_here(link)]
    assert [link for link in links if not leads_somewhere(link, path)] == []
    # Learners have the notebooks alone: a link out of their folder would lead nowhere there.
    released = ROOT / "release" / path.relative_to(ROOT / "source")
    assert [link for link in links if not leads_somewhere(link, released)] == []


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_in_a_guide_goes_somewhere(path):
    links = [link for link in links_in(path.read_text()) if is_here(link)]
    assert [link for link in links if not leads_somewhere(link, path)] == []


@every_notebook
def test_every_link_out_of_the_course_is_to_a_page_and_secure(path):
    links = [link for text in texts(path).values() for link in links_in(text) if not is_here(link)]
    assert [link for link in links if not re.fullmatch(r"https://[\w.-]+\.\w+/\S*", link)] == []


def test_the_start_page_names_every_section_with_the_minutes_that_its_parts_add_up_to():
    table = texts(NOTEBOOKS[0].parent / "start-here.ipynb")["for-whom"]
    rows = re.findall(r"^\| \[(\d+)\]\((\S+)\) \| .+ \| (\d+) \| .+ \|$", table, re.M)
    assert {(int(number), link, int(minutes)) for number, link, minutes in rows} == {
        (section.number, section.link, section.minutes) for section in SECTIONS
    }
    total = int(re.search(r"About (\d+) hours in all", table)[1])
    assert abs(60 * total - sum(section.minutes for section in SECTIONS)) <= 30


def test_each_section_leads_to_the_next():
    for section, following in pairwise(SECTIONS):
        path = (ROOT / "source" / "00-start-here" / section.link).resolve()
        assert f"]({following.link})" in texts(path)["next"], section.title


def test_a_sections_first_page_says_what_it_is_in_go_and_in_python_and_for_whom():
    for section in SECTIONS:
        text = next(iter(texts((ROOT / "source" / "00-start-here" / section.link).resolve()).values()))
        assert re.match(rf"# {section.number}\. \S", text)
        assert re.search(r"^\|.*\bGo \| Python \|$", text, re.M), section.title
        assert "For those who" in text or "For anybody who" in text, section.title


def test_the_eight_principles_have_one_name_each_and_each_is_learned_somewhere():
    table = texts(NOTEBOOKS[0].parent / "start-here.ipynb")["principles"]
    rows = re.findall(r"^\| \*\*(.+?)\*\* \|.*\| (\[.+\]\(\S+\)) \|$", table, re.M)
    assert tuple(name for name, _ in rows) == PRINCIPLES
    letters = re.findall(r"^- \*\*[a-h]\*\* ([^:]+):", texts(NOTEBOOKS[-1])["principles"], re.M)
    assert tuple(letters) == PRINCIPLES


def test_the_glossary_is_alphabetical_and_defines_no_word_twice():
    pages = NOTEBOOKS[0].parent
    words = re.findall(r"^\| \*\*(.+?)\*\* \|", texts(pages / "look-it-up.ipynb")["glossary"], re.M)
    assert words == sorted(words)
    basic = re.findall(r"^\| \*\*(.+?)\*\* \|", texts(pages / "start-here.ipynb")["words"], re.M)
    assert len({*words, *basic}) == len(words) + len(basic)
