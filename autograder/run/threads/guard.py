"""Real time for calls into C that wait: whoever is stuck in one is let go, and the others run meanwhile.

A timer's signal looks, in the main thread, which is the judge's: it mostly waits at its gate, where signals are
handled. A thread for it would be one that leak checks can see.
"""

from __future__ import annotations

import signal
import sys
from typing import Any

from autograder.run.threads import real
from autograder.run.threads.kernel import Fiber, kernel

STUCK = 0.1
"""Real seconds without a step and without a processor after which a thread counts as stuck in a call."""

_seen: Any = None
_since = 0.0


def start() -> None:
    """Looks from now on, in this process."""
    # One thread runs at a time anyway: no need for the interpreter to interrupt it.
    sys.setswitchinterval(STUCK)
    signal.signal(signal.SIGALRM, _look)
    signal.setitimer(signal.ITIMER_REAL, STUCK / 2, STUCK / 2)


def _look(*_: Any) -> None:
    global _seen, _since
    fiber = kernel.current
    # Who waits for a processor or for the interpreter's lock gets time slices, or stands in line for them.
    state = (kernel.now, kernel.switches, fiber.number, _scheduled(fiber))
    if state != _seen or fiber is kernel.judge:
        _seen, _since = state, real.monotonic()
    elif real.monotonic() > _since + STUCK and not kernel.inside:
        kernel.let_go(fiber)


def _scheduled(fiber: Fiber) -> bytes:
    try:
        with open(f"/proc/self/task/{fiber.native}/schedstat", "rb") as file:
            return file.read()
    except OSError:
        return b""  # not Linux
