"""Draw the notebooks' diagrams: `source/<section>/diagrams.toml` becomes `source/<section>/images/*.svg`.

    make diagrams

Two kinds. *Lanes* show who does what over time:

    [1_1-leak]
    title = "Three senders stay"
    alt = "A sentence or two that say what the picture shows, for those who cannot see it."
    lanes = '''
    first    | 0-3 waits get() | 3-4 runs return | 4 ends
    sender 1 | 0-3 runs fetch  | 3 ends
    sender 3 | 0-5 runs fetch  | 5-9 stays put()
    '''
    arrows = '''
    sender 1 3 -> first 3 page
    '''

In a lane `FROM-TO KIND LABEL` is a bar (runs, waits, stays: it waits for ever, holds), `AT KIND LABEL` a mark (set,
notices, ends, breaks). Times are in any unit. *Waits* show who waits for whom; `grid` places the boxes:

    [1_4-deadlock]
    grid = '''
    enqueuer 1 | consumer
    '''
    waits = '''
    enqueuer 1 -> consumer room in the queue
    consumer -> enqueuer 1 the lock
    '''

A notebook shows one as `![the alt text](images/1_1-leak.svg)`.
"""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from course import lanes  # noqa: E402 - the line above finds it

_NUMBER = r"\d+(?:\.\d+)?"
_BAR = re.compile(rf"({_NUMBER})-({_NUMBER}) (\w+)(?: (.+))?")
_MARK = re.compile(rf"({_NUMBER}) (\w+)(?: (.+))?")
_ARROW = re.compile(rf"(.+) ({_NUMBER}) -> (.+?) ({_NUMBER})(?: (.+))?")
_BOX = 150, 40


class Mistake(ValueError):
    """A diagram's text that cannot be drawn."""


def drawn(path: Path) -> dict[str, tuple[str, str]]:
    """A section's diagrams: name to alternative text and SVG. Raises `Mistake`, which names the diagram."""
    diagrams = {}
    for name, text in tomllib.loads(path.read_text(encoding="utf-8")).items():
        try:
            alt = " ".join(text["alt"].split())
            draw = _lanes if "lanes" in text else _waits
            diagrams[name] = alt, draw(text, alt)
        except (KeyError, ValueError) as error:
            raise Mistake(f"{path.parent.name}, diagram {name}: {error}") from error
    return diagrams


def _lanes(text: dict, alt: str) -> str:
    chart = lanes.Chart(lanes=[])
    for line in _lines(text["lanes"]):
        name, *parts = (part.strip() for part in line.split("|"))
        chart.lanes.append(name)
        for part in parts:
            if match := _BAR.fullmatch(part):
                start, end, kind, label = match.groups()
                _known(kind, lanes.BARS, part)
                chart.bars.append(lanes.Bar(name, float(start), float(end), kind, label or ""))
            elif match := _MARK.fullmatch(part):
                at, kind, label = match.groups()
                _known(kind, lanes.MARKS, part)
                chart.marks.append(lanes.Mark(name, float(at), kind, label or ""))
            else:
                raise ValueError(f'"{part}" is neither "FROM-TO KIND LABEL" nor "AT KIND LABEL"')
    for line in _lines(text.get("arrows", "")):
        match = _ARROW.fullmatch(line)
        if match is None:
            raise ValueError(f'"{line}" is not "LANE AT -> LANE AT LABEL"')
        source, start, target, end, label = match.groups()
        _known(source, chart.lanes, line)
        _known(target, chart.lanes, line)
        chart.arrows.append(lanes.Arrow(source, float(start), target, float(end), label or ""))
    return chart.svg(text["title"], alt)


def _waits(text: dict, alt: str) -> str:
    """Boxes in a grid, and an arrow from each that waits to the one it waits for."""
    rows = [[name.strip() for name in line.split("|")] for line in _lines(text["grid"])]
    wide, high = _BOX
    width = 720
    across = width / max(map(len, rows))
    centre = {
        name: (across * (column + 0.5), 36 + 96 * row)
        for row, names in enumerate(rows)
        for column, name in enumerate(names)
        if name
    }
    waits = []
    for line in _lines(text["waits"]):
        source, arrow, rest = line.partition(" -> ")
        target = max((name for name in centre if rest.startswith(name)), key=len, default="")
        if not arrow or not target:
            raise ValueError(f'"{line}" is not "BOX -> BOX LABEL" with boxes of the grid')
        _known(source, centre, line)
        waits.append((source, target, rest.removeprefix(target).strip()))
    parts = []
    for source, target, label in waits:
        both = any((target, source) == other[:2] for other in waits)
        parts += _wait(centre[source], centre[target], label, 11 if both else 0)
    for name, (x, y) in centre.items():
        parts.append(
            f'<rect class="box" x="{x - wide / 2:.1f}" y="{y - high / 2}" width="{wide}" height="{high}" rx="5"/>'
        )
        parts.append(lanes.text_element(x, y + 4, name, "ink", "middle"))
    return lanes.document(parts, text["title"], alt, width, 96 * len(rows) - 24)


def _wait(source: tuple[float, float], target: tuple[float, float], label: str, aside: float) -> list[str]:
    (x0, y0), (x1, y1) = source, target
    wide, high = _BOX
    level = y0 == y1
    if level:
        right = 1 if x1 > x0 else -1
        y0 = y1 = y0 - right * aside
        x0, x1 = x0 + right * wide / 2, x1 - right * (wide / 2 + 2)
    else:
        down = 1 if y1 > y0 else -1
        x0, x1 = x0 + down * aside, x1 + down * aside
        y0, y1 = y0 + down * high / 2, y1 - down * (high / 2 + 2)
    above = level and (aside == 0 or x1 > x0)
    middle = (x0 + x1) / 2, (y0 + y1) / 2
    text = (
        lanes.text_element(middle[0], middle[1] + (-6 if above else 14), label, "faint halo", "middle")
        if level
        else lanes.text_element(middle[0] + 8, middle[1] + 4, label, "faint halo", "start")
    )
    return [f'<path class="arrow" marker-end="url(#tip)" d="M{x0:.1f} {y0}L{x1:.1f} {y1}"/>', text]


def _known(word: str, words: object, line: str) -> None:
    if word not in words:
        raise ValueError(f'"{line}": there is no "{word}" among {", ".join(words)}')


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def main() -> None:
    for path in sorted((ROOT / "source").glob("*/diagrams.toml")):
        images = path.parent / "images"
        images.mkdir(exist_ok=True)
        try:
            diagrams = drawn(path)
        except Mistake as mistake:
            sys.exit(str(mistake))
        for old in images.glob("*.svg"):
            if old.stem not in diagrams:
                old.unlink()
        for name, (_, svg) in diagrams.items():
            (images / f"{name}.svg").write_text(svg + "\n", encoding="utf-8")
        print(f"{path.parent.name}: {', '.join(diagrams)}")


if __name__ == "__main__":
    main()
