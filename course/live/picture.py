"""The picture of a run, as SVG, and the same in words.

The two colours are told apart by those who are colour-blind, and the lines by dashes and labels as well. On a
notebook's page CSS variables adapt the colours to its theme; a saved picture has a light ground of its own.
"""

from bisect import bisect_left
from collections import Counter
from html import escape
from itertools import count
from math import ceil, floor

from course.live.census import times
from course.live.run import BUDGET, FRAME, INTERVAL, Cell, Run, Sample

HEIGHT = 220
WIDTH = 720
WINDOW = 30.0
"""Seconds shown, unless the whole run is."""

_SHORTEST = 10.0  # Until then the lines grow into the picture from the left.
_LEFT, _RIGHT, _TOP, _BOTTOM = 34, 104, 24, 26

STYLE = """
.live-svg .paper{fill:var(--live-paper,#fff)}
.live-svg text{font:13px system-ui,-apple-system,"Segoe UI","DejaVu Sans",sans-serif;fill:var(--live-ink,#1a1a1a)}
.live-svg .faint{fill:var(--live-faint,#595959)}
.live-svg .grid{stroke:var(--live-grid,#d9d9d9)}
.live-svg .zero{stroke:var(--live-faint,#595959)}
.live-svg .band{fill:var(--live-band,#e9edf2)}
.live-svg .band-label{font-size:12px;fill:var(--live-faint,#595959)}
.live-svg .line{fill:none;stroke-width:2.5;stroke-linejoin:round}
.live-svg .tasks{stroke:var(--live-tasks,#0072b2)}
.live-svg .threads{stroke:var(--live-threads,#c04a00);stroke-dasharray:7 4}
.live-svg .cpu{stroke:var(--live-faint,#595959);stroke-width:1}
.live-svg .label{font-weight:600;stroke:var(--live-paper,#fff);stroke-width:4;paint-order:stroke}
.live-svg .tasks-label{fill:var(--live-tasks,#0072b2)}
.live-svg .threads-label{fill:var(--live-threads,#c04a00)}
.live-svg .tasks-fill{fill:var(--live-tasks,#0072b2);fill-opacity:.3}
.live-svg .threads-fill{fill:var(--live-threads,#c04a00);fill-opacity:.3}
.live-svg .tasks-hatch{stroke:var(--live-tasks,#0072b2);stroke-width:2;stroke-opacity:.6}
.live-svg .threads-hatch{stroke:var(--live-threads,#c04a00);stroke-width:2;stroke-opacity:.6}
.live-svg .lost{fill:none;stroke:var(--live-ink,#1a1a1a);stroke-width:2}
"""
"""The style sheet of the pictures. A page with many frames has it once."""


def picture(
    run: Run,
    *,
    now: float,
    whole: bool = False,
    width: int = WIDTH,
    cpu: bool = False,
    name: str = "run",
    styled: bool = True,
) -> str:
    """The run as an SVG element, `width` pixels wide.

    It shows the last `WINDOW` seconds before `now`, or the whole run. `name` keeps ids apart on one page. Unless
    `styled`, `STYLE` has to be on the page.
    """
    start = 0.0 if whole else max(0.0, now - WINDOW)
    end = max(now, _SHORTEST)
    return _Drawing(run, start, now, end, width, cpu, name).svg(styled)


def status(run: Run) -> str:
    """In a sentence or two: what runs or what stayed, and what the collector destroyed."""
    latest = run.samples[-1]
    cell = run.cells[-1] if run.cells else None
    alive = " and ".join(_many(n, what) for n, what in ((latest.tasks, "task"), (latest.threads, "thread")) if n)
    if cell is not None and cell.end is None:
        runs = "was running when the plot ended" if run.ended else "is running"
        said = f"Cell [{cell.number}] {runs}{f': {alive}' if alive else ''}."
    else:
        after = f"after cell [{cell.number}]" if cell is not None else "now"
        verb = "is" if latest.tasks + latest.threads <= 1 else "are"
        said = f"{alive or 'Nothing'} {verb} left {after}."
    if run.lost:
        were = "was" if len(run.lost) == 1 else "were"
        said += f" {_many(len(run.lost), 'task')} {were} destroyed while pending."
    return said


