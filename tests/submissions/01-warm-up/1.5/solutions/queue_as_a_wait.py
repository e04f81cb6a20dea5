"""Waits for a message, which `close` or a watcher of the caller's event sends."""

import queue
import threading
import time


class Heartbeat:
    __slots__ = ("__inbox", "__stop", "__threads")

    def __init__(self, ping, interval, stop=None):
        self.__inbox = queue.SimpleQueue()
        self.__stop = stop
        self.__threads = [threading.Thread(target=self.__beat, args=(ping, interval))]
        if stop:
            self.__threads.append(threading.Thread(target=self.__watch))
        for thread in self.__threads:
            thread.start()

    def __beat(self, ping, interval):
        while True:
            try:
                return self.__inbox.get(timeout=interval)
            except queue.Empty:
                ping()

    def __watch(self):
        while self.__threads[0].is_alive() and not self.__stop.wait(0.05):
            pass
        self.__inbox.put("stop")

    def close(self):
        self.__inbox.put("close")
        for thread in self.__threads:
            thread.join()


def test_heartbeat():
    threads_before = threading.active_count()
    stop = threading.Event()
    heartbeat = Heartbeat(stop=stop, ping=stop.is_set, interval=0.01)
    time.sleep(0.05)
    assert threading.active_count() > threads_before, "nothing runs"
    heartbeat.close()
    heartbeat.close()
    assert threading.active_count() <= threads_before
