"""An `Audit` as a table, as CSV, JSON and SARIF, and its score by file as a figure."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from rich.console import Console
from rich.table import Table

from course import figures
from course.audit.search import Audit, Spawn

figures.follow_the_theme()

COLUMNS = ("file", "line", "call", "owner", "stop", "wait")
"""The columns of the spreadsheet that a reader fills in: the last three with Y or N."""

_GUESSED = ("owner", "stop", "wait")
_THREE_YES, _OTHERS = "#2a78d6", "#d9d9d9"
_RULES = {
    "no-owner": "nobody keeps what is started here",
    "no-stop": "nothing stops what is started here",
    "no-wait": "nothing waits for the end of what is started here",
}


def table(audit: Audit) -> Table:
    """Return the places with the guesses, and under each the lines that made them."""
    shown = Table(
        title=f"{audit.path}: {_counted(len(audit.spawns), 'place')} that start something", title_justify="left"
    )
    for name in ("file:line", "kind", "call"):
        shown.add_column(name, overflow="fold")
    for name in _GUESSED:
        shown.add_column(f"{name}?", justify="center")
    for spawn in audit.spawns:
        guesses = [_cell(getattr(spawn, name)) for name in _GUESSED]
        shown.add_row(f"{spawn.file}:{spawn.line}", spawn.kind, _short(spawn.call), *guesses)
    return shown


def _cell(guess: Any) -> str:
    return f"Y {guess.line}" if guess.yes else "[red]N[/red]"


def _short(call: str) -> str:
    name, _, rest = call.partition("(")
    return f"{name}(…)" if rest.rstrip(")") else call


def print_table(audit: Audit, console: Console) -> None:
    """Print the table, the score of the guesses by file, and the files that were skipped."""
    console.print(table(audit))
    if audit.spawns:
        console.print(
            "Y and N are guesses, Y with the line that made it. A guess goes by names: look at each place yourself."
        )
        for file, score, count in by_file(audit):
            bar = "█" * round(20 * score)
            console.print(f"{bar:20} {score:4.0%} of {count:2} {file}", highlight=False)
        console.print(f"All three guessed Y: {audit.score():.0%} of {_counted(len(audit.spawns), 'place')}.")
    for skipped in audit.skipped:
        console.print(f"skipped: {skipped}", style="yellow", highlight=False, soft_wrap=True)


def by_file(audit: Audit) -> list[tuple[str, float, int]]:
    """Each file with a place, its score and its number of places; the lowest score first, then the most places."""
    files = dict.fromkeys(spawn.file for spawn in audit.spawns)
    counted = {file: sum(spawn.file == file for spawn in audit.spawns) for file in files}
    scored = [(file, audit.score(file) or 0.0, counted[file]) for file in files]
    return sorted(scored, key=lambda row: (row[1], -row[2], row[0]))


def write_csv(audit: Audit, path: Path | str) -> None:
    """Write the spreadsheet: what is to be filled in is empty, and the guesses stand beside it."""
    with Path(path).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*COLUMNS, *(f"guess_{name}" for name in _GUESSED), "why"])
        for spawn in audit.spawns:
            guesses = [getattr(spawn, name) for name in _GUESSED]
            lines = [
                f"{name}: line {guess.line}, {guess.why}"
                for name, guess in zip(_GUESSED, guesses, strict=True)
                if guess.yes
            ]
            writer.writerow([spawn.file, spawn.line, spawn.call, "", "", "", *map(str, guesses), "; ".join(lines)])


def write_json(audit: Audit, path: Path | str) -> None:
    """Write all that was found: `{"path", "files", "score", "spawns": […], "skipped": […]}`."""
    said = {
        "path": str(audit.path),
        "files": audit.files,
        "score": audit.score(),
        "spawns": [_as_json(spawn) for spawn in audit.spawns],
        "skipped": [{"file": skipped.file, "why": skipped.why} for skipped in audit.skipped],
    }
    Path(path).write_text(json.dumps(said, indent=1) + "\n", encoding="utf-8")


def _as_json(spawn: Spawn) -> dict[str, Any]:
    said: dict[str, Any] = {
        name: getattr(spawn, name) for name in ("file", "line", "end_line", "kind", "what", "call", "function")
    }
    for name in _GUESSED:
        guess = getattr(spawn, name)
        said[name] = {"guess": str(guess), "line": guess.line, "why": guess.why}
    return said


def write_sarif(audit: Audit, path: Path | str) -> None:
    """Write SARIF 2.1.0, which code hosts show beside the code: a note for each guess that is no."""
    driver = {
        "name": "course.audit",
        "rules": [{"id": rule, "shortDescription": {"text": text}} for rule, text in _RULES.items()],
    }
    run = {"tool": {"driver": driver}, "results": list(_results(audit))}
    said = {"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run]}
    Path(path).write_text(json.dumps(said, indent=1) + "\n", encoding="utf-8")


def _results(audit: Audit) -> Iterator[dict[str, Any]]:
    for spawn in audit.spawns:
        for name in _GUESSED:
            if not getattr(spawn, name).yes:
                region = {"startLine": spawn.line, "endLine": spawn.end_line}
                place = {"artifactLocation": {"uri": spawn.file}, "region": region}
                yield {
                    "ruleId": f"no-{name}",
                    "level": "note",
                    "message": {"text": f"{spawn.what}: it seems that {_RULES[f'no-{name}']}."},
                    "locations": [{"physicalLocation": place}],
                }


def figure(audit: Audit) -> Figure:
    """Return a chart of the guesses by file: a bar as long as the file has places, filled for those with three Y."""
    rows = by_file(audit)[::-1]
    drawn = Figure(figsize=(8, 1.2 + 0.3 * len(rows)), layout="constrained")
    axes = drawn.subplots()
    places = [count for _, _, count in rows]
    clean = [round(score * count) for _, score, count in rows]
    told = [f"{file}: {yes} of {count} with three Y" for (file, _, count), yes in zip(rows, clean, strict=True)]
    drawn.set_label("; ".join(told[::-1]))
    axes.barh(range(len(rows)), places, color=_OTHERS, label="something is missing")
    axes.barh(range(len(rows)), clean, color=_THREE_YES, label="owner, stop and wait")
    axes.set_yticks(range(len(rows)), [file for file, _, _ in rows])
    axes.set_xlabel("places that start something, by the tool's guesses")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.legend(loc="lower right", frameon=False)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    return drawn


def _counted(number: int, word: str) -> str:
    return f"{number} {word}{'s' * (number != 1)}"
