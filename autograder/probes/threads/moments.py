"""The moment to act or to look: when something is so, and when it is worst to ask.

    until(lambda: len(process.calls) == 5, within=1.0)
    worst_moment(longer_than=0.25)
    stop.set()

To wait for a while is `time.sleep`, which is exact on virtual time.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from autograder.probes.threads.calls import PATIENCE, own_threads
from autograder.run import threads as engine
from autograder.run.threads import now, wait_of

_JUST = 0.001


def until(holds: Callable[[], Any], within: float = PATIENCE) -> bool:
    """Waits until `holds()` is true, at most so many seconds; returns whether it is.

    >>> until(lambda: 1 + 1 == 2)
    True
    """
    return engine.until(holds, within)


def worst_moment(longer_than: float, within: float | None = None) -> None:
    """Returns just after somebody has begun to wait for longer than that, if anybody does `within` so many seconds.

    By default that is twenty times as long.

    Whoever polls is then asked just after it has looked: it must not be lucky. Who waits without a timeout, or not
    at all, is asked `within` so many seconds from now, as the check's own threads do not count.
    """

    def has_just_begun(thread: threading.Thread) -> bool:
        wait = wait_of(thread)
        return wait is not None and (wait.timeout or 0) > longer_than and now() < wait.began + _JUST

    within = 20 * longer_than if within is None else within
    own = {threading.current_thread(), *own_threads()}
    until(lambda: any(has_just_begun(thread) for thread in threading.enumerate() if thread not in own), within)
