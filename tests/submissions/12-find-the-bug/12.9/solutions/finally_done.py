"""`task_done` in a `finally`."""

import queue
import threading

happens = "b"
principle = "g"


def index_all(pages, index, workers=4):
    todo, failed = queue.Queue(), []

    def work():
        while (page := todo.get()) is not None:
            try:
                index(page)
            except ValueError:
                failed.append(page)
            finally:
                todo.task_done()

    threads = [threading.Thread(target=work, daemon=True) for _ in range(workers)]
    for thread in threads:
        thread.start()
    for page in pages:
        todo.put(page)
    todo.join()
    for _ in threads:
        todo.put(None)
    for thread in threads:
        thread.join()
    return failed
