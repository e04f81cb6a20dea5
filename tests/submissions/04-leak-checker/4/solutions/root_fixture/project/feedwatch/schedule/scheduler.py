"""Jobs at intervals."""

import logging
import threading
import time

log = logging.getLogger(__name__)


class Scheduler:
    """Runs jobs, each every so many seconds, in one thread. A job that raises is logged, and runs again next time."""

    def __init__(self, tick=5.0, clock=time.monotonic):
        self._tick = tick
        self._clock = clock
        self._lock = threading.Lock()
        self._jobs = {}
        self._stop = threading.Event()
        self._thread = None

    def every(self, seconds, name, job):
        """Adds a job, or replaces the one of that name; it is due at once."""
        with self._lock:
            self._jobs[name] = [self._clock(), seconds, job]

    def remove(self, name):
        with self._lock:
            self._jobs.pop(name, None)

    def start(self):
        self._thread = threading.Thread(target=self._run, name="scheduler", daemon=True)
        self._thread.start()

    def close(self):
        self._stop.set()
        if self._thread is not None:
            self._thread.join()

    def run_due(self):
        """Runs what is due now, and returns the names of what ran."""
        now = self._clock()
        with self._lock:
            due = [(name, entry) for name, entry in self._jobs.items() if entry[0] <= now]
        for name, entry in due:
            entry[0] = now + entry[1]
            try:
                entry[2]()
            except Exception:
                log.exception("job %s failed", name)
        return [name for name, _ in due]

    def _run(self):
        while not self._stop.is_set():
            self.run_due()
            self._stop.wait(self._tick)
