"""Hints, three an item, from the concept to nearly the code; a file a section lies beside this module."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources

from course.markdown import Markdown

_shown: dict[str, int] = {}


def hint(item: str) -> Markdown:
    """The next hint for an item, such as `hint("1.1a")`: call it again for the one after.

    After the last it begins again.
    """
    hints = all_hints().get(item)
    if hints is None:
        return Markdown(f"There is no item `{item}`. An item is a task's number and a letter, such as `1.1a`.")
    number = _shown.get(item, 0) % len(hints)
    _shown[item] = number + 1
    last = number + 1 == len(hints)
    more = "That was the last one." if last else f'Call `hint("{item}")` again for the next one.'
    return Markdown(f"**Hint {number + 1} of {len(hints)} for {item}.** {hints[number].strip()}\n\n{more}")


@cache
def all_hints() -> dict[str, list[str]]:
    """The hints of every item, by the item's id."""
    found: dict[str, list[str]] = {}
    for file in resources.files(__name__).iterdir():
        if file.name.endswith(".toml"):
            for item, entry in tomllib.loads(file.read_text(encoding="utf-8")).items():
                found[item] = entry["hints"]
    return found
