# fails: 1.3a 1.3b 1.3c
"""Waits with join(), which does not wait while nothing is unfinished."""


async def consume(jobs, handle):
    while True:
        await jobs.join()
        while not jobs.empty():
            handle(jobs.get_nowait())
            jobs.task_done()
