"""Each thread only asks for its own event; `close` delivers what the consumer has left in the queue."""

import threading
import time
from collections import deque


class ServiceClosed(Exception):
    pass


class Service:
    def __init__(self, stop, *, sink=print, flush_interval=1.0):
        is_set, wait = stop.is_set, stop.wait
        messages, lock, once = deque(), threading.Lock(), threading.Lock()

        def consume():
            while not is_set():
                if messages:
                    time.sleep(0.01)
                    sink(messages.popleft())
                else:
                    wait(0.02)

        def flush():
            while not wait(flush_interval):
                sink("flush")

        threads = [threading.Thread(target=consume), threading.Thread(target=flush)]

        def submit(msg):
            while True:
                with lock:
                    if is_set():
                        raise ServiceClosed(msg)
                    if len(messages) < 16:
                        messages.append(msg)
                        return
                wait(0.02)

        def close():
            stop.set()
            with lock:
                pass
            for thread in threads:
                thread.join()
            with once:
                while messages:
                    time.sleep(0.01)
                    sink(messages.popleft())

        self.submit, self.close = submit, close
        for thread in threads:
            thread.start()
