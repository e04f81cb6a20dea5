"""The `autograder` command."""

from __future__ import annotations

import contextlib
import errno
import io
import json
import os
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import click

from autograder import submission
from autograder.author.commands import author_commands
from autograder.catalogue import NotATask, UnknownItem, all_items, select
from autograder.catalogue import section as section_items
from autograder.classroom import grading
from autograder.classroom.gradebook import GradebookError
from autograder.files import SubmissionError
from autograder.item import Item
from autograder.run.judge import JudgeError, judge
from autograder.run.sandbox import NoSandbox
from autograder.run.threads import schedules
from autograder.show.report import Report, write_csv
from autograder.verdict import Verdict, printable, to_json
from course.hints import hints_for

_json = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
_no_sandbox = click.option(
    "--no-sandbox", is_flag=True, help="Run the code with all your rights. Only for code that you trust."
)


_task = click.option("--task", help="One task, such as 1.1.")
_section = click.option("--section", type=click.IntRange(min=1), help="All tasks of a section, such as 1.")


class _Group(click.Group):
    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; a disk that is full, or the like, is named rather than traced back."""
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(errors="backslashreplace")  # a terminal may not know all of our signs
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()  # what is buffered is written here, where it can still be said that it could not
            return result
        except OSError as error:
            if error.errno == errno.EPIPE:
                raise  # whoever read the output has had enough
            with contextlib.suppress(OSError):
                # Python would try again to write what is left, when it ends.
                os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise click.ClickException(str(error)) from None


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Scores the exercises of No Task Left Behind, item by item.

    The exit code is 0 when everything was graded, whatever the score; 2 when the call was wrong; 1 when something
    could not be graded, and standard error then says what and why.
    """


@main.command(short_help="List items.")
@_task
@_section
@_json
def items(task: str | None, section: int | None, as_json: bool) -> None:
    """List every item, or those of a task or section: id, task, section, title, points, how it is graded."""
    chosen = list(all_items().values()) if task is None and section is None else _chosen(task, section)
    rows: list[dict[str, Any]] = [
        {
            "id": item.id,
            "task": item.task,
            "section": item.section,
            "title": item.title,
            "points": item.points,
            "grading": item.grading,
        }
        for item in chosen
    ]
    if as_json:
        click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
    else:
        for row in rows:
            click.echo(f"{row['id']:6} {row['section']:20} {row['points']:g} {row['grading']:9}  {row['title']}")


@main.command(short_help="Show a hint for an item.")
@click.argument("item")
@click.argument("number", type=click.IntRange(1, 3), default=1)
def hint(item: str, number: int) -> None:
    """Show the first hint for ITEM, such as 1.1a, or the second or third: `autograder hint 1.1a 2`."""
    try:
        click.echo(hints_for(item)[number - 1].strip())
    except LookupError as error:
        raise click.UsageError(error.args[0]) from None


@main.command(short_help="Judge one task's solution, or a section's.")
@click.argument("path", type=click.Path(path_type=Path))
@_task
@_section
@_json
@_no_sandbox
@click.option("--schedule", default="", help="Judge on this order of the threads' steps, which a message has named.")
def check(path: Path, task: str | None, section: int | None, as_json: bool, no_sandbox: bool, schedule: str) -> None:
    """Judge a solution of one task (--task 1.1), or of all tasks of a section (--section 1).

    PATH is a .py file, a folder or a notebook.
    """
    if task is None and section is None:
        raise click.UsageError("say which task PATH solves (--task 1.1), or which section (--section 1)")
    chosen = _chosen(task, section)
    if task is not None and chosen[0].task != task:
        raise click.UsageError(f"--task takes one task, such as {chosen[0].task}, not {task!r}")
    if schedule:
        try:
            schedules.named(schedule)
        except ValueError as error:
            raise click.UsageError(f"--schedule: {error}") from None
    try:
        verdicts = judge(submission.read(path, task), chosen, sandboxed=not no_sandbox, schedule=schedule)
    except (SubmissionError, NoSandbox, JudgeError) as error:
        _complain(error)
        sys.exit(1)
    _show(str(path), verdicts, as_json)


