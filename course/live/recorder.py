"""Recording a run: the thread that takes the samples, and draws."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import perf_counter as _clock
from time import process_time as _process_time
from time import thread_time as _thread_time

from course.kept.runs import keep_run
from course.live.census import Census, own_threads, running_loop
from course.live.history import BUDGET, FRAME, INTERVAL, Lost, Sample
from course.live.losses import Losses
from course.live.run import Run


class Recorder:
    """Fills a `Run` from a thread of its own, from `start()` to `close()`.

    In that thread it calls `draw` about every `FRAME` seconds. The baseline is what is alive when the recorder is made.
    `budget()` is the share of a core that sampling and drawing may take; where they would take
    more, they slow down, and `run.sample_every` and `run.frame_every` say to what.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop | None,
        draw: Callable[[], None] | None = None,
        budget: Callable[[], float] = lambda: BUDGET,
    ):
        self.run = Run()
        self._draw, self._budget = draw, budget
        self._start = _clock()
        self._census = Census(loop)
        self._losses = Losses(loop, lambda name: self.run.lost.append(Lost(self.now(), name)), heard=draw is not None)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._record, name="course.live", daemon=True)
        own_threads.add(self._thread)
        self._sample(0.0)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def now(self) -> float:
        """Seconds since the run began."""
        return _clock() - self._start

    def look(self) -> None:
        """Bring `run.left` up to date."""
        self.run.left = self._census.groups()

    def close(self) -> None:
        """Stop, take a last sample, leave nothing behind. May be called twice, in any thread but the recorder's."""
        if self._stop.is_set():
            return
        self._stop.set()
        self._thread.join()
        self._sample(0.0)
        self.run.ended = True
        self.look()
        self._losses.close()
        self._census.close()

    def _record(self) -> None:
        sampling, drawing = _Cost(), _Cost()
        clock, busy, own = _clock(), _process_time(), _thread_time()
        due = frame_due = self.now()
        while not self._stop.is_set():
            before = clock, busy, own
            clock, busy, own = _clock(), _process_time(), _thread_time()
            others = busy - before[1] - (own - before[2])
            self._sample(others / (clock - before[0]) if others > 0 else 0.0)
            sampling.add(_thread_time() - own)
            if self._draw is not None and self.now() >= frame_due:
                used = _thread_time()
                self._draw()
                drawing.add(_thread_time() - used)
                frame_due = max(frame_due + self.run.frame_every, self.now())
            self.run.sample_every, self.run.frame_every = _pace(sampling.mean, drawing.mean, self._budget())
            due = max(due + self.run.sample_every, self.now())
            self._stop.wait(due - self.now())

    def _sample(self, cpu: float) -> None:
        samples = self.run.samples
        samples.append(Sample(self.now(), *self._census.count(), cpu))
        if len(samples) > _MOST_SAMPLES:
            samples[: _MOST_SAMPLES // 2] = _thinned(samples[: _MOST_SAMPLES // 2])


_SLOWEST = 60  # A frame in twelve seconds.
_MOST_SAMPLES = 12_000  # Ten minutes at full pace; of older ones only every other is kept.


def _pace(sample: float, frame: float, budget: float) -> tuple[float, float]:
    """Seconds between two samples and between two frames that take so many seconds each, to stay in the budget.

    Where there are too many of both, samples become rarer first, but there is one for every frame.
    """
    left = budget - frame / FRAME
    rarest = FRAME / INTERVAL
    rarer = min(max(1.0, sample / INTERVAL / left), rarest) if left > 0 else rarest
    slower = min(max(1.0, (sample / (INTERVAL * rarer) + frame / FRAME) / budget), _SLOWEST)
    return INTERVAL * rarer * slower, FRAME * slower


def _thinned(samples: list[Sample]) -> list[Sample]:
    """Half of the samples: of two neighbours the one with more alive, so that no leak is thinned away."""
    pairs = zip(samples[::2], samples[1::2], strict=True)
    return [max(pair, key=lambda sample: sample.tasks + sample.threads) for pair in pairs]


class _Cost:
    """The processor time of something done again and again: a mean in which the last twenty or so count most."""

    def __init__(self):
        self._times, self.mean = 0, 0.0

    def add(self, seconds: float) -> None:
        self._times += 1
        if self._times > 1:  # The first time loads modules and fills caches.
            self.mean += (seconds - self.mean) / min(self._times - 1, 20)


@contextmanager
def record() -> Iterator[Run]:
    """Record what appears while the block runs: `with live.record() as run: ...`.

    Counts are above what was alive at the block's start: the tasks of the event loop that runs here (none, if none
    runs) and all threads. Leave time in the block for what should end: the record ends with it.
    """
    recorder = Recorder(running_loop())
    recorder.start()
    try:
        yield recorder.run
    finally:
        recorder.close()
        keep_run(recorder.run)
