"""The run that failed, drawn: a lane for each thread or task, on the virtual clock, to the moment it broke."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from html import escape
from itertools import pairwise
from typing import Any

from autograder.verdict import Verdict
from course.lanes import Bar, Chart, Mark

MOST_LANES = 12
MOST_MOMENTS = 40
"""Moments, the latest, that one picture shows."""

SAME = 1e-4
"""Seconds within which two moments are one to the eye."""

_THE_CHECK = "the check"
_LINE = re.compile(r"line (\d+)")

_GO_TO_LINE = """
const line = event.target.closest('[data-line]')?.dataset.line;
const codes = [...document.querySelectorAll('.jp-CodeCell .cm-content')];
const code = codes.find(one => one.innerText.startsWith(this.dataset.mark));
const found = line && code?.querySelectorAll('.cm-line')[line - 1];
found?.scrollIntoView({block: 'center'});
found?.animate([{outline: '3px solid #f5a04c'}, {outline: '3px solid transparent'}], 2500);
"""
"""What a press on a bar does in JupyterLab: it goes to its line, in the cell that begins with the solution's mark."""

_DARK = {
    "card": "#1b1b1b",
    "edge": "#4a4a4a",
    "ink": "#e8e8e8",
    "faint": "#b8b8b8",
    "runs": "#1d3b52",
    "runs-edge": "#56b4e9",
    "waits": "#1b1b1b",
    "waits-edge": "#b8b8b8",
    "stays": "#4a2f17",
    "stays-edge": "#f5a04c",
    "holds": "#c9a4f0",
}
_STYLE = (
    "<style>.replay{max-width:60rem;font:14px var(--jp-ui-font-family,system-ui,sans-serif);"
    "color:var(--jp-ui-font-color1,CanvasText)}.replay p{margin:.3em 0}"
    ".replay svg{max-width:100%;height:auto}.replay svg text{pointer-events:none}.replay [data-line]{cursor:pointer}"
    ".replay code{font-family:var(--jp-code-font-family,monospace);"
    "font-size:13px}.replay table{border-collapse:collapse}"
    ".replay th,.replay td{text-align:left!important;vertical-align:top;padding:.15em .6em}"
    'body[data-jp-theme-light="false"] .replay{'
    + "".join(f"--lanes-{name}:{color};" for name, color in _DARK.items())
    + "}</style>"
)


