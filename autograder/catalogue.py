"""The checklist: every item there is, in the order of the course."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterable
from functools import cache

from autograder import checks
from autograder.item import Item


class UnknownItem(LookupError):
    """No item, task or section has the name that was asked for."""


class NotATask(UnknownItem):
    """The name that was asked for is the number of a section, and of no task."""


@cache
def all_items() -> dict[str, Item]:
    """Return every item by its id, in the order of the course. Sections are the packages in `autograder.checks`."""
    found: dict[str, Item] = {}
    for section in pkgutil.iter_modules(checks.__path__):
        package = importlib.import_module(f"{checks.__name__}.{section.name}")
        for module in pkgutil.iter_modules(package.__path__):
            for value in vars(importlib.import_module(f"{package.__name__}.{module.name}")).values():
                if isinstance(value, Item):
                    if value.id in found:
                        raise ValueError(f"two checks are called {value.id}")
                    found[value.id] = value
    return dict(sorted(found.items(), key=lambda pair: order(pair[0])))


@cache
def tasks_with_files() -> dict[str, Item]:
    """Return, by the task's number, one item of each task whose solution is made of files beside the notebook."""
    return {item.task: item for item in all_items().values() if item.files}


def select(name: str) -> list[Item]:
    """Return the items of a task (`"1.1"`), or the one item (`"1.1a"`), of this name.

    Raises `UnknownItem`, which lists what there is, and `NotATask` for a section's number that is no task's.
    """
    items = all_items().values()
    if chosen := [item for item in items if name in (item.id, item.task)]:
        return chosen
    if tasks := _tasks(item for item in items if str(item.section_number) == name):
        raise NotATask(f"'{name}' is no task: the tasks of section {name} are {', '.join(tasks)}")
    known = [*_tasks(items), *all_items()]
    meant = next((one for one in known if _bare(one) == _bare(name)), None)
    question = f". Did you mean {meant}?" if meant else ""
    raise UnknownItem(f"there is no item or task {name!r}; the tasks are {', '.join(_tasks(items))}{question}")


def section(number: int) -> list[Item]:
    """Return the items of the section of this number. Raises `UnknownItem`, which lists what there is."""
    items = all_items().values()
    if chosen := [item for item in items if item.section_number == number]:
        return chosen
    known = ", ".join(str(known) for known in dict.fromkeys(item.section_number for item in items))
    raise UnknownItem(f"there is no section {number}; the sections are {known}")


def _tasks(items: Iterable[Item]) -> list[str]:
    return list(dict.fromkeys(item.task for item in items))


def _bare(name: str) -> str:
    """What a name has in common with others that mean the same: `1.1a`, `11a`, `1_1a` and `1.1 A` are alike."""
    return re.sub(r"[\W_]", "", name).lower()


def order(item_id: str) -> tuple[list[int], str]:
    """Return what items are sorted by: 2b comes before 2.1a, and 12.2a before 12.10a."""
    return [int(number) for number in re.findall(r"\d+", item_id)], item_id
