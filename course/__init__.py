"""What a learner imports: `check`, `replay`, `hint`, `solution`; `choose` and `quiz`; `progress` and `certificate`; the
leak checker `leaks` and the live plot `live`.
"""

from __future__ import annotations

import importlib
from typing import Any

__all__ = ["certificate", "check", "choose", "hint", "leaks", "live", "progress", "quiz", "replay", "solution"]

_HOMES = {
    "certificate": "course.overview",
    "check": "course.selfcheck",
    "choose": "course.choosing",
    "hint": "course.hints",
    "progress": "course.overview",
    "quiz": "course.choosing",
    "replay": "course.selfcheck",
    "solution": "course.solutions",
}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    # On first use: the leak checker must cost a project nothing that it does not use, matplotlib least of all.
    try:
        home = importlib.import_module(_HOMES.get(name, f"{__name__}.{name}"))
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            f"course.{name} needs {error.name}. In a clone of the course: pip install '.[lab]'", name=error.name
        ) from None
    value = getattr(home, name) if name in _HOMES else home
    globals()[name] = value
    return value
