"""The worker is an event loop; a thread of its executor waits for the job."""

import asyncio
import queue
import threading
from functools import partial


class Worker:
    def __init__(self, jobs, process, stop):
        self._jobs, self._process, self._stop = jobs, process, stop
        self._thread = threading.Thread(target=lambda: asyncio.run(self._work()), name="loop")
        self._thread.start()

    async def _work(self):
        loop = asyncio.get_running_loop()
        while not self._stop.is_set():
            try:
                job = await loop.run_in_executor(None, partial(self._jobs.get, timeout=0.05))
            except queue.Empty:
                continue
            self._process(job)

    def stop(self):
        self._stop.set()
        self._thread.join()


def start_worker(jobs: queue.Queue, process, stop: threading.Event) -> Worker:
    return Worker(jobs, process, stop)
