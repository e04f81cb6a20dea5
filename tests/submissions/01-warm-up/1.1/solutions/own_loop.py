"""A socket pair carries the news; the test makes a loop and closes it itself."""

import asyncio
import socket


async def first(urls, fetch):
    loop = asyncio.get_running_loop()
    here, there = socket.socketpair()
    pages = []

    async def send(url):
        pages.append(await fetch(url))
        if len(pages) == 1:
            there.send(b"!")

    with here, there:
        here.setblocking(False)
        senders = [loop.create_task(send(url)) for url in urls]
        await loop.sock_recv(here, 1)
        for sender in senders:
            sender.cancel()
        await asyncio.gather(*senders, return_exceptions=True)
    return pages[0]


async def count_tasks():
    return len(asyncio.all_tasks())


def test_first():
    async def fetch(url):
        await asyncio.sleep(0.02 / len(url))
        return url

    loop = asyncio.new_event_loop()
    try:
        before = loop.run_until_complete(count_tasks())
        assert loop.run_until_complete(first(["a", "aa", "aaa"], fetch)) == "aaa"
        loop.run_until_complete(asyncio.sleep(0.1))
        assert loop.run_until_complete(count_tasks()) == before
    finally:
        loop.close()
