"""`progress()`: every section, how far it is, and where to go on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from course.kept import file, points
from course.overview import at_hand
from course.overview.at_hand import Part, Section

STYLE = """<style>
.course-progress { font: 14px/1.45 var(--jp-ui-font-family, system-ui, sans-serif);
  color: var(--jp-ui-font-color1, CanvasText); max-width: 60rem; }
.course-progress table { border-collapse: collapse; table-layout: auto !important; width: 100%; font-size: 14px; }
.course-progress caption { text-align: left; font-weight: 600; padding: .4em .6em; }
.course-progress th, .course-progress td { text-align: left !important; vertical-align: middle; padding: .25em .6em;
  border-top: 1px solid var(--jp-border-color2, #8885); background: none; white-space: nowrap; }
.course-progress td.title { white-space: normal; }
.course-progress td.number { text-align: right !important; font-variant-numeric: tabular-nums; }
.course-progress .bar { display: inline-block; width: 7rem; height: .6em; border-radius: .3em;
  background: var(--jp-border-color2, #8885); overflow: hidden; }
.course-progress .bar span { display: block; height: 100%; background: var(--jp-success-color1, #2e7d32); }
.course-progress .missing { color: var(--jp-ui-font-color2, GrayText); }
.course-progress a { color: var(--jp-content-link-color, LinkText); }
.course-progress p { margin: .5em .6em; }
</style>"""


@dataclass(frozen=True)
class Row:
    """How far a section is. `open` are its tasks with a point that has not held yet."""

    section: Section
    passed: int
    items: int
    score: float
    points: float
    by_hand: int
    open: frozenset[str]

    @property
    def next(self) -> Part | None:
        """The first open task, or None."""
        return next((task for task in self.section.tasks if task.number in self.open), None)

    @property
    def minutes_left(self) -> int:
        """Planned minutes of what is open; where tasks have none of their own, the section's, shared out evenly."""
        if not self.open:
            return 0
        done = [task for task in self.section.tasks if task.number not in self.open]
        if any(task.minutes for task in self.section.tasks):
            return self.section.minutes - sum(task.minutes for task in done)
        return round(self.section.minutes * (1 - len(done) / max(len(self.section.tasks), 1)))


class Progress:
    """The table, as a notebook or plain text shows it."""

    def __init__(self, rows: Sequence[Row], judged: bool, notes: Sequence[str]) -> None:
        self.rows = rows
        self._judged = judged
        self._notes = notes

    @property
    def next(self) -> Part | None:
        """Where to go on: the first task, in the order of the course, with a point that has not held yet."""
        return next((row.next for row in self.rows if row.next), None)

    @property
    def headline(self) -> str:
        """How much holds, in one line."""
        if not self._judged:
            return "Here is no autograder: your points come with your grade."
        passed, items = sum(row.passed for row in self.rows), sum(row.items for row in self.rows)
        score, most = sum(row.score for row in self.rows), sum(row.points for row in self.rows)
        minutes = sum(row.minutes_left for row in self.rows)
        said = f"{passed} of {items} items have passed, {score:g} of {most:g} points"
        return f"{said}. {_duration(minutes)} to go" if minutes else said

    def __str__(self) -> str:
        lines = [f"{self.headline}."]
        if self.next:
            lines.append(f"Go on with {self.next.number} {self.next.title}.")
        for row in self.rows:
            line = f"{row.section.number:>3}  {row.section.title:<46}"
            if row.items:
                line += f"{row.passed:>3} of {row.items:<3} items {row.score:>4g} of {row.points:<4g} points"
                line += "  done" if not row.open else f" {row.minutes_left:>4} min to go" if row.minutes_left else ""
            elif row.section.minutes:
                line += f"{row.section.minutes:>4} min"
            if row.next:
                line += f"   next: {row.next.number}"
            lines.append(line.rstrip())
        return "\n".join([*lines, *self._notes])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        heads = ("", "Section", "", "Items", "Points", "Minutes to go", "Go on with")
        head = "".join(f'<th scope="col">{text}</th>' for text in heads)
        go_on = f" Go on with {_link(self.next.link, f'{self.next.number} {self.next.title}')}." if self.next else ""
        notes = "".join(f'<p class="missing">{escape(note)}</p>' for note in self._notes)
        return (
            f'{STYLE}<div class="course-progress"><table><caption>{escape(self.headline)}.{go_on}</caption>'
            f"<thead><tr>{head}</tr></thead><tbody>{''.join(map(_row, self.rows))}</tbody></table>{notes}</div>"
        )


def progress() -> Progress:
    """Return the table of sections: items passed, points, minutes to go, where to go on.

    A point that has held once, in `check`, counts. Points that a person grades are not among them.
    """
    passed = points.passed()
    found = at_hand.sections(Path.cwd())
    try:
        from autograder.catalogue import all_items

        items = list(all_items().values())
    except ImportError:  # it is not installed, or what its checks need is not
        items = []
    rows = []
    for section in found:
        if section.number == 0:
            continue
        of_it = [item for item in items if item.section_number == section.number]
        judged = [item for item in of_it if item.grading == "automatic"]
        done = [item for item in judged if item.id in passed]
        rows.append(
            Row(
                section,
                len(done),
                len(judged),
                sum(item.points for item in done),
                sum(item.points for item in judged),
                len(of_it) - len(judged),
                frozenset(item.task for item in judged if item.id not in passed),
            )
        )
    return Progress(rows, bool(items), list(_notes(rows, {item.section_number for item in items})))


def _notes(rows: Sequence[Row], there_are: set[int]) -> Iterator[str]:
    if by_hand := sum(row.by_hand for row in rows):
        yield f"{by_hand} more items are graded by a person."
    if missing := sorted(there_are - {row.section.number for row in rows}):
        yield f"Not here: section {', '.join(map(str, missing))}."
    yield f"Kept in {file.place()}. Delete it to begin anew."
    for path in file.set_aside():
        yield f"{path} could not be read. Nothing of it was thrown away."


def _row(row: Row) -> str:
    section = row.section
    cells = [
        f'<td class="number">{section.number}</td>',
        f'<td class="title">{_link(section.link, section.title)}</td>',
    ]
    if row.items:
        share = row.passed / row.items
        cells += [
            f'<td><span class="bar" role="img" aria-label="{share:.0%}">'
            f'<span style="width:{share:.1%}"></span></span></td>',
            f'<td class="number">{row.passed} of {row.items}</td>',
            f'<td class="number">{row.score:g} of {row.points:g}</td>',
            f'<td class="number">{(row.minutes_left or "") if row.open else "✓ done"}</td>',
        ]
    else:
        cells += ["<td></td>", "<td></td>", "<td></td>", f'<td class="number">{section.minutes or ""}</td>']
    cells.append(f"<td>{_link(row.next.link, row.next.number) if row.next else ''}</td>")
    return f"<tr>{''.join(cells)}</tr>"


def _link(target: str, text: str) -> str:
    return f'<a href="{escape(target)}">{escape(text)}</a>'


def _duration(minutes: int) -> str:
    return f"{minutes} minutes" if minutes < 90 else f"About {round(minutes / 60)} hours"
