"""Real time for calls into C that wait: whoever is stuck in one is let go, and the others run meanwhile.

A timer's signal looks, in the main thread, which is the judge's: it mostly waits at its gate, where signals are
handled. A thread for it would be one that leak checks can see.
"""

from __future__ import annotations

import os
import signal
import sys
from typing import Any

from autograder.run.threads import real
from autograder.run.threads.kernel import Fiber, kernel

STUCK = 0.1
"""Real seconds without a step and without a processor after which a thread counts as stuck in a call."""

_seen: Any = None
_since = 0.0
_busy_then = 0.0


def start() -> None:
    """Looks from now on, in this process."""
    # One thread runs at a time anyway: no need for the interpreter to interrupt it.
    sys.setswitchinterval(STUCK)
    signal.signal(signal.SIGALRM, _look)
    signal.setitimer(signal.ITIMER_REAL, STUCK / 2, STUCK / 2)


def _look(*_: Any) -> None:
    stuck = _stuck()
    if stuck is kernel.judge:
        # This very thread is in the call: the others cannot be let run from here, but the time counts.
        kernel.stuck_since, kernel.next_event = _since, 0.0
    elif stuck is not None:
        kernel.let_go(stuck)


def _stuck() -> Fiber | None:
    """The thread whose turn it is, if it has neither taken a step nor used a processor for too long."""
    global _seen, _since, _busy_then
    fiber = kernel.current
    # Others may run meanwhile: what counts is as they are after it. Nothing here is a step.
    now, busy = real.monotonic(), _busy(fiber)
    state = (kernel.now, kernel.switches, kernel.current.number)
    if state != _seen or kernel.inside:
        _seen, _since, _busy_then = state, now, busy
        return None
    return fiber if now > _since + STUCK and busy - _busy_then < (now - _since) / 4 else None


def _busy(fiber: Fiber) -> float:
    """Real seconds for which a thread has had a processor, or waited for one."""
    try:
        descriptor = os.open(f"/proc/self/task/{fiber.native}/schedstat", os.O_RDONLY)
    except OSError:
        return 0.0  # not Linux
    try:
        had, waited, _ = real.read(descriptor, 100).split()
    except OSError:
        return 0.0  # it has ended meanwhile
    finally:
        os.close(descriptor)
    return (int(had) + int(waited)) / 1e9