class Replay:
    """What a notebook or plain text shows of a run that failed."""

    def __init__(self, verdict: Verdict, recording: dict[str, Any]) -> None:
        self.verdict = verdict
        self._moment = recording["moment"]
        self._lanes = _those_that_matter(recording["lanes"], self._moment)
        self._start = _start(self._lanes, self._moment)
        self._after = _time(self._moment - self._start)
        self._moment = max(self._moment, self._start + 10 * SAME)  # what stops at once is to be seen, too

    def __str__(self) -> str:
        return "\n".join([self._headline(), *(" | ".join(row) for row in self._rows())])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        heads = "".join(f'<th scope="col">{head}</th>' for head in _HEADS)
        rows = "".join(f"<tr>{''.join(f'<td>{_code(cell)}</td>' for cell in row)}</tr>" for row in self._rows())
        message = "".join(f"<p>{_code(line)}</p>" for line in self.verdict.message.splitlines())
        return (
            f'{_STYLE}<div class="replay" {self._links()}><p><b>{escape(self._headline())}</b></p>{message}'
            f"{self._svg()}"
            "<p>Time is virtual, and its gaps are not to scale. Press a bar to go to its line.</p>"
            f"<details><summary>The same as a table</summary><table><thead><tr>{heads}</tr></thead>"
            f"<tbody>{rows}</tbody></table></details></div>"
        )

    def _links(self) -> str:
        go = escape(" ".join(_GO_TO_LINE.split()))
        return (
            f'data-mark="# solution: {self.verdict.task}" data-lm-suppress-shortcuts="true" onclick="{go}" '
            "onkeydown=\"if (event.key === 'Enter') this.onclick(event)\""
        )

    def _headline(self) -> str:
        return f"The run that failed {self.verdict.id}, to the moment it broke, {self._after} in"

    def _rows(self) -> list[tuple[str, ...]]:
        """Who, from when to when, does what, on which line: in the order of time."""
        found = []
        for name, lane in self._lanes:
            for span in lane["spans"]:
                if self._is_shown(span) and self._long(span):
                    found.append((span["start"], name, span["end"], span["does"], span["place"]))
            for hold in lane["holds"]:
                if self._is_shown(hold) and self._long(hold):
                    found.append((hold["start"], name, hold["end"], f"holds {hold['what']}", hold["place"]))
            if lane["ended"] is not None:
                found.append((lane["ended"], name, lane["ended"], lane["how"], ""))
        return [
            (name, _time(max(start, self._start) - self._start), self._until(end), does, place)
            for start, name, end, does, place in sorted(found, key=lambda row: row[0])
        ]

    def _until(self, end: float | None) -> str:
        return "the end" if end is None else _time(end - self._start)

    def _svg(self) -> str:
        scale = _scale(self._moments(), self._start, self._moment)
        names = [name for name, _ in self._lanes]
        chart = Chart(names)
        for name, lane in self._lanes:
            self._draw(chart, name, lane, scale)
        if not any(mark.kind == "breaks" for mark in chart.marks):
            chart.lanes = [*dict.fromkeys([*names, _THE_CHECK])]
            chart.marks.append(Mark(_THE_CHECK, scale(self._moment), "breaks", title="Here it broke."))
        chart.ticks = _ticks(scale, self._moments(), self._start)
        words = f"{self._headline()}. " + " ".join(
            f"{name}: {doing}{_on(place)} from {begin} to {end}." for name, begin, end, doing, place in self._rows()
        )
        return chart.svg(self._headline(), words, strict=False, width=800)

    def _draw(self, chart: Chart, name: str, lane: dict, scale: Callable[[float], float]) -> None:
        for span in lane["spans"]:
            if not self._is_shown(span):
                continue
            start, end = max(span["start"], self._start), self._end(span)
            kind = span["kind"]
            if span["end"] is None and kind == "waits" and name != _THE_CHECK:
                kind = "stays"
            more = span["what"] or (span["does"] if span["does"] not in ("runs", "waits") else "")
            label = ", ".join(filter(None, [_line(span["place"]), more]))
            title = f"{span['does']}{_on(span['place'])}"
            if self._long(span):
                chart.bars.append(Bar(name, scale(start), scale(end), kind, label, title, _number(span["place"])))
        for hold in lane["holds"]:
            if self._is_shown(hold) and self._long(hold):
                start, end = max(hold["start"], self._start), self._end(hold)
                title = f"holds {hold['what']}{_on(hold['place'])}"
                line = _number(hold["place"])
                chart.bars.append(Bar(name, scale(start), scale(end), "holds", hold["what"], title, line))
        if lane["ended"] is not None and lane["ended"] >= self._start:
            chart.marks.append(
                Mark(name, scale(lane["ended"]), "ends", "" if lane["how"] == "returned" else lane["how"])
            )
        if self._broke(lane):
            chart.marks.append(Mark(name, scale(self._moment), "breaks", title="Here it broke."))

    def _broke(self, lane: dict) -> bool:
        """Whether the message names the line that the lane is at in the end."""
        last = lane["spans"][-1] if lane["spans"] and lane["ended"] is None else None
        return bool(last and last["place"] and last["place"] in self.verdict.message)

    def _moments(self) -> list[float]:
        return _moments(self._lanes, self._start, self._moment)

    def _end(self, span: dict) -> float:
        return self._moment if span["end"] is None else span["end"]

    def _is_shown(self, span: dict) -> bool:
        return self._end(span) > self._start

    def _long(self, span: dict) -> bool:
        return span["end"] is None or span["end"] - span["start"] > SAME


_HEADS = ("who", "from", "to", "does", "where")


