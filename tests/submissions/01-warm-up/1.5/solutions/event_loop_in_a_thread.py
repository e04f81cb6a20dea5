"""Ticks in an event loop, in which the caller's event is looked at every 50 ms."""

import asyncio
import threading
import time
from unittest import mock


class Heartbeat:
    def __init__(self, ping, interval, stop: threading.Event | None = None):
        self._stop = stop or threading.Event()
        self._thread = threading.Thread(target=asyncio.run, args=(self._beat(ping, interval),))
        self._thread.start()

    async def _beat(self, ping, interval):
        loop = asyncio.get_running_loop()
        due = loop.time()
        while not self._stop.is_set():
            left = due - loop.time()
            if left > 0:
                await asyncio.sleep(min(left, 0.05))
            else:
                ping()
                due = loop.time() + interval

    def close(self):
        self._stop.set()
        self._thread.join()


def test_heartbeat():
    ping = mock.Mock()
    before = threading.enumerate()
    heartbeat = Heartbeat(ping, 0.02)
    time.sleep(0.05)
    heartbeat.close()
    assert threading.enumerate() == before
    ping.assert_called()
