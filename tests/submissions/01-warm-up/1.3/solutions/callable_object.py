"""`consume` is an object; each job has a context of its own."""

import contextvars


class Consumer:
    current = contextvars.ContextVar("job")

    async def __call__(self, jobs, handle):
        while True:
            job = await jobs.get()
            contextvars.copy_context().run(self._run, handle, job)

    def _run(self, handle, job):
        self.current.set(job)
        handle(job)


consume = Consumer()
