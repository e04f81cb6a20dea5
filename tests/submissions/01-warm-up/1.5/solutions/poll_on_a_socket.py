"""A pipe to wake it, and 100 ms looks at the caller's event."""

import select
import socket
import threading
import time


class Heartbeat:
    def __init__(self, ping, interval, stop=None):
        self._in, self._out = socket.socketpair()
        self._stop = stop
        self._thread = threading.Thread(target=self._run, args=(ping, interval))
        self._thread.start()
        self._lock = threading.Lock()

    def _run(self, ping, interval):
        poll = select.poll()
        poll.register(self._in, select.POLLIN)
        due = time.monotonic() + interval
        while not (self._stop is not None and self._stop.is_set()):
            if poll.poll(max(0, min(100, (due - time.monotonic()) * 1000))):
                return
            if time.monotonic() >= due:
                ping()
                due += interval

    def close(self):
        with self._lock:
            if self._out.fileno() >= 0:
                self._out.send(b"x")
                self._thread.join()
                self._out.close()
                self._in.close()


def test_heartbeat():
    before = set(threading.enumerate())
    heartbeat = Heartbeat(lambda: None, 0.01)
    time.sleep(0.05)
    heartbeat.close()
    assert set(threading.enumerate()) <= before
