"""Verdicts for a person: a table in a notebook, the same as plain text, and lines for a spreadsheet."""

from __future__ import annotations

import csv
import io
import os
import tempfile
from collections.abc import Container, Iterable, Sequence
from dataclasses import asdict, fields, replace
from html import escape
from pathlib import Path

from autograder.verdict import Verdict, printable

MARKS = {
    "passed": ("✓", "passed", "green"),
    "failed": ("✗", "failed", "red"),
    "error": ("✗", "could not be judged", "red"),
    "timeout": ("✗", "did not end", "red"),
    "manual": ("•", "graded by a person", "yellow"),
    "not_attempted": ("○", "not attempted", "yellow"),
}
"""How each status is shown: a sign, words and a colour."""

HEADS = ("Expected", "Seen", "Where", "Also", "When", "Again", "It printed, last", "See why", "Hint")
"""What the lines of a message begin with."""

STYLE = """<style>
.autograder { border-collapse: collapse; font-family: var(--jp-ui-font-family, system-ui, sans-serif);
  font-size: 14px; color: var(--jp-ui-font-color1, CanvasText); max-width: 60rem; }
.autograder caption { text-align: left; font-weight: 600; padding: .4em .6em; }
.autograder th, .autograder td { text-align: left !important; vertical-align: top; padding: .45em .6em;
  border-top: 1px solid var(--jp-border-color2, #8885); background: none; }
.autograder .mark { font-weight: 700; white-space: nowrap; }
.autograder .passed { color: var(--jp-success-color1, #2e7d32); }
.autograder .failed, .autograder .error, .autograder .timeout { color: var(--jp-error-color1, #c62828); }
.autograder .not_attempted, .autograder .manual { color: var(--jp-warn-color1, #b26a00); }
.autograder dl { margin: .4em 0 0; display: grid; grid-template-columns: max-content 1fr; gap: .2em .7em; }
.autograder dt, .autograder dd { float: none; width: auto; } /* JupyterLab floats them, at 20 and 80 % */
.autograder dt { font-weight: 600; white-space: nowrap; }
.autograder dd { margin: 0; white-space: pre-wrap; overflow-wrap: anywhere; }
.autograder code { font-family: var(--jp-code-font-family, monospace); font-size: 13px; }
</style>"""


class Report:
    """The verdicts on some items of one submission, as a notebook or plain text shows them.

    `replays` are the items of which `replay` shows a run that failed: where one did, that is offered. `note` is a
    sentence that goes on the headline.
    """

    def __init__(self, verdicts: Sequence[Verdict], replays: Container[str] = (), note: str = "") -> None:
        self._note = note
        self.verdicts = [_offering(verdict) if verdict.id in replays else verdict for verdict in verdicts]

    @property
    def headline(self) -> str:
        """How many items pass, in one line."""
        passed = sum(verdict.status == "passed" for verdict in self.verdicts)
        score = sum(verdict.score for verdict in self.verdicts)
        points = sum(verdict.points for verdict in self.verdicts)
        count = len(self.verdicts)
        items = "item passes" if count == 1 else "items pass"
        return f"{passed} of {count} {items}, {score:g} of {points:g} points" + (
            f". {self._note}" if self._note else ""
        )

    def __str__(self) -> str:
        lines = [self.headline]
        for verdict in self.verdicts:
            mark, word, _ = MARKS[verdict.status]
            lines.append(f"{mark} {verdict.id}  {verdict.title}  [{word}]")
            lines.extend(f"        {line}" for line in verdict.message.splitlines())
        return "\n".join(lines)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        rows = "".join(_row(verdict) for verdict in self.verdicts)
        heads = "".join(f'<th scope="col">{head}</th>' for head in ("Item", "What must hold", "Verdict"))
        return (
            f'{STYLE}<table class="autograder"><caption>{self.headline}</caption>'
            f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
        )


def _offering(verdict: Verdict) -> Verdict:
    if verdict.status != "failed" or verdict.message.startswith("The same as "):
        return verdict
    return replace(verdict, message=f'{verdict.message}\nSee why: `replay("{verdict.id}")` draws this run.')


def write_csv(path: Path, submissions: Iterable[tuple[str, str, Sequence[Verdict]]]) -> None:
    """Write a line an item: the student, the submission's name, then the verdict's fields. Raises OSError.

    The file is there whole or, if it cannot be written, as it was before.
    """
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, ["student", "submission", *(field.name for field in fields(Verdict))])
    writer.writeheader()
    for student, name, verdicts in submissions:
        for verdict in verdicts:
            row = {"student": student, "submission": name, **asdict(verdict)}
            writer.writerow({field: _plain(value) for field, value in row.items()})
    content = text.getvalue().encode(errors="backslashreplace")
    if path.exists() and not path.is_file():  # a pipe, a terminal
        path.write_bytes(content)
        return
    target = path.resolve()
    with tempfile.NamedTemporaryFile(dir=target.parent, prefix=f".{target.name}.", delete=False) as file:
        try:
            os.fchmod(file.fileno(), target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~_umask())
            file.write(content)
            file.close()
            os.replace(file.name, target)
        except BaseException:
            os.unlink(file.name)
            raise


def _plain(value: object) -> object:
    """What a spreadsheet does not take for a formula: learners choose names, and what their code says."""
    if not isinstance(value, str):
        return value
    text = printable(value)
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t")) else text


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _row(verdict: Verdict) -> str:
    mark, word, _ = MARKS[verdict.status]
    return (
        f'<tr><td class="mark {verdict.status}">{mark} {escape(verdict.id)}</td>'
        f"<td>{code(escape(verdict.title))}{explained(verdict.message)}</td>"
        f'<td class="mark {verdict.status}">{word}</td></tr>'
    )


def explained(message: str) -> str:
    """`Expected: …`, `Seen: …` and `Where: …` as a list of terms, anything else as a paragraph."""
    parts: list[tuple[str, str]] = []
    for line in message.splitlines():
        head, colon, text = line.partition(": ")
        if colon and head in HEADS:
            parts.append((head, text))
        elif parts:
            parts[-1] = (parts[-1][0], f"{parts[-1][1]}\n{line}")
        else:
            parts.append(("", line))
    if not parts:
        return ""
    terms = "".join(f"<dt>{escape(head)}</dt><dd>{code(escape(text))}</dd>" for head, text in parts)
    return f"<dl>{terms}</dl>"


def code(text: str) -> str:
    """Text between backquotes set as code; `text` is escaped already."""
    pieces = text.split("`")
    if len(pieces) % 2 == 0:
        return text
    return "".join(f"<code>{piece}</code>" if number % 2 else piece for number, piece in enumerate(pieces))