@main.command(short_help="Grade notebooks, or a `submitted` folder.")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@_json
@click.option(
    "--csv",
    "csv_file",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="Also write a line an item to this file.",
)
@click.option("--jobs", type=click.IntRange(min=1), help="Notebooks judged at once; by default one a processor.")
@click.option(
    "--course",
    type=click.Path(file_okay=False, exists=True, path_type=Path),
    default=Path(),
    help="The course's folder, if it is not the current one.",
)
@_no_sandbox
def grade(
    paths: tuple[Path, ...], as_json: bool, csv_file: Path | None, jobs: int | None, course: Path, no_sandbox: bool
) -> None:
    """Grade notebooks, or a whole nbgrader `submitted` folder, or one student's, into the course's gradebook."""
    if csv_file and not csv_file.absolute().parent.is_dir():
        raise click.UsageError(f"--csv {csv_file}: there is no folder {csv_file.absolute().parent}")
    graded: list[tuple[str, str, list[Verdict]]] = []
    failed = False
    with _progress() as (expect, advance):
        for path in paths:
            try:
                for one in grading.grade(path, course, sandboxed=not no_sandbox, jobs=jobs, expect=expect):
                    advance()
                    if isinstance(one.outcome, Exception):
                        failed = True
                        _complain(one.outcome)
                    else:
                        graded.append((one.student, one.name, one.outcome))
                        if as_json:
                            _show(one.name, one.outcome, as_json)
            except (SubmissionError, NoSandbox, JudgeError, GradebookError) as error:
                failed = True
                _complain(error)
    if not as_json:
        _show_all(graded)
    if csv_file:
        try:
            write_csv(csv_file, graded)
        except OSError as error:
            failed = True
            _complain(f"{csv_file}: cannot be written: {error.strerror}")
    sys.exit(1 if failed else 0)


def _chosen(task: str | None, section: int | None) -> list[Item]:
    if task is not None and section is not None:
        raise click.UsageError("give --task or --section, not both")
    try:
        return select(task) if task is not None else section_items(section or 0)
    except NotATask as error:
        raise click.UsageError(f"{error}; for all of them: --section {task}") from None
    except UnknownItem as error:
        raise click.UsageError(str(error)) from None


def _show(name: str, verdicts: list[Verdict], as_json: bool) -> None:
    # A file's name may have bytes in it that are no text, or that a terminal obeys.
    name = printable(name)
    if as_json:
        click.echo(json.dumps(to_json(name, verdicts), ensure_ascii=False))
    else:
        # Not needed for JSON, and slow to import.
        from autograder.show.terminal import print_report

        print_report(Report(verdicts), name)


def _show_all(graded: list[tuple[str, str, list[Verdict]]]) -> None:
    """One submission in full, a class in a line each: the reasons are in the CSV, the JSON and the feedback."""
    if len(graded) == 1:
        _show(graded[0][1], graded[0][2], as_json=False)
    elif graded:
        from autograder.show.terminal import print_class

        print_class([(printable(student or name), verdicts) for student, name, verdicts in graded])


def _progress() -> AbstractContextManager[tuple[Callable[[int], None], Callable[[], None]]]:
    if not sys.stderr.isatty():
        return contextlib.nullcontext((lambda more: None, lambda: None))
    from autograder.show.terminal import progress_bar

    return progress_bar()


def _complain(error: Exception | str) -> None:
    way_out = ", or pass --no-sandbox for code that you trust" if isinstance(error, NoSandbox) else ""
    # Not by click.echo, which writes past the progress bar to the terminal, into the bar's line.
    print(f"autograder: {printable(str(error))}{way_out}", file=sys.stderr)


for command in author_commands:
    main.add_command(command)
