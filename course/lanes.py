"""Lanes: what each task or thread did, waited for and held, over time, drawn as SVG.

    chart = Chart(
        lanes=["first", "sender 1"],
        bars=[Bar("sender 1", 0, 4, "runs", "fetch"), Bar("first", 0, 4, "waits", "get()")],
        marks=[Mark("sender 1", 4, "ends")],
        arrows=[Arrow("sender 1", 4, "first", 4, "page")],
    )
    chart.svg("What happens", "first waits until sender 1 puts its page")

The colours are CSS variables with a default: alone, as an image, the drawing stands on a light card of its own, which
is readable in any theme; in a page that sets the variables it takes the page's colours.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from html import escape

COLORS = {
    "card": "#fbfbf9",
    "edge": "#c9c9c4",
    "ink": "#1a1a1a",
    "faint": "#595959",
    "runs": "#cfe3f1",
    "runs-edge": "#0072b2",
    "waits": "#ffffff",
    "waits-edge": "#595959",
    "stays": "#fbe3d3",
    "stays-edge": "#c04a00",
    "holds": "#6b3fa0",
}

BARS = {"runs": "runs", "waits": "waits", "stays": "waits for ever", "holds": "holds"}
"""The kinds of bars, and what the key says of them."""

MARKS = ("set", "notices", "ends", "breaks")
"""The kinds of marks: an event is set, its setting is noticed, a task or thread ends, what must hold is broken."""

_ROW, _BAR, _TOP, _GLYPH = 40, 22, 10, 6.7


class DoesNotFit(ValueError):
    """A label that its bar has no room for."""


@dataclass(frozen=True)
class Bar:
    """From `start` to `end` a lane runs, waits, or holds something: `kind` is a key of `BARS`.

    `line` is the number of the line of code that it is about: the element's `data-line`.
    """

    lane: str
    start: float
    end: float
    kind: str
    label: str = ""
    title: str = ""
    line: str = ""


@dataclass(frozen=True)
class Mark:
    """A moment: `kind` is one of `MARKS`."""

    lane: str
    time: float
    kind: str
    label: str = ""
    title: str = ""


@dataclass(frozen=True)
class Arrow:
    """From one lane to another: a job is passed, an event is set."""

    source: str
    start: float
    target: str
    end: float
    label: str = ""


@dataclass
class Chart:
    """What is drawn. `ticks` are times to name below the lanes, each with its words."""

    lanes: Sequence[str]
    bars: list[Bar] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    arrows: list[Arrow] = field(default_factory=list)
    ticks: Sequence[tuple[float, str]] = ()

    def svg(self, title: str, words: str, *, width: int = 720, strict: bool = True) -> str:
        """Return the chart as an SVG element, with `title` and, for those who cannot see it, `words`.

        Raises `DoesNotFit` if a label is longer than its bar; unless `strict`, what comes before its first comma is
        shown, if that fits, or nothing.
        """
        return _Drawing(self, width, strict).svg(title, words)


class _Drawing:
    def __init__(self, chart: Chart, width: int, strict: bool):
        self.chart, self.width, self.strict = chart, width, strict
        self.left = 24 + _GLYPH * max(map(len, chart.lanes))
        moments = [
            *(bar.end for bar in chart.bars),
            *(mark.time for mark in chart.marks),
            *(arrow.end for arrow in chart.arrows),
        ]
        ticks = [time for time, _ in chart.ticks]
        starts = [*(bar.start for bar in chart.bars), *(mark.time for mark in chart.marks), *ticks]
        self.start, self.end = min(starts, default=0.0), max([*moments, *ticks], default=1.0)
        self.parts: list[str] = []

    def x(self, time: float) -> float:
        span = (self.end - self.start) or 1.0
        return round(self.left + (time - self.start) / span * (self.width - self.left - 26), 1)

    def y(self, lane: str) -> float:
        return _TOP + _ROW * self.chart.lanes.index(lane) + _ROW / 2

    def svg(self, title: str, words: str) -> str:
        for lane in self.chart.lanes:
            self._lane(lane)
        for bar in self.chart.bars:
            self._bar(bar)
        for arrow in self.chart.arrows:
            self._arrow(arrow)
        for mark in self.chart.marks:
            self._mark(mark)
        base = _TOP + _ROW * len(self.chart.lanes) + (6 if any(bar.kind == "holds" for bar in self.chart.bars) else 0)
        for time, text in self.chart.ticks:
            self._text(self.x(time), base + 14, text, "faint", "end" if time == self.end else "middle")
        if self.chart.ticks:
            base += 20
        self._key(base + 16)
        return document(self.parts, title, words, self.width, base + 32)

    def _lane(self, lane: str) -> None:
        y = self.y(lane)
        self._text(self.left - 12, y + 4, lane, "ink", "end")
        self.parts.append(f'<path class="rail" d="M{self.left:.1f} {y}H{self.width - 14}"/>')

    def _bar(self, bar: Bar) -> None:
        x0, x1, y = self.x(bar.start), self.x(bar.end), self.y(bar.lane)
        tip = _tip(bar.title or bar.label) if bar.kind == "holds" else _tip(bar.title)
        link = f' data-line="{escape(bar.line)}" tabindex="0"' if bar.line else ""
        if bar.kind == "holds":
            path = f"M{x0} {y + _BAR / 2 + 3}H{max(x1, x0 + 2)}"
            self.parts.append(f'<path class="holds" d="{path}"{link}>{tip}</path>')
            if bar.label:
                self._text(x0, y + _BAR / 2 + 15, bar.label, "holds-label", "start", small=True)
            return
        span = max(x1 - x0, 2)
        place = f'x="{x0}" y="{y - _BAR / 2}" width="{span:.1f}" height="{_BAR}"'
        self.parts.append(f'<rect class="{bar.kind}" {place} rx="3"{link}>{tip}</rect>')
        if bar.kind == "stays":  # It goes on beyond the picture.
            self.parts.append(f'<path class="stays-tip" d="M{x1 + 3} {y - 8}l9 8l-9 8z"/>')
        labels = [bar.label] if self.strict else [bar.label, bar.label.partition(",")[0]]
        fitting = [label for label in labels if label and len(label) * _GLYPH + 8 <= span]
        if fitting:
            self._text(x0 + span / 2, y + 4, fitting[0], "ink", "middle")
        elif self.strict and bar.label:
            raise DoesNotFit(f'"{bar.label}" does not fit into its bar, {bar.lane} {bar.start:g}-{bar.end:g}')

    def _mark(self, mark: Mark) -> None:
        x, y = self.x(mark.time), self.y(mark.lane)
        tip = _tip(mark.title or mark.label)
        shape = {
            "set": f'<path class="set" d="M{x} {y - 9}l8 9l-8 9l-8 -9z">{tip}</path>',
            "notices": f'<circle class="notices" cx="{x}" cy="{y}" r="7">{tip}</circle>',
            "ends": f'<path class="ends" d="M{x} {y - 13}v26">{tip}</path>',
            "breaks": f'<path class="breaks" d="M{x - 8} {y - 8}l16 16m0 -16l-16 16">{tip}</path>',
        }[mark.kind]
        self.parts.append(shape)
        if mark.label:
            long = x + 14 + _GLYPH * len(mark.label) > self.width
            self._text(x - 12 if long else x + 12, y + 4, mark.label, "ink halo", "end" if long else "start")

    def _arrow(self, arrow: Arrow) -> None:
        x0, x1 = self.x(arrow.start), self.x(arrow.end)
        y0, y1 = self.y(arrow.source), self.y(arrow.target)
        down = 1 if y1 > y0 else -1
        y0, y1 = y0 + down * _BAR / 2, y1 - down * (_BAR / 2 + 2)
        self.parts.append(f'<path class="arrow" marker-end="url(#tip)" d="M{x0} {y0}L{x1} {y1}"/>')
        if arrow.label:
            self._text((x0 + x1) / 2 + 7, (y0 + y1) / 2 + 4, arrow.label, "faint halo", "start", small=True)

    def _key(self, y: float) -> None:
        x = self.left
        used = {bar.kind for bar in self.chart.bars}
        for kind, words in BARS.items():
            if kind not in used:
                continue
            if kind == "holds":
                self.parts.append(f'<path class="holds" d="M{x:.1f} {y - 4}h16"/>')
            else:
                self.parts.append(f'<rect class="{kind}" x="{x:.1f}" y="{y - 10}" width="16" height="12" rx="3"/>')
            self._text(x + 22, y, words, "faint", "start", small=True)
            x += 40 + 6.2 * len(words)
        for kind, words in (("set", "sets"), ("notices", "notices"), ("ends", "ends"), ("breaks", "breaks")):
            if kind not in {mark.kind for mark in self.chart.marks}:
                continue
            glyph = {
                "set": f'<path class="set" d="M{x + 8:.1f} {y - 10}l6 6l-6 6l-6 -6z"/>',
                "notices": f'<circle class="notices" cx="{x + 8:.1f}" cy="{y - 4}" r="5"/>',
                "ends": f'<path class="ends" d="M{x + 8:.1f} {y - 11}v14"/>',
                "breaks": f'<path class="breaks" d="M{x + 3:.1f} {y - 9}l10 10m0 -10l-10 10"/>',
            }[kind]
            self.parts.append(glyph)
            self._text(x + 22, y, words, "faint", "start", small=True)
            x += 40 + 6.2 * len(words)

    def _text(self, x: float, y: float, text: str, kind: str, anchor: str, small: bool = False) -> None:
        self.parts.append(text_element(x, y, text, f"{kind} small" if small else kind, anchor))


def text_element(x: float, y: float, text: str, kind: str, anchor: str) -> str:
    """Draw a text; `y` is its base line, `anchor` is "start", "middle" or "end"."""
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'


def document(parts: Iterable[str], title: str, words: str, width: int, height: float) -> str:
    """Return an SVG element with the style of the lanes, on its card."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="lanes" width="{width}" height="{height:.0f}" '
        f'viewBox="0 0 {width} {height:.0f}" role="img" aria-label="{escape(words)}">'
        f"<title>{escape(title)}</title><desc>{escape(words)}</desc><style>{_STYLE}</style>"
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        '<path class="arrow-tip" d="M0 0L8 4L0 8z"/></marker></defs>'
        f'<rect class="card" x=".5" y=".5" width="{width - 1}" height="{height - 1:.0f}" rx="6"/>'
        f"{''.join(parts)}</svg>"
    )


