"""The part of the `autograder` command that authors use, in a clone of the repository."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from autograder.author.places import RELEASE, SOURCE, notebook_of, shown
from autograder.catalogue import all_items


@click.command(short_help="Write the graded cells of the source notebooks.")
def cells() -> None:
    """Write the graded cells of all source notebooks anew, from the checks."""
    # Slow to import, and the other commands do without it.
    import nbformat

    from autograder.author.cells import CellsError, write_graded_cells

    for section in sorted(SOURCE.glob("[0-9][0-9]-*")):
        items = [item for item in all_items().values() if item.section == section.name]
        path = notebook_of(section.name)
        if not items or not path.exists():
            continue
        notebook = nbformat.read(path, as_version=4)
        try:
            write_graded_cells(notebook, items)
        except CellsError as error:
            raise click.ClickException(f"{shown(path)}: {error}") from None
        text = nbformat.writes(notebook) + "\n"
        if text != path.read_text(encoding="utf-8"):
            path.write_text(text, encoding="utf-8")
            click.echo(f"{shown(path)}: graded cells written")


@click.command(short_help="Lay out a new section or task.")
@click.argument("section")
@click.argument("task", required=False)
@click.argument("module", required=False)
def new(section: str, task: str | None, module: str | None) -> None:
    """Lay out a section, such as 06-worker-pool, or a task of it: `autograder new 06-worker-pool 6.1 load_shedding`.

    MODULE is what the task's module of checks is to be called. Prints the files that were made or changed.
    """
    from autograder.author.new import NewError, new_section, new_task

    if task is not None and module is None:
        raise click.UsageError(f"what is task {task} about? Name its module: autograder new {section} {task} pool")
    try:
        made = new_section(section) if task is None else new_task(section, task, module or "")
    except NewError as error:
        raise click.UsageError(str(error)) from None
    for path in made:
        click.echo(shown(path))


@click.command(short_help="Say where the parts of a section do not agree.")
def lint() -> None:
    """Say where checks, hints, notebooks, solutions and mutants do not agree, and what to do.

    The exit code is 1 where something contradicts something else, and 0 where parts are only missing as yet.
    """
    from autograder.author.lint import faults

    found = faults()
    for fault in found:
        click.echo(f"missing: {fault}" if fault.missing else str(fault))
    sys.exit(any(not fault.missing for fault in found))


@click.command(short_help="Write section 11, the solutions.")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--section", "numbers", type=click.IntRange(min=1), multiple=True, help="Of this section only; may be repeated."
)
def solutions(folder: Path, numbers: tuple[int, ...]) -> None:
    """Write the reference solutions to FOLDER/11-solutions, for a reader or, when the time has come, for a class.

    FOLDER may be any but release/, which everybody can read.
    """
    from autograder.author.solutions import sections, write_page

    if folder.resolve() == RELEASE.resolve():
        raise click.UsageError(f"{folder}: what is there is for everybody to read. Name another folder")
    known = {int(section.partition("-")[0]): section for section in sections()}
    if unknown := [str(number) for number in numbers if number not in known]:
        raise click.UsageError(
            f"there are no solutions of section {', '.join(unknown)}; "
            f"there are those of {', '.join(map(str, known)) or 'none: this is no clone of the course'}"
        )
    path = write_page(folder, [section for number, section in known.items() if not numbers or number in numbers])
    click.echo(shown(path))


author_commands = (cells, new, lint, solutions)
