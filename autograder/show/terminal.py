"""Verdicts on a terminal: one submission's as a table of its items, a class's as a table of its students."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from autograder.show.report import HEADS, MARKS, Report
from autograder.verdict import Verdict


@contextmanager
def progress_bar() -> Iterator[tuple[Callable[[int], None], Callable[[], None]]]:
    """Show a bar on standard error; yields what to call with how many more there are, and for each that is done."""
    columns = (TextColumn("Graded"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True, redirect_stdout=False) as progress:
        bar = progress.add_task("", total=0)
        expected = 0

        def expect(more: int) -> None:
            nonlocal expected
            expected += more
            progress.update(bar, total=expected)

        yield expect, lambda: progress.advance(bar)


_WIDE = 200


def print_report(report: Report, title: str) -> None:
    """Print a report as a table, in colour where the terminal has it."""
    table = Table(title=report.headline, title_justify="left", show_header=False, show_lines=True)
    for verdict in report.verdicts:
        sign, word, colour = MARKS[verdict.status]
        said = Text(verdict.title)
        if verdict.message:
            said.append(f"\n{verdict.message}", style="dim" if verdict.status == "not_attempted" else "")
            said.highlight_regex(rf"(?m)^({'|'.join(HEADS)}):", "bold")
        if verdict.marked:
            said.append(f"\nFor a person to look at: {verdict.marked}", style="yellow")
        table.add_row(Text(f"{sign} {verdict.id}", style=f"bold {colour}"), said, Text(word, style=colour))
    console = Console()
    console.print(Text(title, style="bold"))
    console.print(table)


def print_class(graded: Sequence[tuple[str, Sequence[Verdict]]]) -> None:
    """Print a line a submission, then the items that not all pass, with how many of those who tried do."""
    console = Console()
    if not console.is_terminal:
        console.width = _WIDE  # names are to be whole
    table = Table("Submission", "Items", "Points", "Not attempted", "By hand", "To look at")
    table.columns[0].overflow = "fold"
    for column in table.columns[1:]:
        column.justify = "right"
    for name, verdicts in graded:
        statuses = Counter(verdict.status for verdict in verdicts)
        score, points = (sum(getattr(verdict, field) for verdict in verdicts) for field in ("score", "points"))
        marked = [verdict.id for verdict in verdicts if verdict.marked]
        table.add_row(
            Text(name),
            f"{statuses['passed']} of {len(verdicts)}",
            f"{score:g} of {points:g}",
            f"{statuses['not_attempted'] or ''}",
            f"{statuses['manual'] or ''}",
            Text(" ".join(marked), style="yellow"),
        )
    console.print(table)
    tried = [
        verdict for _, verdicts in graded for verdict in verdicts if verdict.status not in ("not_attempted", "manual")
    ]
    counts = Counter(verdict.id for verdict in tried)
    passed = Counter(verdict.id for verdict in tried if verdict.status == "passed")
    hard = [id for id in counts if passed[id] < counts[id]]
    if hard:
        console.print(
            "Not passed by all who tried: " + ", ".join(f"{id} ({passed[id]} of {counts[id]})" for id in hard)
        )