def _tip(text: str) -> str:
    return f"<title>{escape(text)}</title>" if text else ""


def _color(name: str) -> str:
    return f"var(--lanes-{name},{COLORS[name]})"


_STYLE = "".join(
    (
        '.lanes text{font:12px system-ui,-apple-system,"Segoe UI","DejaVu Sans",sans-serif}',
        ".lanes .small{font-size:11px}",
        f".lanes .card{{fill:{_color('card')};stroke:{_color('edge')}}}",
        f".lanes .rail{{stroke:{_color('edge')};stroke-dasharray:2 4;fill:none}}",
        f".lanes text.ink{{fill:{_color('ink')}}}.lanes text.faint{{fill:{_color('faint')}}}",
        f".lanes .halo{{stroke:{_color('card')};stroke-width:4;paint-order:stroke;stroke-linejoin:round}}",
        f".lanes .runs{{fill:{_color('runs')};stroke:{_color('runs-edge')};stroke-width:1.5}}",
        f".lanes .waits{{fill:{_color('waits')};stroke:{_color('waits-edge')};stroke-width:1.5;stroke-dasharray:4 3}}",
        f".lanes .stays{{fill:{_color('stays')};stroke:{_color('stays-edge')};stroke-width:1.5;stroke-dasharray:4 3}}",
        f".lanes .stays-tip{{fill:{_color('stays-edge')}}}",
        f".lanes .holds{{stroke:{_color('holds')};stroke-width:4;fill:none}}",
        f".lanes .holds-label{{fill:{_color('holds')}}}",
        f".lanes .set,.lanes .notices{{fill:{_color('holds')};stroke:{_color('card')};stroke-width:1.5}}",
        f".lanes .ends{{stroke:{_color('ink')};stroke-width:4;fill:none}}",
        f".lanes .breaks{{stroke:{_color('stays-edge')};stroke-width:4;fill:none}}",
        f".lanes .arrow{{stroke:{_color('ink')};stroke-width:1.5;fill:none}}",
        f".lanes .arrow-tip{{fill:{_color('ink')}}}",
        f".lanes .box{{fill:{_color('runs')};stroke:{_color('runs-edge')};stroke-width:1.5}}",
    )
)
