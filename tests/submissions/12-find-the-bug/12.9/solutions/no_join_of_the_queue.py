"""Does without `join` of the queue: sentinels behind the pages, and the threads are joined."""

import queue
import threading

happens = "b"
principle = "g"


def index_all(pages, index, workers=4):
    todo = queue.SimpleQueue()
    failed = queue.SimpleQueue()

    def work():
        for page in iter(todo.get, None):
            try:
                index(page)
            except ValueError:
                failed.put(page)

    threads = [threading.Thread(target=work) for _ in range(workers)]
    for page in [*pages, *[None] * workers]:
        todo.put(page)
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [failed.get() for _ in range(failed.qsize())]
