"""`task_done` after an error as well."""

import queue
import threading

happens = "b"
principle = "g"


def index_all(pages, index, workers=4):
    todo, failed = queue.Queue(), []
    for page in pages:
        todo.put(page)

    def work():
        while True:
            page = todo.get()
            if page is None:
                return
            try:
                index(page)
            except ValueError:
                failed.append(page)
                todo.task_done()
                continue
            todo.task_done()

    threads = [threading.Thread(target=work, daemon=True) for _ in range(workers)]
    for thread in threads:
        thread.start()
    todo.join()
    for _ in threads:
        todo.put(None)
    for thread in threads:
        thread.join()
    return failed
