"""The notebook that code runs in: its shell, and which cell it is."""

from __future__ import annotations

from typing import Any


def shell() -> Any:
    """Return the shell of the notebook kernel that runs this code, or None."""
    try:
        from IPython import get_ipython
    except ImportError:
        return None
    found = get_ipython()
    return found if hasattr(found, "kernel") else None


def cell_id(shell: Any) -> str:
    """Return what names the cell that runs: the id that the notebook's page gives it, or else its message's."""
    parent = shell.get_parent()
    return (parent.get("metadata") or {}).get("cellId") or parent.get("header", {}).get("msg_id", "")
