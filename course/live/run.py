"""A run: the samples taken while code runs, and the thread that takes them."""

import asyncio
import threading
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import perf_counter as _clock
from time import process_time as _process_time
from time import thread_time as _thread_time
from typing import TYPE_CHECKING, ClassVar

from course.live.census import Baseline, Census, Group, own_threads, running_loop, task_name

if TYPE_CHECKING:
    import pandas
    from matplotlib.figure import Figure

INTERVAL = 0.05
"""Seconds between two samples."""

BUDGET = 0.03
"""The share of one core that sampling and drawing may take together."""


@dataclass(frozen=True)
class Sample:
    """One look. `time` is in seconds since the run began, `cpu` the share of one core in use since the last look."""

    time: float
    tasks: int
    threads: int
    cpu: float


@dataclass
class Cell:
    """A notebook cell that ran: its execution number and when; `end` is None while it runs."""

    number: int
    start: float
    end: float | None = None


@dataclass(frozen=True)
class Lost:
    """A task that the garbage collector destroyed while it was pending."""

    time: float
    name: str


@dataclass
class Run:
    """What was seen: `samples`, the `cells` that ran meanwhile, the tasks that were `lost`, and what is `left`.

    Times are in seconds since the run began, counts are above the baseline. `left` is what was alive at the end.
    """

    samples: list[Sample] = field(default_factory=list)
    cells: list[Cell] = field(default_factory=list)
    lost: list[Lost] = field(default_factory=list)
    left: list[Group] = field(default_factory=list)
    stretch: int = 1  # How many times slower than wanted, to stay in the budget.

    @property
    def seconds(self) -> float:
        """How long the run has lasted so far."""
        return self.samples[-1].time if self.samples else 0.0

    def plot(self, title: str = "", *, ax=None) -> "Figure":
        """A matplotlib figure of the whole run, or the same drawn into `ax`."""
        from course.live.figure import draw

        return draw(self, title, ax)

    def to_frame(self) -> "pandas.DataFrame":
        """A table, one row a sample: `seconds`, `tasks`, `threads`, `cpu` and `lost` (so far)."""
        from course.live.figure import frame

        return frame(self)


class Recorder:
    """Fills a `Run` from a thread of its own, and calls `draw` about `1 / (INTERVAL * every)` times a second.

    `before` is the baseline; by default what is alive when the recorder starts.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop | None,
        before: Baseline | None = None,
        draw: Callable[[], None] | None = None,
        every: int = 4,
        budget: Callable[[], float] = lambda: BUDGET,
    ):
        self.run = Run()
        self._draw, self._every, self._budget = draw, every, budget
        self._start = _clock()
        self._census = Census(loop, before)
        self._losses = _Losses(loop, lambda name: self.run.lost.append(Lost(self.now(), name)))
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._record, name="course.live", daemon=True)
        own_threads.add(self._thread)
        self._sample(0.0)
        self._thread.start()

    def now(self) -> float:
        """Seconds since the run began."""
        return _clock() - self._start

    def close(self) -> None:
        """Stop, take a last sample, leave nothing behind. May be called twice, in any thread but the recorder's."""
        if self._stop.is_set():
            return
        self._stop.set()
        self._thread.join()
        self._sample(0.0)
        self.run.left = self._census.groups()
        self._losses.close()
        self._census.close()

    def look(self) -> None:
        """Bring `run.left` up to date."""
        self.run.left = self._census.groups()

    def _record(self) -> None:
        turn = 0
        due = self.now()
        clock, busy, own = _clock(), _process_time(), _thread_time()
        while not self._stop.is_set():
            before = clock, busy, own
            clock, busy, own = _clock(), _process_time(), _thread_time()
            passed, used = clock - before[0], own - before[2]
            self._sample((busy - before[1] - used) / passed if passed > 0 else 0.0)
            self._keep_budget(used, passed)
            turn += 1
            if self._draw is not None and turn % self._every == 0:
                self._draw()
            due = max(due + INTERVAL * self.run.stretch, self.now())
            self._stop.wait(due - self.now())

    def _sample(self, cpu: float) -> None:
        self.run.samples.append(Sample(self.now(), *self._census.count(), max(cpu, 0.0)))

    def _keep_budget(self, used: float, passed: float) -> None:
        pass


class _Losses:
    """Hears of the loop's tasks that are destroyed while pending: they tell the loop's exception handler.

    However many listen, the loop's method is wrapped once, and unwrapped when the last has closed.
    """

    _listening: ClassVar[weakref.WeakKeyDictionary] = weakref.WeakKeyDictionary()  # loop: [_Losses]

    def __init__(self, loop: asyncio.AbstractEventLoop | None, tell: Callable[[str], None]):
        self._loop, self._tell = loop, tell
        if loop is None:
            return
        listeners = self._listening.setdefault(loop, [])
        listeners.append(self)
        if len(listeners) == 1:
            handle = loop.call_exception_handler

            def hear(context: dict) -> None:
                task = context.get("task")
                if isinstance(task, asyncio.Task) and "destroyed" in context.get("message", ""):
                    for losses in listeners:
                        losses._tell(task_name(task))
                handle(context)

            loop.call_exception_handler = hear

    def close(self) -> None:
        if self._loop is None:
            return
        listeners = self._listening[self._loop]
        listeners.remove(self)
        if not listeners:
            del self._loop.call_exception_handler
            del self._listening[self._loop]


@contextmanager
def record() -> Iterator[Run]:
    """Record what appears while the block runs: `with live.record() as run: ...`.

    Counts are above what was alive at the block's start: the tasks of the event loop that runs here (none, if none
    runs) and all threads. Leave time in the block for what should end: the record ends with it.
    """
    recorder = Recorder(running_loop())
    try:
        yield recorder.run
    finally:
        recorder.close()
