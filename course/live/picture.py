"""The picture of a run: what is where in it. What draws it is a pen: svg.py's for the page, png.py's for the document.

The two colours are told apart by those who are colour-blind, and the lines by dashes and labels as well.
"""

from bisect import bisect_left
from collections import Counter
from itertools import count
from math import ceil, floor
from typing import Protocol

from course.live.history import Cell, History, Sample
from course.live.words import many, recent_cpu

HEIGHT = 220
WIDTH = 720
WINDOW = 30.0
"""Seconds shown, unless the whole run is."""

COLORS = {
    "paper": "#ffffff",
    "ink": "#1a1a1a",
    "faint": "#595959",
    "grid": "#d9d9d9",
    "band": "#e9edf2",
    "tasks": "#0072b2",
    "threads": "#c04a00",
}

_SHORTEST = 10.0  # Until then the lines grow into the picture from the left.
_LEFT, _RIGHT, _TOP, _BOTTOM = 34, 104, 24, 26

Points = list[tuple[float, float]]


class Pen(Protocol):
    """Draws on a sheet of so many pixels, from its top left corner. `kind` is "tasks", "threads", "cpu" or a colour."""

    def rectangle(self, kind: str, x: float, y: float, width: float, height: float) -> None: ...

    def line(self, kind: str, start: tuple[float, float], end: tuple[float, float]) -> None: ...

    def text(self, kind: str, x: float, y: float, text: str, anchor: str = "start") -> None:
        """`y` is the base line; `anchor` is "start", "middle" or "end"."""

    def label(self, kind: str, x: float, y: float, text: str) -> None:
        """The text at a line's end."""

    def curve(self, kind: str, points: Points) -> None: ...

    def excess(self, kind: str, points: Points, base: float, idle: list[tuple[float, float]]) -> None:
        """Fill the ground between the points and the base, from where to where no cell runs."""

    def cross(self, x: float, y: float, title: str) -> None: ...


def draw(run: History, pen: Pen, *, now: float, whole: bool = False, width: int = WIDTH, cpu: bool = False) -> None:
    """Draw the run on a sheet `width` pixels wide: the last `WINDOW` seconds before `now`, or the whole run."""
    _Drawing(run, pen, 0.0 if whole else max(0.0, now - WINDOW), now, width).draw(cpu)


