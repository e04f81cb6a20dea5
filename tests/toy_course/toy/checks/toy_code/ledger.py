"""Task 91.2, for threads: `add(entry)` and `remove(entry)`, two threads at a time."""

import threading

from autograder.checking import Failed, Task, where

task = Task("91.2", needs=("add(entry)",))


@task.item("a", seconds=3)
def two_at_a_time(solution):
    """Two threads may add at once."""
    threads = [threading.Thread(target=solution.add, args=(entry,), daemon=True) for entry in ("a", "b")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    if stuck := [thread for thread in threads if thread.is_alive()]:
        raise Failed("`add` returns.", "after 10 s it had not.", where(stuck[0]))
