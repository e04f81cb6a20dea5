"""A subclass of Thread that pings at once."""

from threading import Event, Thread, active_count
from time import sleep


class Heartbeat(Thread):
    """Is a thread itself; pings at once."""

    def __init__(self, ping, interval, stop=None):
        super().__init__(daemon=True)
        self.ping, self.interval = ping, interval
        self.stopped = stop or Event()
        self.start()

    def run(self):
        while not self.stopped.is_set():
            self.ping()
            self.stopped.wait(self.interval)

    def close(self):
        self.stopped.set()
        self.join()


def test_heartbeat():
    count = active_count()
    pings = []
    heartbeat = Heartbeat(ping=lambda: pings.append(1), interval=0.005)
    sleep(0.05)
    heartbeat.close()
    assert active_count() == count, "a thread remains"
    assert pings
