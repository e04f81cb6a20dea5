"""The property *stop ends it*: setting the event ends the threads in time, at whatever moment it is set.

    stop_ends(stop, worker.threads, "an idle worker", within=0.25)

It is set at the worst moment: just after a thread has begun to wait for longer than the limit.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from math import inf

from autograder.probes.threads.calls import EDGE
from autograder.probes.threads.moments import worst_moment
from autograder.probes.threads.started import runs, seconds_to_end
from autograder.probes.words import duration, require
from autograder.run.places import where
from autograder.run.threads import now


def stop_ends(
    stop: threading.Event,
    threads: Callable[[], Iterable[threading.Thread]],
    who: str,
    within: float = 0.25,
    watched: float = 1.0,
    then: Callable[[], object] = lambda: None,
) -> None:
    """Sets `stop` at the worst moment, calls `then`, and requires that all the threads end within so many seconds.

    `who` goes before "ended 300 ms after `stop` was set"; `then` may let go of what the threads have in hand. The worst
    moment is waited for as long as `watched`, in seconds.
    """
    worst_moment(longer_than=within, within=watched)
    began = now()
    stop.set()
    then()
    if seconds_to_end(threads, within + EDGE) < inf:
        return
    place = where(*filter(runs, threads()))
    how = f"ended {duration(now() - began)} after" if seconds_to_end(threads, 10 * within) < inf else "did not end when"
    require(False, f"setting `stop` ends it within {duration(within)}.", f"{who} {how} `stop` was set.", place)
