"""Hints, three an item, from the concept to nearly the code; a file a section lies beside this module."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources

from course.asking import WrongCall, name_of
from course.markdown import Markdown

_shown: dict[str, int] = {}


def hint(item: str | None = None) -> Markdown:
    """Return the next hint for an item, such as `hint("1.1a")`: call it again for the one after.

    After the last it begins again.
    """
    try:
        item = name_of(item, "hint", "1.1a")
        hints = hints_for(item)
    except (WrongCall, LookupError) as error:
        return Markdown(str(error))
    number = _shown.get(item, 0) % len(hints)
    _shown[item] = number + 1
    last = number + 1 == len(hints)
    more = "That was the last one." if last else f'Call `hint("{item}")` again for the next one.'
    return Markdown(f"**Hint {number + 1} of {len(hints)} for {item}.** {hints[number].strip()}\n\n{more}")


def hints_for(item: str) -> list[str]:
    """Return the hints for an item. Raises LookupError, which says which names there are."""
    known = all_hints()
    if item in known:
        return known[item]
    if items := [name for name in known if name[:-1] == item]:
        raise LookupError(f"Hints are for one item at a time: of task {item} there are {', '.join(items)}.")
    if items := [name for name in known if name[:-1] == item[:-1]]:
        raise LookupError(f"There are no hints for {item}: of task {item[:-1]} there are some for {', '.join(items)}.")
    raise LookupError(f"There is no item {item!r}. An item is a task's number and a letter, such as 1.1a.")


@cache
def all_hints() -> dict[str, list[str]]:
    """Return the hints of every item, by the item's id."""
    found: dict[str, list[str]] = {}
    for file in resources.files(__name__).iterdir():
        if file.name.endswith(".toml"):
            for item, entry in tomllib.loads(file.read_text(encoding="utf-8")).items():
                found[item] = entry["hints"]
    return found
