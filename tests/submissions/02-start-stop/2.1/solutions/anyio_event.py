"""anyio's clock and event: each worker strikes itself off when it ends, and the last one sets the event."""

import anyio


class LoopRunner:
    def __init__(self, parent, interval, *fns):
        self._closing = False
        self._gone = anyio.Event()
        self._running = set()
        for fn in fns:
            task = parent.create_task(self._run(interval, fn))
            self._running.add(task)
            task.add_done_callback(self._note)
        self._note(None)

    def _note(self, task):
        self._running.discard(task)
        if not self._running:
            self._gone.set()

    async def close(self):
        if not self._closing:
            self._closing = True
            for task in tuple(self._running):
                task.cancel()
        await self._gone.wait()

    async def _run(self, interval, fn):
        due = anyio.current_time() + interval
        while True:
            await anyio.sleep_until(due)
            await fn()
            due = max(due + interval, anyio.current_time())
