# fails: 1.3a
"""Takes the newest of what is there and drops the rest."""


async def consume(jobs, handle):
    while True:
        job = await jobs.get()
        handle(job)
        while not jobs.empty():
            jobs.get_nowait()
