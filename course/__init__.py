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
    # On first use: the leak checker must cost a project nothing that it does not use, matplotlib least of all.
    if name in _HOMES:
        value = getattr(importlib.import_module(_HOMES[name]), name)
    elif name in __all__:
        value = importlib.import_module(f"{__name__}.{name}")
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = value
    return value
