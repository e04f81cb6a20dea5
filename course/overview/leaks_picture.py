"""What leaked at first and no longer does: a small picture a task, as one SVG element."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from course.kept.runs import KeptRun

STYLE = """<style>
.course-leaks { width: 100%; max-width: 60rem; height: auto; }
.course-leaks text { font: 13px var(--jp-ui-font-family, system-ui, sans-serif);
  fill: var(--jp-ui-font-color1, CanvasText); }
.course-leaks .task { font-weight: 700; }
.course-leaks .ground { stroke: var(--jp-border-color1, #8888); }
.course-leaks .leaky { fill: var(--jp-error-color1, #c62828); fill-opacity: .25;
  stroke: var(--jp-error-color1, #c62828); stroke-dasharray: 5 3; stroke-width: 1.5; }
.course-leaks .yours { fill: none; stroke: var(--jp-success-color1, #2e7d32); stroke-width: 2.5; }
</style>"""

_COLUMNS, _WIDTH, _HEIGHT, _PLOT, _TOP = 6, 164, 96, 140, 24


def picture(runs: Mapping[str, Mapping[str, KeptRun]]) -> str:
    """Return the picture of the runs `leaky` and `yours` of each task: the leak dashed and filled, yours a line."""
    rows = -(-len(runs) // _COLUMNS)
    panels = []
    for number, (task, pair) in enumerate(runs.items()):
        x, y = number % _COLUMNS * _WIDTH, number // _COLUMNS * _HEIGHT
        panels.append(f'<g transform="translate({x},{y})">{_panel(task, pair)}</g>')
    return (
        f'{STYLE}<svg xmlns="http://www.w3.org/2000/svg" class="course-leaks" role="img" '
        f'viewBox="0 0 {_COLUMNS * _WIDTH} {rows * _HEIGHT}" aria-label="{escape(in_words(runs))}">'
        f"{''.join(panels)}</svg>"
    )


def in_words(runs: Mapping[str, Mapping[str, KeptRun]]) -> str:
    """Return the same in words, a task a line."""
    return "\n".join(f"{task}: {_words(pair)}" for task, pair in runs.items())


def _words(pair: Mapping[str, KeptRun]) -> str:
    said = [f"{pair['leaky'].left} left"] if "leaky" in pair else []
    return ", ".join([*said, *([f"now {pair['yours'].left}"] if "yours" in pair else [])])


def _panel(task: str, pair: Mapping[str, KeptRun]) -> str:
    seconds = max(max(run.seconds for run in pair.values()), 0.1)
    most = max(1, *(alive for run in pair.values() for _, alive in run.points))
    base = _HEIGHT - 14

    def line(run: KeptRun) -> str:
        corners, last = [], 0
        for time, alive in run.points:
            x = round(time / seconds * _PLOT, 1)
            corners += [(x, last), (x, alive)]
            last = alive
        return "L".join(f"{x} {round(base - alive / most * (base - _TOP), 1)}" for x, alive in corners)

    parts = [f'<text class="task" x="0" y="14">{escape(task)}</text>']
    parts.append(f'<text x="{_PLOT}" y="14" text-anchor="end">{escape(_words(pair))}</text>')
    parts.append(f'<line class="ground" x1="0" x2="{_PLOT}" y1="{base}" y2="{base}"/>')
    if "leaky" in pair:
        end = round(pair["leaky"].seconds / seconds * _PLOT, 1)
        parts.append(f'<path class="leaky" d="M0 {base}L{line(pair["leaky"])}L{end} {base}Z"/>')
    if "yours" in pair:
        parts.append(f'<path class="yours" d="M{line(pair["yours"])}"/>')
    return "".join(parts)