def _those_that_matter(lanes: list[dict], moment: float) -> list[tuple[str, dict]]:
    """Those that live in the end, or whose life touches theirs; alike ones once, with their number in the name."""
    alive = [lane for lane in lanes if lane["ended"] is None and lane["name"] != _THE_CHECK] or lanes[-1:]
    since = min(lane["began"] for lane in alive) if alive else moment
    chosen = [lane for lane in lanes if lane["ended"] is None or lane["ended"] > since]
    alike: dict[tuple, list[dict]] = {}
    for lane in chosen:
        course = tuple((span["kind"], span["what"], span["place"]) for span in lane["spans"] if span["kind"] == "waits")
        holds = tuple(hold["what"] for hold in lane["holds"])
        alike.setdefault((lane["name"], lane["how"], lane["ended"] is None, course, holds), []).append(lane)
    named = _numbered([(group[0]["name"] or "a thread", group) for group in alike.values()])
    return [(f"{name} \N{MULTIPLICATION SIGN}{len(group)}" if group[1:] else name, group[0]) for name, group in named][
        -MOST_LANES:
    ]


def _numbered(groups: list[tuple[str, list[dict]]]) -> list[tuple[str, list[dict]]]:
    """Names told apart: of several that are called alike, each gets a number."""
    names = [name for name, _ in groups]
    seen: dict[str, int] = {}
    numbered = []
    for name, group in groups:
        seen[name] = seen.get(name, 0) + 1
        numbered.append((f"{name} {seen[name]}" if names.count(name) > 1 else name, group))
    return numbered


def _moments(lanes: Iterable[tuple[str, dict]], start: float, moment: float) -> list[float]:
    """The moments at which something begins or ends, those that are the same to the eye once."""
    times = {start, moment}
    for _, lane in lanes:
        for span in (*lane["spans"], *lane["holds"]):
            times |= {span["start"], span["end"] or moment}
    distinct: list[float] = []
    for time in sorted(time for time in times if start <= time <= moment):
        if not distinct or time - distinct[-1] > SAME:
            distinct.append(time)
    return distinct


def _start(lanes: list[tuple[str, dict]], moment: float) -> float:
    """When the picture begins: with the first lane, or so late that there are not too many moments in it."""
    first = min((lane["began"] for name, lane in lanes if name != _THE_CHECK), default=moment)
    return _moments(lanes, first, moment)[-MOST_MOMENTS:][0]


def _scale(moments: list[float], start: float, moment: float) -> Callable[[float], float]:
    """From seconds to places: a gap of a minute is longer than one of a millisecond, and not 60,000 times as long."""
    widths = [(later - earlier) ** 0.3 for earlier, later in pairwise(moments)]
    places = [sum(widths[:number]) for number in range(len(moments))]

    def place(time: float) -> float:
        number = max((i for i, known in enumerate(moments) if known <= time), default=0)
        if number + 1 == len(moments):
            return places[number]
        share = (time - moments[number]) / (moments[number + 1] - moments[number])
        return places[number] + min(max(share, 0.0), 1.0) * widths[number]

    return place


def _ticks(scale: Callable[[float], float], moments: list[float], start: float) -> list[tuple[float, str]]:
    """As many moments as there is room to name, the first and the last among them."""
    least = (scale(moments[-1]) or 1.0) / 9
    ticks = [moments[0]]
    for time in moments[1:-1]:
        if scale(time) - scale(ticks[-1]) >= least and scale(moments[-1]) - scale(time) >= least:
            ticks.append(time)
    return [(scale(time), _time(time - start)) for time in (*ticks, moments[-1])]


def _on(place: str) -> str:
    return f" on {place.replace('`', '')}" if place else ""


def _line(place: str) -> str:
    match = _LINE.search(place)
    return match[0] if match else ""


def _number(place: str) -> str:
    return _line(place).removeprefix("line ")


def _time(seconds: float) -> str:
    """Such as "0", "12 ms", "1.5 s"."""
    if seconds < SAME:
        return "0"
    return f"{seconds:.4g} s" if seconds >= 1 else f"{seconds * 1000:.3g} ms"


def _code(text: str) -> str:
    pieces = escape(text).split("`")
    if len(pieces) % 2 == 0:
        return escape(text)
    return "".join(f"<code>{piece}</code>" if number % 2 else piece for number, piece in enumerate(pieces))
