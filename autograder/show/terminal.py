"""Verdicts on a terminal."""

from rich.console import Console
from rich.table import Table
from rich.text import Text

from autograder.show.report import HEADS, MARKS, Report


def print_report(report: Report, title: str) -> None:
    """Print a report as a table, in colour where the terminal has it."""
    table = Table(title=report.headline, title_justify="left", show_header=False, show_lines=True)
    for verdict in report.verdicts:
        sign, word, colour = MARKS[verdict.status]
        said = Text(verdict.title)
        if verdict.message:
            said.append(f"\n{verdict.message}", style="dim" if verdict.status == "not_attempted" else "")
            said.highlight_regex(rf"(?m)^({'|'.join(HEADS)}):", "bold")
        table.add_row(Text(f"{sign} {verdict.id}", style=f"bold {colour}"), said, Text(word, style=colour))
    console = Console()
    console.print(Text(title, style="bold"))
    console.print(table)
