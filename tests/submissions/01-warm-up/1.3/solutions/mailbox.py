"""A mailbox that callbacks of getter tasks fill, one getter after another, and an event."""

import asyncio
from collections import deque


class Mailbox:
    def __init__(self, jobs):
        self.jobs, self.inbox, self.event = jobs, deque(), asyncio.Event()
        self.getter = None

    def __enter__(self):
        self.next()
        return self

    def next(self, done=None):
        if done is not None:
            if done.cancelled():
                return
            self.inbox.append(done.result())
            self.event.set()
        self.getter = asyncio.ensure_future(self.jobs.get())
        self.getter.add_done_callback(self.next)

    def __exit__(self, *_):
        self.getter.cancel()


async def consume(jobs, handle):
    with Mailbox(jobs) as mailbox:
        while await mailbox.event.wait():
            mailbox.event.clear()
            while mailbox.inbox:
                handle(mailbox.inbox.popleft())
