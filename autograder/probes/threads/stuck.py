"""Whether all threads get on, and why they do not: a deadlock, or starvation; and whether a lock can be had.

    calls = at_once(*[(solution.enqueue, job, dispatch) for job in jobs])
    all_return(calls, "all jobs are sent", within=60)

In a deadlock nobody will ever go on. The starved wait for others that do, and never get their turn.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from autograder.probes.threads.calls import Call
from autograder.probes.threads.moments import until
from autograder.probes.words import count, require
from autograder.run.places import where
from autograder.run.threads import wait_of
from autograder.verdict import Failed


def all_return(calls: Sequence[Call], expected: str, within: float, also: Callable[[], str] = str) -> None:
    """Requires that all calls return within so many seconds, and none raises; a `Failed` of theirs comes out as it is.

    `expected` goes before ", without a deadlock."; `also` is said, before how many do not end, where some do not.
    """
    until(lambda: all(call.done for call in calls) or any(call.error for call in calls), within)
    for call in calls:
        if isinstance(call.error, Failed):
            raise call.error
        require(not call.error, f"{expected}.", f"`{call.name}` {call.ending}.", call.place)
    if stuck := [call for call in calls if not call.done]:
        places = "; ".join(dict.fromkeys(filter(None, (where(call.thread) for call in stuck))))
        seen = f"{_why_stuck(stuck)}. {also()}{count(len(stuck), 'thread')} did not end."
        raise Failed(f"{expected}, without a deadlock.", seen, places)


def _why_stuck(calls: Sequence[Call]) -> str:
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
