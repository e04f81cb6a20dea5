"""A `queue.Queue`; `submit` tries to put under a lock, and whoever closes delivers what is left."""

import queue
import threading
from time import sleep


class ServiceClosed(RuntimeError):
    pass


class Service:
    def __init__(self, stop, *, sink=print, flush_interval=1.0):
        self.stop = stop
        self.sink = sink
        self.flush_interval = flush_interval
        self.messages = queue.Queue(maxsize=10)
        self.submitting = threading.Lock()
        self.closing = threading.Lock()
        self.consumer = threading.Thread(target=self.consume, daemon=True)
        self.flusher = threading.Thread(target=self.flush, daemon=True)
        self.consumer.start()
        self.flusher.start()

    def submit(self, msg):
        while True:
            with self.submitting:
                if self.stop.is_set():
                    raise ServiceClosed
                try:
                    self.messages.put_nowait(msg)
                    return
                except queue.Full:
                    pass
            self.stop.wait(0.01)

    def close(self):
        with self.submitting:  # whoever is in there has put its message; whoever comes now sees `stop`
            self.stop.set()
        self.consumer.join()
        self.flusher.join()
        with self.closing:
            while not self.messages.empty():
                self.deliver(self.messages.get())

    def deliver(self, msg):
        sleep(0.01)
        self.sink(msg)

    def consume(self):
        while not self.stop.is_set():
            try:
                msg = self.messages.get(timeout=0.05)
            except queue.Empty:
                continue
            self.deliver(msg)

    def flush(self):
        import time

        due = time.monotonic() + self.flush_interval
        while not self.stop.wait(max(0, due - time.monotonic())):
            self.sink("flush")
            due += self.flush_interval
