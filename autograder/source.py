"""What a learner hands in for one task: one module, or a tree of files of any kind, or both."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class Source:
    """A learner's source for one task.

    `files` maps names of Python files to their texts, and `main` is the one to import, empty where the task is all
    about `beside`: the files, of any kind, that the task declares, by their path beside the notebook. `untouched` says
    that all of it is still as it was given out. `problem`, if any, is why it cannot be judged.
    """

    main: str = ""
    files: Mapping[str, str] = field(default_factory=dict)
    untouched: bool = False
    problem: str = ""
    beside: Mapping[str, bytes] = field(default_factory=dict)

    def texts_beside(self) -> dict[str, str]:
        """Return the Python files beside the notebook, as text."""
        return {name: data.decode(errors="replace") for name, data in self.beside.items() if name.endswith(".py")}

    def to_json(self) -> dict[str, Any]:
        """Return what JSON can hold of it: bytes are in base64."""
        return {**asdict(self), "beside": {name: b64encode(data).decode() for name, data in self.beside.items()}}

    @classmethod
    def from_json(cls, fields: Mapping[str, Any]) -> Source:
        """Return the source that `to_json` was called on."""
        beside = {name: b64decode(text) for name, text in fields.get("beside", {}).items()}
        return cls(**{**fields, "beside": beside})