def numbers(run: Run, cpu: bool = False) -> str:
    """The numbers at the lines' ends, such as "tasks 3, threads 0, destroyed while pending 0"."""
    latest = run.samples[-1]
    text = f"tasks {latest.tasks}, threads {latest.threads}, destroyed while pending {len(run.lost)}"
    if cpu:
        text += f", CPU {_recent_cpu(run):.0%}"
    if FRAME * run.slowed > 0.25:
        rate = f"{1 / (FRAME * run.slowed):.1f} frames and {1 / (INTERVAL * run.slowed):.1f} samples a second"
        text += f". Slowed to {rate}, to use no more than {BUDGET:.0%} of a core"
    return text


def left(run: Run) -> list[str]:
    """The names of what is left once no cell runs, and of what the collector destroyed, one line a group."""
    running = run.cells and run.cells[-1].end is None and not run.ended
    names = [] if running else [f"{group.kind} {group}" for group in run.left[:_MOST_GROUPS]]
    more = 0 if running else sum(group.count for group in run.left[_MOST_GROUPS:])
    destroyed = Counter(lost.name for lost in run.lost)
    return [
        *names,
        *([f"and {more} more"] if more else []),
        *(f"task {name}{times(n)}, destroyed while pending" for name, n in destroyed.most_common(3)),
    ]


def alternative(run: Run, now: float, cpu: bool = False) -> str:
    """The picture in words, for those who cannot see it."""
    names = "; ".join(left(run))
    names = f" {names}." if names else ""
    return f"Live tasks and threads over {now:.0f} s. {status(run)}{names} Now: {numbers(run, cpu)}."


_MOST_GROUPS = 6


