"""The allow list in `pyproject.toml`: leaks that are known, each with the reason why it may stay."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

from course.leaks.report import Leak
from course.leaks.rules import Rule, ignore

_CONDITIONS = ("name", "top_function", "any_function", "created_by")
_KEYS = ("kind", *_CONDITIONS, "daemon", "reason")


class AllowListError(ValueError):
    """Raised for an allow list that cannot be used; the message names the file and the entry."""


def read(path: Path) -> list[Rule]:
    """Return the rules of `[[tool.leaks.allow]]` in the TOML file `path`; [] if there is no such file or table.

    An entry has the conditions of `ignore`, at least one besides `kind`, and a `reason`. Raises
    `AllowListError`.
    """
    if not path.is_file():
        return []
    try:
        settings = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise AllowListError(f"{path}: {error}") from None
    table = settings.get("tool", {}).get("leaks", {})
    entries = table.get("allow", []) if isinstance(table, dict) else None
    if not isinstance(entries, list) or set(table) - {"allow"}:
        raise AllowListError(f"{path}: [tool.leaks] holds nothing but the list of tables [[tool.leaks.allow]]")
    return [_rule(entry, f"{path}: entry {n} of [[tool.leaks.allow]]") for n, entry in enumerate(entries, 1)]


def entry_for(leak: Leak) -> str:
    """Return the entry that allows `leak` and its like, as TOML to paste; its `reason` is left to be written."""
    conditions = {"kind": leak.kind, "name": _name_of_all(leak)}
    if leak.created is not None:
        conditions["created_by"] = leak.created.full_name
    if leak.waiting and (leak.kind == "task" or leak.created is None):
        conditions["any_function"] = leak.waiting[-1].full_name
    if not any(conditions.get(key) for key in _CONDITIONS):
        conditions["name"] = leak.name
    # What JSON makes of a string, TOML reads.
    lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in conditions.items() if value]
    return "\n".join(["[[tool.leaks.allow]]", *lines, 'reason = ""'])


def _name_of_all(leak: Leak) -> str:
    """The name of `leak`, with `*` for what differs from run to run; "" where nothing of it would stay."""
    if (leak.kind in ("server", "connection") and ":" in leak.name) or re.fullmatch(r"Task-\d+", leak.name):
        return ""
    return re.sub(r"\d+", "*", leak.name)


def _rule(entry: object, where: str) -> Rule:
    if not isinstance(entry, dict):
        raise AllowListError(f"{where} must be a table, not {entry!r}")
    where += f" ({', '.join(f'{key} = {value!r}' for key, value in entry.items())})"
    for key, value in entry.items():
        if key not in _KEYS:
            raise AllowListError(f"{where} has an unknown key {key!r}; keys are {', '.join(_KEYS)}")
        if isinstance(value, bool) is not (key == "daemon") or not isinstance(value, (str, bool)):
            raise AllowListError(f"{where}: {key} must be {'true or false' if key == 'daemon' else 'a string'}")
    if not entry.get("reason", "").strip():
        raise AllowListError(f"{where} has no reason: say why this leak may stay")
    if "daemon" not in entry and not any(entry.get(key, "").strip("*") for key in _CONDITIONS):
        raise AllowListError(f"{where} is too wide: give at least one of {', '.join(_CONDITIONS)}, daemon")
    return ignore(**{key: value for key, value in entry.items() if key != "reason"})
