"""What `threading.Lock()` makes, `queue.SimpleQueue`, and the marks of a thread's end.

All else in `threading`, `queue` and `concurrent.futures` is the standard library's own Python, built on these.
"""

from __future__ import annotations

import queue
import sys
from collections import deque
from collections.abc import Callable
from typing import Any

from autograder.run.threads.kernel import Fiber, kernel


class Lock:
    __slots__ = ("__weakref__", "_locked", "_waiting")

    def __init__(self) -> None:
        self._locked = False
        self._waiting: deque[Fiber] = deque()

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:
        if not isinstance(timeout, int | float):
            raise TypeError(f"'{type(timeout).__name__}' object cannot be interpreted as an integer or float")
        if not blocking and timeout != -1:
            raise ValueError("can't specify a timeout for a non-blocking call")
        if timeout < 0 and timeout != -1:
            raise ValueError("timeout value must be a non-negative number")
        kernel.step()
        if not self._locked:
            return self._taken()
        if not blocking or timeout == 0:
            return False
        until = None if timeout < 0 else kernel.now + timeout
        me = kernel.current
        while True:
            self._waiting.append(me)
            if not kernel.block(None if until is None else until - kernel.now):
                if me in self._waiting:
                    self._waiting.remove(me)
                return False
            if not self._locked:  # another may have been quicker
                return self._taken()

    def _taken(self) -> bool:
        self._locked = True
        if kernel.recorder:
            kernel.recorder.holds(kernel.current.number, self, sys._getframe(2))
        return True

    def release(self) -> None:
        kernel.rejoin()
        if not self._locked:
            raise RuntimeError("release unlocked lock")
        self._locked = False
        if kernel.recorder:
            kernel.recorder.lets_go(self)
        kernel.wake_one(self._waiting)
        kernel.step()

    def release_quietly(self) -> None:
        """Wakes all who wait, without a switch."""
        if self._locked:
            self._locked = False
            while self._waiting:
                kernel.wake(self._waiting.popleft())

    def locked(self) -> bool:
        return self._locked

    def __enter__(self) -> bool:
        return self.acquire()

    def __exit__(self, *error: object) -> None:
        self.release()

    def __reduce__(self) -> Any:
        raise TypeError("cannot pickle '_thread.lock' object")

    acquire_lock, release_lock, locked_lock = acquire, release, locked

    def _at_fork_reinit(self) -> None:
        self.__init__()  # type: ignore[misc]

    def __repr__(self) -> str:
        return f"<{'locked' if self._locked else 'unlocked'} _thread.lock object at {id(self):#x}>"


class SimpleQueue:
    """Like the one in C it may be put to from a finalizer, in the middle of a `get` of the same thread: no lock."""

    def __init__(self) -> None:
        self._items: deque[Any] = deque()
        self._waiting: deque[Fiber] = deque()

    def put(self, item: Any, block: bool = True, timeout: float | None = None) -> None:
        kernel.rejoin()
        self._items.append(item)
        kernel.wake_one(self._waiting)
        kernel.step()

    def get(self, block: bool = True, timeout: float | None = None) -> Any:
        if block and timeout is not None and timeout < 0:
            raise ValueError("'timeout' must be a non-negative number")
        kernel.step()
        until = None if timeout is None else kernel.now + timeout
        while not self._items:
            if not block:
                raise queue.Empty
            me = kernel.current
            self._waiting.append(me)
            if not kernel.block(None if until is None else max(0.0, until - kernel.now)):
                if me in self._waiting:
                    self._waiting.remove(me)
                raise queue.Empty
        return self._items.popleft()

    def put_nowait(self, item: Any) -> None:
        self.put(item)

    def get_nowait(self) -> Any:
        return self.get(False)

    def empty(self) -> bool:
        return not self._items

    def qsize(self) -> int:
        return len(self._items)

    __class_getitem__ = classmethod(type(list[int]))  # type: ignore[var-annotated]


def set_sentinel() -> Lock:
    """Until 3.12: the lock that is released when the calling thread has ended."""
    lock = Lock()
    kernel.current.end_markers.append(lock)
    return lock


class ThreadHandle:
    """From 3.13: knows whether a thread has ended."""

    def __init__(self) -> None:
        self.ident = 0
        self._ended = Lock()

    def is_done(self) -> bool:
        return not self._ended.locked()

    def _set_done(self) -> None:
        self._ended.release_quietly()

    def join(self, timeout: float | None = None) -> None:
        if self._ended.acquire(True, -1 if timeout is None or timeout < 0 else timeout):
            self._ended.release()


def start_joinable_thread(
    function: Callable[[], Any], *, handle: ThreadHandle | None = None, daemon: bool = True
) -> ThreadHandle:
    handle = handle or ThreadHandle()
    handle._ended.acquire(False)

    handle.ident = kernel.start(_Joinable(function, handle))
    return handle


class _Joinable:
    def __init__(self, function: Callable[[], Any], handle: ThreadHandle) -> None:
        self._function, self._handle = function, handle
        self.__self__ = getattr(function, "__self__", None)  # the thread that it belongs to

    def __call__(self) -> None:
        kernel.current.end_markers.append(self._handle._ended)
        self._function()