def _many(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _recent_cpu(run: Run) -> float:
    recent = run.samples[-10:]
    return sum(sample.cpu for sample in recent) / len(recent)


class _Drawing:
    """One frame: seconds and counts to pixels, and the parts in the order they are painted."""

    def __init__(self, run: Run, start: float, now: float, end: float, width: int, cpu: bool, name: str):
        self.run, self.start, self.now, self.end, self.width, self.cpu, self.name = (
            run, start, now, end, width, cpu, name,
        )  # fmt: skip
        samples = run.samples
        first = max(bisect_left(samples, start, key=lambda sample: sample.time) - 1, 0)
        self.samples: list[Sample] = samples[first:]
        peak = max((max(sample.tasks, sample.threads) for sample in self.samples), default=0)
        self.step, self.top = _scale(peak)
        self.right = width - _RIGHT
        self.base = HEIGHT - _BOTTOM

    def x(self, time: float) -> float:
        share = (min(max(time, self.start), self.end) - self.start) / (self.end - self.start)
        return round(_LEFT + share * (self.right - _LEFT), 1)

    def y(self, number: float) -> float:
        return round(self.base - number / self.top * (self.base - _TOP), 1)

    def svg(self, styled: bool) -> str:
        cells = [cell for cell in self.run.cells if cell.end is None or cell.end > self.start]
        parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{self.width}" height="{HEIGHT}" '
            f'class="live-svg" viewBox="0 0 {self.width} {HEIGHT}" role="img" '
            f'aria-label="{escape(alternative(self.run, self.now, self.cpu))}">',
            f"<style>{STYLE}</style>" if styled else "",
            f'<rect class="paper" width="{self.width}" height="{HEIGHT}"/>',
            *self._bands(cells),
            *self._axes(),
            *self._excess(cells),
            *self._lines(),
            *self._marks(),
            *self._labels(),
            "</svg>",
        ]
        return "".join(parts)

    def _bands(self, cells: list[Cell]):
        free = self.right + 8  # Where two labels would overlap, the later cell is named.
        for cell in reversed(cells):
            x0, x1 = self.x(cell.start), self.x(self.now if cell.end is None else cell.end)
            width = max(x1 - x0, 1.5)
            yield f'<rect class="band" x="{x0}" y="{_TOP}" width="{width:.1f}" height="{self.base - _TOP}"/>'
            label = f"[{cell.number}]"
            if x0 + 8 * len(label) <= free:
                yield f'<text class="band-label" x="{x0}" y="{_TOP - 7}">{label}</text>'
                free = x0

    def _axes(self):
        for tick in range(0, self.top + 1, self.step):
            y = self.y(tick)
            yield f'<line class="{"grid" if tick else "zero"}" x1="{_LEFT}" x2="{self.right}" y1="{y}" y2="{y}"/>'
            yield f'<text class="faint" x="{_LEFT - 8}" y="{y + 4.5}" text-anchor="end">{tick}</text>'
        every = _nice((self.end - self.start) * 90 / (self.right - _LEFT))
        for tick in range(ceil(self.start / every), floor(self.end / every) + 1):
            time = tick * every
            x = self.x(time)
            yield f'<line class="zero" x1="{x}" x2="{x}" y1="{self.base}" y2="{self.base + 4}"/>'
            yield f'<text class="faint" x="{x}" y="{HEIGHT - 6}" text-anchor="middle">{time} s</text>'

    def _steps(self, counts) -> str:
        """The path of a step line through (time, count) pairs."""
        path, last = [], None
        for time, number in counts:
            if last is None:
                path.append(f"M{self.x(time)} {self.y(number)}")
            elif number != last:
                path.append(f"H{self.x(time)}V{self.y(number)}")
            last = number
        return "".join(path) + f"H{self.x(self.now)}"

    def _paths(self):
        for kind in ("threads", "tasks"):
            yield kind, self._steps((sample.time, getattr(sample, kind)) for sample in self.samples)

    def _excess(self, cells: list[Cell]):
        """What stays above the baseline while no cell runs, filled."""
        if not self.run.cells:
            return
        idle, since = [], max(self.start, self.run.cells[0].start)
        for cell in cells:
            idle.append((since, cell.start))
            since = self.now if cell.end is None else cell.end
        idle.append((since, self.now))
        for kind, turn in (("tasks", 45), ("threads", -45)):
            yield (
                f'<pattern id="{self.name}-{kind}" width="7" height="7" patternUnits="userSpaceOnUse" '
                f'patternTransform="rotate({turn})"><rect class="{kind}-fill" width="7" height="7"/>'
                f'<line class="{kind}-hatch" y2="7"/></pattern>'
            )
        yield f'<clipPath id="{self.name}-idle">'
        for start, end in idle:
            if self.x(end) > self.x(start):
                yield (f'<rect x="{self.x(start)}" y="0" width="{self.x(end) - self.x(start):.1f}" height="{HEIGHT}"/>')
        yield "</clipPath>"
        for kind, path in self._paths():
            area = f"{path}V{self.base}H{_LEFT}Z"
            yield f'<path fill="url(#{self.name}-{kind})" clip-path="url(#{self.name}-idle)" d="{area}"/>'

    def _lines(self):
        if self.cpu:
            points = " ".join(
                f"{self.x(sample.time)},{self.y(min(sample.cpu, 1.0) * self.top)}" for sample in self.samples
            )
            yield f'<polyline class="line cpu" points="{points}"/>'
        for kind, path in self._paths():
            yield f'<path class="line {kind}" d="{path}"/>'

    def _marks(self):
        moments = Counter(self.x(lost.time) for lost in self.run.lost if lost.time >= self.start)
        for x, lost in moments.items():
            yield (
                f'<path class="lost" d="M{x - 4:.1f} {_TOP + 2}l8 8m0 -8l-8 8">'
                f"<title>{_many(lost, 'task')} destroyed while pending</title></path>"
            )

    def _labels(self):
        latest = self.run.samples[-1]
        labels = [[self.y(latest.tasks), "tasks", f"tasks {latest.tasks}"]]
        labels.append([self.y(latest.threads), "threads", f"threads {latest.threads}"])
        if self.cpu:
            cpu = _recent_cpu(self.run)
            labels.append([self.y(min(cpu, 1.0) * self.top), "cpu", f"CPU {cpu:.0%}"])
        labels.sort(key=lambda label: label[0])
        lowest = self.base - 9  # Labels stand on the line of zero.
        for label in reversed(labels):
            label[0] = lowest = min(label[0], lowest)
            lowest -= 17
        for y, kind, text in labels:
            yield f'<text class="label {kind}-label" x="{self.x(self.now) + 8}" y="{y + 4.5}">{text}</text>'
        if self.run.lost:
            x = self.width - 2
            yield f'<text x="{x}" y="{_TOP - 7}" text-anchor="end">✕ destroyed {len(self.run.lost)}</text>'


def _scale(peak: int) -> tuple[int, int]:
    """The distance of the grid lines, and the top of the scale, four of them up, for counts up to `peak`."""
    step = _nice(peak / 4)
    return step, 4 * step


def _nice(least: float) -> int:
    """The first of 1, 2, 5, 10, 20, 50, … that is not less."""
    steps = (digit * 10**power for power in count() for digit in (1, 2, 5))
    return next(step for step in steps if step >= least)
