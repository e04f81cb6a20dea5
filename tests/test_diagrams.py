"""The notebooks' diagrams: images agree with their text, and notebooks with both."""

import re
import sys
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tools"))

import diagrams  # noqa: E402 - the line above finds it

TEXTS = sorted((ROOT / "source").glob("*/diagrams.toml"))
IMAGE = re.compile(r"!\[([^\]]*)\]\(images/([^)]+)\.svg\)")


def shown(section):
    """The diagrams that the section's notebooks show: name to alternative text."""
    cells = [cell for path in section.glob("*.ipynb") for cell in nbformat.read(path, as_version=4).cells]
    return {name: alt for cell in cells for alt, name in IMAGE.findall(cell.source)}


@pytest.mark.parametrize("text", TEXTS, ids=lambda path: path.parent.name)
def test_the_images_are_what_the_text_draws(text):
    made = {name: f"{svg}\n" for name, (_, svg) in diagrams.drawn(text).items()}
    kept = {path.stem: path.read_text(encoding="utf-8") for path in (text.parent / "images").glob("*.svg")}
    assert kept.keys() == made.keys()
    assert [name for name in made if made[name] != kept[name]] == [], "run make diagrams"


@pytest.mark.parametrize("section", sorted((ROOT / "source").iterdir()), ids=lambda path: path.name)
def test_a_notebook_shows_every_diagram_of_its_section_with_its_alternative_text(section):
    text = section / "diagrams.toml"
    drawn = diagrams.drawn(text) if text.exists() else {}
    assert shown(section) == {name: alt for name, (alt, _) in drawn.items()}


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("a | 0-1 sleeps", '"0-1 sleeps": there is no "sleeps" among runs, waits, stays, holds'),
        ("a | from 1 to 2", '"from 1 to 2" is neither'),
        ("a | 0-1 runs a label that is far too long for it | 9 ends", "does not fit into its bar, a 0-1"),
    ],
)
def test_a_mistake_is_named_with_its_section_and_diagram(tmp_path, lines, said):
    text = tmp_path / "01-some-section" / "diagrams.toml"
    text.parent.mkdir()
    text.write_text(f'[1_1-leak]\ntitle = "t"\nalt = "a"\nlanes = """\n{lines}\n"""\n')
    with pytest.raises(diagrams.Mistake, match=r"^01-some-section, diagram 1_1-leak: ") as mistake:
        diagrams.drawn(text)
    assert said in str(mistake.value)


def test_an_arrow_to_a_box_that_is_not_there_is_a_mistake(tmp_path):
    text = tmp_path / "diagrams.toml"
    text.write_text('[d]\ntitle = "t"\nalt = "a"\ngrid = "a | b"\nwaits = "a -> c the lock"\n')
    with pytest.raises(diagrams.Mistake, match='"a -> c the lock" is not'):
        diagrams.drawn(text)


def test_what_waits_for_what_is_drawn_with_its_reason(tmp_path):
    text = tmp_path / "diagrams.toml"
    text.write_text('[d]\ntitle = "t"\nalt = "a & b"\ngrid = "a | b"\nwaits = """\na -> b room\nb -> a the lock\n"""\n')
    _, svg = diagrams.drawn(text)["d"]
    assert [svg.count(f">{words}<") for words in ("a", "b", "room", "the lock")] == [1, 1, 1, 1]
    assert 'aria-label="a &amp; b"' in svg
