"""A subclass of Thread with a flag, which is looked at before each beacon too."""

from threading import Thread

happens = "C"
principle = " b "


class Beacons(Thread):
    def __init__(self, receive, callback):
        super().__init__()
        self.receive = receive
        self.callback = callback
        self.connected = True
        self.start()

    def run(self):
        while self.connected:
            for beacon in self.receive():
                if not self.connected:
                    return
                self.callback(beacon)

    def disconnect(self):
        self.connected = False
        self.join()
