"""`certificate("…")`: what has been learned, with the leaks that are no more, as a page that can be printed."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from pathlib import Path

from course.kept import points
from course.kept.runs import KeptRun, kept_runs
from course.markdown import Markdown
from course.overview import leaks_picture
from course.overview.progress import Progress, progress

FILE = "certificate.html"
"""The page to print, in the folder of the notebook that makes it."""

PRINCIPLES = (
    "an owner",
    "a stop signal",
    "a wait point",
    "every wait bounded or stoppable",
    "cancellation passes through",
    "no lock held across a wait",
    "released on every way out",
    "an error reaches somebody",
)

_STYLE = """<style>
.course-certificate { font: 15px/1.5 var(--jp-ui-font-family, system-ui, sans-serif); max-width: 60rem;
  color: var(--jp-ui-font-color1, CanvasText); }
.course-certificate h1 { font-size: 26px; margin: 0 0 .1em; }
.course-certificate .name { font-size: 30px; font-weight: 300; margin: .5em 0; border-bottom: 1px solid currentColor; }
.course-certificate ul { columns: 2; padding: 0; list-style: none; }
.course-certificate .small { font-size: 13px; color: var(--jp-ui-font-color2, GrayText); }
@page { size: A4; margin: 14mm; }
@media print { .course-certificate { max-width: none; font-size: 12px; } .course-certificate h2 { font-size: 17px; } }
</style>"""


class Certificate:
    """The page, as a notebook or plain text shows it. `saved` says where it lies, or why it does not."""

    def __init__(
        self,
        name: str,
        standing: Progress,
        days: list[str],
        runs: Mapping[str, Mapping[str, KeptRun]],
        saved: str = "",
    ):
        self._name, self._standing, self._days, self._runs, self.saved = name, standing, days, runs, saved

    def html(self) -> str:
        """Return the page's content, which needs no other file."""
        done = "".join(f"<li>{escape(line)}</li>" for line in self._sections())
        leaks = (
            f"<h2>What leaked at first, and no longer does</h2>{leaks_picture.picture(self._runs)}"
            '<p class="small">Tasks and threads alive over time. Dashed and filled: the code as it was. '
            "Line: the code as mended.</p>"
            if self._runs
            else ""
        )
        return (
            f'{_STYLE}<div class="course-certificate"><h1>No Task Left Behind</h1>'
            f"<div>tasks and threads that always stop</div>"
            f'<div class="name">{escape(self._name)}</div><p>{escape(self._sentence())}</p><ul>{done}</ul>{leaks}'
            f'<p>What it is about: {escape("; ".join(PRINCIPLES))}.</p><p class="small">{escape(_HONESTLY)}</p></div>'
        )

    def _repr_html_(self) -> str:
        return f"{self.html()}<p>{self._saved_html()}</p>"

    def _saved_html(self) -> str:
        if self.saved != FILE:
            return escape(self.saved)
        return f"To print it: in the file browser, right-click {FILE}, Open in New Browser Tab."

    def __str__(self) -> str:
        lines = ["No Task Left Behind", self._name, self._sentence(), *self._sections()]
        if self._runs:
            lines += ["What leaked at first, and no longer does:", leaks_picture.in_words(self._runs)]
        return "\n".join([*lines, _HONESTLY, f"The page is in {FILE}." if self.saved == FILE else self.saved])

    __repr__ = __str__

    def _sentence(self) -> str:
        rows = self._standing.rows
        score, most = sum(row.score for row in rows), sum(row.points for row in rows)
        if not score:
            return f"has not passed an item yet: 0 of {most:g} points."
        first, last = (self._days[0], self._days[-1]) if self._days else ("", "")
        when = f", from {first} to {last}" if first != last else f", on {first}" if first else ""
        return f"has made tasks and threads stop: {score:g} of {most:g} points{when}."

    def _sections(self) -> list[str]:
        return [
            f"{row.section.number}. {row.section.title} ({row.score:g} of {row.points:g} points)"
            for row in self._standing.rows
            if row.passed
        ]


_HONESTLY = "Judged by the course's own check, on the learner's machine, with nobody looking on."


def certificate(name: str | None = None) -> Certificate | Markdown:
    """Return what has been learned, and save it as a page to print: `certificate("Ada Lovelace")`."""
    if not isinstance(name, str) or not name.strip():
        return Markdown('Write your name, in quotes: certificate("Ada Lovelace").')
    standing = progress()
    of_them = {task.number for row in standing.rows for task in row.section.tasks}
    days = sorted(points.passed().values())
    kept = kept_runs()
    runs = {task: kept[task] for task in sorted(of_them & kept.keys(), key=_order) if _mended(kept[task])}
    made = Certificate(name.strip(), standing, days, runs)
    page = (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>No Task Left Behind</title>{made.html()}</html>'
    )
    try:
        Path(FILE).write_text(page, encoding="utf-8")
        made.saved = FILE
    except OSError as error:
        made.saved = f"{FILE} could not be written here: {error.strerror}."
    return made


def _mended(runs: Mapping[str, KeptRun]) -> bool:
    return "leaky" in runs and "yours" in runs and runs["yours"].left < runs["leaky"].left


def _order(task: str) -> list[int]:
    return [int(number) for number in task.split(".")]
