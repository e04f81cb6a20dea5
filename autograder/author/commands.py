"""The part of the `autograder` command that authors use, in a clone of the repository."""

from __future__ import annotations

import click

from autograder.author.places import SOURCE, notebook_of
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
            raise click.ClickException(f"{path}: {error}") from None
        text = nbformat.writes(notebook) + "\n"
        if text != path.read_text(encoding="utf-8"):
            path.write_text(text, encoding="utf-8")
            click.echo(f"{path}: graded cells written")


author_commands = (cells,)
