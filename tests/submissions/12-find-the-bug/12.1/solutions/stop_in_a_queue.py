"""The stop is an item in a queue that the loop looks into."""

import queue
import threading

happens = "c"
principle = "b"


class Beacons:
    def __init__(self, receive, callback):
        self.commands = queue.SimpleQueue()
        self.thread = threading.Thread(target=self.run, args=(receive, callback), daemon=True)
        self.thread.start()

    def run(self, receive, callback):
        while self.commands.empty():
            for beacon in receive():
                callback(beacon)

    def disconnect(self):
        self.commands.put("disconnect")
        self.thread.join()
