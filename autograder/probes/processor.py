"""What share of a processor learners' code uses, on real time: for what is judged by processor time.

    share = idle_share(limit=0.05)      # of all threads but the one that asks
    if share >= 0.05: ... busiest_line()

On virtual time it is counted instead, see `tasks.WakeUps`.
"""

from __future__ import annotations

import contextlib
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import NamedTuple

from autograder.run.places import line_of

_WINDOW = 0.12
"""Seconds over which the processor time is taken."""

_BEGINNING = 0.5
_LONGEST_BEGINNING = 2.5
"""Seconds of processor time, and of time where the machine is busy, after which only a spinner is still at work."""

_PATIENCE = 1.0

_WAKE_UPS = 20
_WAKE_UP_EVERY = 0.005
"""How many wake-ups show what one takes here, and the seconds between them: as polling near the limit has them."""

_WAKE_UP_COSTS = 50e-6
"""Seconds of processor time that an event loop with nothing else to do takes for a wake-up, where waking is cheap."""

_DEAREST = 2
"""How many times as dear a wake-up may be before no more is allowed for it; a spinner is far above the limit still."""

_SAMPLES = 100


def idle_share(limit: float, watch: Callable[[], None] = lambda: None) -> float:
    """The share of a processor that the other threads use when they have settled, from 0 to 1.

    It is the first that is below `limit`, or else the median of several.
    What idles may have to begin with something else, an import for example; what spins always spins. `watch` is called
    before each look, and may raise. A share that is due to wake-ups being dear on this machine is said to be less.
    """
    shares = []
    start, used = time.monotonic(), time.process_time()
    while time.process_time() - used < _BEGINNING and time.monotonic() - start < _LONGEST_BEGINNING:
        watch()
        shares.append(_share(limit))
        if shares[-1] < limit:
            return shares[-1]
    return median(shares) / _dearness()


def busiest_line() -> str:
    """The learner's line that threads other than this one are in most often, in words."""
    sys.setswitchinterval(0.0001)  # or else a spinner gives way at the same few lines only
    seen: Counter[str] = Counter()
    for _ in range(_SAMPLES):
        time.sleep(0.001)
        for ident, top in sys._current_frames().items():
            frame = None if ident == threading.get_ident() else top
            while frame and not (place := line_of(frame)):
                frame = frame.f_back
            if frame:
                seen[place] += 1
    return seen.most_common(1)[0][0] if seen else ""


def kept_waiting(thread: threading.Thread | None = None) -> float:
    """Seconds for which a thread, or the one that asks, was kept from a processor by others. Known on Linux only."""
    native_id = threading.get_native_id() if thread is None else thread.native_id
    with contextlib.suppress(OSError, ValueError):
        return int(Path(f"/proc/self/task/{native_id}/schedstat").read_text().split()[1]) / 1e9
    return 0.0


def _share(limit: float) -> float:
    """The share over one window.

    A thread may be kept from the processor by other work: what counts is what it uses of the time in which it is not.
    """
    used, before, start = _used(), _schedule(), time.monotonic()
    time.sleep(_WINDOW)
    while True:
        elapsed = time.monotonic() - start
        queued = _threads_run()
        now = _schedule()
        share = max((_used() - used) / elapsed, sum(now[it].share(before[it], elapsed) for it in now.keys() & before))
        if share >= limit or elapsed > _PATIENCE or not queued:
            return share
        time.sleep(0.010)  # how long a thread has waited is counted when it gets its turn


def _dearness() -> float:
    """How many times as much processor time a wake-up takes as where waking is cheap.

    Inside a sandbox, or on a machine that is busy, it takes several times as much.
    """
    used = time.thread_time()
    for _ in range(_WAKE_UPS):
        time.sleep(_WAKE_UP_EVERY)
    return min(max((time.thread_time() - used) / _WAKE_UPS / _WAKE_UP_COSTS, 1), _DEAREST)


def _used() -> float:
    """Seconds of processor time that other threads than this one have used, ended ones as well."""
    return time.process_time() - time.thread_time()


class _Scheduled(NamedTuple):
    """Seconds for which a thread has run, and has waited for a processor."""

    ran: float
    waited: float

    def share(self, before: _Scheduled, elapsed: float) -> float:
        """The share of a processor that it has used since then, of the time in which it did not wait for one."""
        ran, waited = self.ran - before.ran, self.waited - before.waited
        return ran / max(elapsed - waited, ran) if ran else 0.0


def _schedule() -> dict[int, _Scheduled]:
    """How the other threads than this one were scheduled so far, by their native identifiers. Known on Linux only."""
    threads = {}
    for thread in Path("/proc/self/task").glob("*"):
        if thread.name != str(threading.get_native_id()):
            with contextlib.suppress(OSError, ValueError):
                ran, waited, _ = (thread / "schedstat").read_text().split()
                threads[int(thread.name)] = _Scheduled(int(ran) / 1e9, int(waited) / 1e9)
    return threads


def _threads_run() -> bool:
    """Whether any other thread than this one runs or would if it could. Known on Linux only."""
    own = str(threading.get_native_id())
    return any(_is_running(thread) for thread in Path("/proc/self/task").glob("*") if thread.name != own)


def _is_running(thread: Path) -> bool:
    with contextlib.suppress(OSError):
        return (thread / "stat").read_bytes().rpartition(b")")[2].split()[0] == b"R"
    return False
