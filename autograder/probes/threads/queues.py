"""A real queue that can be watched, and made to break, by who passes it to learners' code.

    dispatch = WatchedQueue(1, accept=breaks)
    solution.enqueue("job", dispatch)

What it calls runs in the thread of the learner's that puts, and takes its time there.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from typing import Any


class WatchedQueue(queue.Queue):
    """Calls `before_put` and `after_put` around each put, and in between, once there is room, `accept`.

    What that one raises comes out of the put. `takers` are the threads that have taken from it, in the order in which
    each did so first.

    >>> seen = []
    >>> jobs = WatchedQueue(before_put=seen.append)
    >>> jobs.put("job"), jobs.get(), seen
    (None, 'job', ['job'])
    """

    def __init__(
        self,
        maxsize: int = 0,
        *,
        before_put: Callable[[Any], object] = lambda item: None,
        accept: Callable[[Any], object] = lambda item: None,
        after_put: Callable[[Any], object] = lambda item: None,
    ) -> None:
        super().__init__(maxsize)
        self.takers: dict[threading.Thread, None] = {}
        self._before_put, self._accept, self._after_put = before_put, accept, after_put

    def put(self, item: Any, block: bool = True, timeout: float | None = None) -> None:
        self._before_put(item)
        try:
            super().put(item, block, timeout)
        finally:
            self._after_put(item)

    def get(self, block: bool = True, timeout: float | None = None) -> Any:
        self.takers[threading.current_thread()] = None
        return super().get(block, timeout)

    def _put(self, item: Any) -> None:
        self._accept(item)
        super()._put(item)
