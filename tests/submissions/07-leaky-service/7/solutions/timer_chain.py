"""Flushes by a chain of timers, each of which starts the next; `close` leaves `stop` as it is."""

import threading
import time


class ServiceClosed(Exception):
    pass


class Service:
    def __init__(self, stop, *, sink=print, flush_interval=1.0):
        self.stop, self.sink, self.flush_interval = stop, sink, flush_interval
        self.lock = threading.Lock()
        self.changed = threading.Condition(self.lock)
        self.messages = []
        self.closed = False
        self.consumer = threading.Thread(target=self.consume)
        self.consumer.start()
        self.timer = self.next_timer()

    @property
    def over(self):
        return self.closed or self.stop.is_set()

    def next_timer(self):
        # Short steps: a timer that waits for a minute would not hear of `stop`.
        self.due = time.monotonic() + self.flush_interval
        timer = threading.Timer(min(self.flush_interval, 0.08), self.tick)
        timer.start()
        return timer

    def tick(self):
        due = self.due
        while time.monotonic() < due and not self.over:
            self.stop.wait(min(0.05, max(0, due - time.monotonic())))
        if self.over:
            return
        self.sink("flush")
        with self.lock:
            if not self.over:
                self.timer = self.next_timer()

    def submit(self, msg):
        with self.changed:
            while not self.over and len(self.messages) >= 30:
                self.changed.wait(0.05)
            if self.over:
                raise ServiceClosed
            self.messages.append(msg)
            self.changed.notify_all()

    def consume(self):
        while True:
            with self.changed:
                while not self.messages:
                    if self.over:
                        return
                    self.changed.wait(0.05)
                msg = self.messages.pop(0)
                self.changed.notify_all()
            time.sleep(0.01)
            self.sink(msg)

    def close(self):
        with self.changed:
            self.closed = True
            self.changed.notify_all()
            timer = self.timer
        timer.cancel()
        timer.join()
        self.consumer.join()
