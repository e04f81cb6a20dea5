"""Why threads do not get on: a deadlock, or starvation; and whether a lock can be had.

    if stuck := [call for call in calls if not call.done]:
        raise Failed("all jobs are done.", f"{why_stuck(stuck)}.", *[call.place for call in stuck[:1]])

In a deadlock nobody will ever go on. The starved wait for others that do, and never get their turn.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from autograder.probes.threads.calls import Call
from autograder.run.threads import wait_of


def why_stuck(calls: Sequence[Call]) -> str:
    """Says why calls that have not ended are stuck, in words."""
    waits = [wait_of(call.thread) for call in calls]
    if all(wait is not None and wait.timeout is None for wait in waits):
        return "a deadlock: each waits for what another one holds"
    return "no deadlock, but nobody gets on: some wake again and again, and who could end that never gets its turn"


def is_free(lock: Any, within: float = 0.0) -> bool:
    """Whether the calling thread can have the lock, at the latest so many seconds from now; it lets it go again.

    >>> import threading
    >>> is_free(threading.Lock())
    True
    """
    got = lock.acquire(timeout=within) if within else lock.acquire(False)
    if got:
        lock.release()
    return got