class _Drawing:
    """One frame: seconds and counts to pixels, and the parts in the order they are painted."""

    def __init__(self, run: History, pen: Pen, start: float, now: float, width: int):
        self.run, self.pen, self.start, self.now, self.width = run, pen, start, now, width
        self.end = max(now, _SHORTEST)
        first = max(bisect_left(run.samples, start, key=lambda sample: sample.time) - 1, 0)
        self.samples: list[Sample] = run.samples[first:]
        self.cells = [cell for cell in run.cells if cell.end is None or cell.end > start]
        peak = max((max(sample.tasks, sample.threads) for sample in self.samples), default=0)
        self.step, self.top = _scale(peak)
        self.right = width - _RIGHT
        self.base = HEIGHT - _BOTTOM

    def x(self, time: float) -> float:
        share = (min(max(time, self.start), self.end) - self.start) / (self.end - self.start)
        return round(_LEFT + share * (self.right - _LEFT), 1)

    def y(self, number: float) -> float:
        return round(self.base - number / self.top * (self.base - _TOP), 1)

    def draw(self, cpu: bool) -> None:
        self.pen.rectangle("paper", 0, 0, self.width, HEIGHT)
        self._bands()
        self._axes()
        lines = {kind: self._steps(kind) for kind in ("tasks", "threads")}
        self._excess(lines)
        if cpu:
            self.pen.curve("cpu", [(self.x(one.time), self.y(min(one.cpu, 1.0) * self.top)) for one in self.samples])
        for kind, points in lines.items():  # Threads last: where both run together, tasks show between their dashes.
            self.pen.curve(kind, points)
        self._crosses()
        self._labels(cpu)

    def _bands(self) -> None:
        free: float = self.right + 8  # Where two labels would overlap, the later cell is named.
        for cell in reversed(self.cells):
            x0, x1 = self.x(cell.start), self.x(self._end_of(cell))
            self.pen.rectangle("band", x0, _TOP, max(x1 - x0, 1.5), self.base - _TOP)
            label = f"[{cell.number}]"
            if x0 + 8 * len(label) <= free:
                self.pen.text("faint", x0, _TOP - 7, label)
                free = x0

    def _end_of(self, cell: Cell) -> float:
        return self.now if cell.end is None else cell.end

    def _axes(self) -> None:
        for tick in range(0, self.top + 1, self.step):
            y = self.y(tick)
            self.pen.line("grid" if tick else "faint", (_LEFT, y), (self.right, y))
            self.pen.text("faint", _LEFT - 8, y + 4.5, str(tick), "end")
        every = _nice((self.end - self.start) * 90 / (self.right - _LEFT))
        for tick in range(ceil(self.start / every), floor(self.end / every) + 1):
            x = self.x(tick * every)
            self.pen.line("faint", (x, self.base), (x, self.base + 4))
            self.pen.text("faint", x, HEIGHT - 6, f"{tick * every} s", "middle")

    def _steps(self, kind: str) -> Points:
        """The corners of a step line, and its end."""
        points: Points = []
        last = None
        for sample in self.samples:
            number = getattr(sample, kind)
            if number != last:
                x = self.x(sample.time)
                points += [(x, self.y(number))] if last is None else [(x, self.y(last)), (x, self.y(number))]
                last = number
        return [*points, (self.x(self.now), points[-1][1])] if points else []

    def _excess(self, lines: dict[str, Points]) -> None:
        """What stays above the baseline while no cell runs, filled."""
        if not self.run.cells:
            return
        idle, since = [], max(self.start, self.run.cells[0].start)
        for cell in self.cells:
            idle.append((since, cell.start))
            since = self._end_of(cell)
        idle.append((since, self.now))
        spans = [(self.x(start), self.x(end)) for start, end in idle if self.x(end) > self.x(start)]
        for kind, points in lines.items():
            self.pen.excess(kind, points, self.base, spans)

    def _crosses(self) -> None:
        """One for the tasks destroyed at about the same time."""
        moments: Counter[float] = Counter()
        last = float("-inf")
        for x in sorted(self.x(lost.time) for lost in self.run.lost if lost.time >= self.start):
            last = last if x - last < 12 else x
            moments[last] += 1
        for x, lost in moments.items():
            self.pen.cross(x, _TOP + 6, f"{many(lost, 'task')} destroyed while pending")

    def _labels(self, cpu: bool) -> None:
        latest = self.run.samples[-1]
        labels = [(self.y(latest.tasks), "tasks", f"tasks {latest.tasks}")]
        labels.append((self.y(latest.threads), "threads", f"threads {latest.threads}"))
        if cpu:
            share = recent_cpu(self.run)
            labels.append((self.y(min(share, 1.0) * self.top), "cpu", f"CPU {share:.0%}"))
        lowest: float = self.base - 9  # Labels stand on the line of zero.
        for y, kind, text in sorted(labels, reverse=True):
            lowest = min(y, lowest)
            self.pen.label(kind, self.x(self.now) + 8, lowest + 4.5, text)
            lowest -= 17
        if self.run.lost:
            self.pen.text(
                "ink", self.width - 2, _TOP - 7, f"\N{MULTIPLICATION SIGN} destroyed {len(self.run.lost)}", "end"
            )


def _scale(peak: int) -> tuple[int, int]:
    """The distance of the grid lines, and the top of the scale, four of them up, for counts up to `peak`."""
    step = _nice(peak / 4)
    return step, 4 * step


def _nice(least: float) -> int:
    """The first of 1, 2, 5, 10, 20, 50, … that is not less."""
    steps = (digit * 10**power for power in count() for digit in (1, 2, 5))
    return next(step for step in steps if step >= least)
