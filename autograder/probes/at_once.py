"""Several scenes of a check at once, with the verdict that one after the other would give.

    await at_once(scene(1), scene(2))

Where both fail, what scene 1 raised is raised, whichever was sooner.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any


async def at_once(*scenes: Coroutine[Any, Any, Any]) -> None:
    """Runs all to their end, then raises what the first of them, in their order here, has raised, if any did."""
    outcomes = await asyncio.gather(*scenes, return_exceptions=True)
    for outcome in outcomes:
        if isinstance(outcome, BaseException):
            raise outcome
