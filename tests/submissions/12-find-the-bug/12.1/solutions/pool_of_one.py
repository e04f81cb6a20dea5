"""An executor with one worker, and the stop as an attribute of the function."""

from concurrent.futures import ThreadPoolExecutor

happens = "c"
principle = "b"


class Beacons:
    def __init__(self, receive, callback):
        self.over = False
        self.pool = ThreadPoolExecutor(1)

        def listen():
            while not self.over:
                beacons = receive()
                for beacon in beacons if not self.over else ():
                    callback(beacon)

        self.pool.submit(listen)

    def disconnect(self):
        self.over = True
        self.pool.shutdown(wait=True)
