"""The checklist: every item there is, in the order of the course."""

from __future__ import annotations

import importlib
import pkgutil
import re
from functools import cache

from autograder import checks
from autograder.item import Item


class UnknownItem(LookupError):
    """No item, task or section has the id that was asked for."""


@cache
def all_items() -> dict[str, Item]:
    """Every item by its id, in the order of the course. Sections are the packages in `autograder.checks`."""
    found: dict[str, Item] = {}
    for section in pkgutil.iter_modules(checks.__path__):
        package = importlib.import_module(f"{checks.__name__}.{section.name}")
        for module in pkgutil.iter_modules(package.__path__):
            for value in vars(importlib.import_module(f"{package.__name__}.{module.name}")).values():
                if isinstance(value, Item):
                    if value.id in found:
                        raise ValueError(f"two checks are called {value.id}")
                    found[value.id] = value
    return dict(sorted(found.items(), key=lambda pair: _order(pair[0])))


def select(ids: str) -> list[Item]:
    """The items of a section (`"1"`), of a task (`"1.1"`) or a single item (`"1.1a"`).

    Raises `UnknownItem`, which lists what there is.
    """
    items = all_items().values()
    chosen = [item for item in items if ids in (item.id, item.task)]
    chosen = chosen or [item for item in items if item.task.split(".")[0] == ids]
    if not chosen:
        known = dict.fromkeys([name for item in items for name in (item.task, item.id)])
        meant = next((name for name in known if _bare(name) == _bare(ids)), None)
        question = f". Did you mean {meant}?" if meant else ""
        tasks = ", ".join(dict.fromkeys(item.task for item in items))
        raise UnknownItem(f"there is no item, task or section {ids!r}; the tasks are {tasks}{question}")
    return chosen


def _bare(name: str) -> str:
    """What a name has in common with others that mean the same: `1.1a`, `11a`, `1_1a` and `1.1 A` are alike."""
    return re.sub(r"[\W_]", "", name).lower()


def _order(item_id: str) -> list[tuple[int, str]]:
    return [(int(number or 0), letters) for number, letters in re.findall(r"(\d*)([a-z]*)", item_id)]
