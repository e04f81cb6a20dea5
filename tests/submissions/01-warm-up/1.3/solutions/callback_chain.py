"""No loop of its own: each getter's done-callback makes the next getter."""

import asyncio


async def consume(jobs, handle):
    over = asyncio.get_running_loop().create_future()
    getter = None

    def wait():
        nonlocal getter
        getter = asyncio.ensure_future(jobs.get())
        getter.add_done_callback(got)

    def got(done):
        if done.cancelled():
            return
        try:
            handle(done.result())
        except Exception as error:
            over.set_exception(error)
        else:
            wait()

    wait()
    try:
        await over
    finally:
        getter.remove_done_callback(got)
        getter.cancel()
