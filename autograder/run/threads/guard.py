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
_then = (0.0, 0.0)


def start() -> None:
    """Looks from now on, in this process."""
    # One thread runs at a time anyway: no need for the interpreter to interrupt it.
    sys.setswitchinterval(STUCK)
    signal.signal(signal.SIGALRM, _look)
    signal.setitimer(signal.ITIMER_REAL, STUCK / 2, STUCK / 2)


def stop() -> None:
    """Looks no more: what this process waits for is no business of the judge's."""
    signal.setitimer(signal.ITIMER_REAL, 0)


def _look(*_: Any) -> None:
    stuck = _stuck()
    if stuck is kernel.judge:
        # This very thread is in the call: the others cannot be let run from here, but the time counts.
        kernel.stuck_since, kernel.next_event = _since, 0.0
    elif stuck is not None:
        kernel.let_go(stuck)


def _stuck() -> Fiber | None:
    """The thread whose turn it is, if it has slept below the kernel for too long."""
    global _seen, _since, _then
    fiber = kernel.current
    # Others may run meanwhile: what counts is as they are after it. Nothing here is a step.
    now, processor, sleeps = real.monotonic(), (0.0, 0.0), None
    if fiber is kernel.judge:
        processor = _processor(fiber)
    else:
        sleeps = _sleeps(fiber)
    state = (kernel.now, kernel.switches, kernel.current.number, sleeps)
    # One that is ready has the turn, and waits for a processor or for the real end of who had it before.
    if state != _seen or kernel.inside or kernel.current.state != "running":
        _seen, _since, _then = state, now, processor
        return None
    if fiber is not kernel.judge:
        return fiber if sleeps and now > _since + STUCK else None
    had, waited = (total - before for total, before in zip(processor, _then, strict=True))
    # On a busy machine each look waits for a processor first: neither sleep nor work.
    rest = now - _since - waited
    return fiber if rest > STUCK and had < rest / 4 else None


def _sleeps(fiber: Fiber) -> Any:
    """How often a thread has had a processor, if it sleeps now; None if it runs, or waits for a processor."""
    # Not by the time for which it has waited: that is counted only when it gets its turn.
    state = _proc(fiber, "stat").rpartition(b")")[2].split()[:1]
    return (_proc(fiber, "schedstat").split() or [b"0"])[-1] if state in ([b"S"], []) else None


def _processor(fiber: Fiber) -> tuple[float, float]:
    """Real seconds for which a thread has had a processor, and for which it has waited for one."""
    had, waited, *_ = [*_proc(fiber, "schedstat").split(), b"0", b"0"]
    return int(had) / 1e9, int(waited) / 1e9


def _proc(fiber: Fiber, file: str) -> bytes:
    try:
        descriptor = os.open(f"/proc/self/task/{fiber.native}/{file}", os.O_RDONLY)
    except OSError:
        return b""  # not Linux
    try:
        return real.read(descriptor, 1000)
    except OSError:
        return b"0"  # it has just ended
    finally:
        os.close(descriptor)
