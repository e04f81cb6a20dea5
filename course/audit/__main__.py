"""`python -m course.audit PATH`: what in a tree starts something."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

try:
    import click
    from rich.console import Console

    from course.audit import AuditError, find, show
except ModuleNotFoundError as missing:
    sys.exit(f"python -m course.audit needs {missing.name}. In a clone of the course: pip install '.[grade]'")

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--csv", "csv_file", type=_FILE, help="Write the spreadsheet to fill in: file,line,call,owner,stop,wait.")
@click.option("--json", "json_file", type=_FILE, help="Write all that was found, as JSON.")
@click.option("--sarif", "sarif_file", type=_FILE, help="Write what seems to be missing, as SARIF for code hosts.")
@click.option("--plot", "plot_file", type=_FILE, help="Draw the score by file (.svg, .png, .pdf).")
@click.option("--jobs", type=click.IntRange(min=1), default=os.cpu_count() or 1, help="Processes that share the work.")
def main(
    path: Path,
    csv_file: Path | None,
    json_file: Path | None,
    sarif_file: Path | None,
    plot_file: Path | None,
    jobs: int,
) -> None:
    """List what the Python files of PATH start that lives on: tasks, threads, executors, processes, timers, servers.

    PATH is a folder, a zip archive or a Python file. Beside each place stand three guesses: whether it has an owner,
    a stop and a wait. Files that cannot be read or parsed are named and skipped.
    """
    try:
        audit = find(path, jobs=jobs)
    except AuditError as error:
        raise click.ClickException(str(error)) from None
    width = None if sys.stdout.isatty() else 140
    show.print_table(audit, Console(width=width))
    for file, write in ((csv_file, show.write_csv), (json_file, show.write_json), (sarif_file, show.write_sarif)):
        if file is not None:
            _write(file, partial(write, audit))
    if plot_file is not None:
        _write(plot_file, show.figure(audit).savefig)


def _write(file: Path, write: Callable[[Path], object]) -> None:
    try:
        write(file)
    except (OSError, ValueError) as error:
        raise click.ClickException(f"{file} cannot be written: {error}") from None
    click.echo(f"written: {file}", err=True)


if __name__ == "__main__":
    main(prog_name="python -m course.audit")
