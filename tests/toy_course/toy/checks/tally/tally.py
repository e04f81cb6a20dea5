"""Task 92: `Tally`, which threads add to; `work()`, which takes 30 s; `test_work` and `test_tally`."""

import threading
import time

from autograder.checking import Failed, Implementation, Task, where
from autograder.run import threads

task = Task("92", needs=("Tally", "work()"))


@task.item("a", schedules=60)
def adds_up(solution):
    """Nothing that is added is lost."""
    tally = solution.Tally()
    gate = threading.Event()
    adders = [threading.Thread(target=lambda: (gate.wait(), tally.add()), daemon=True) for _ in range(3)]
    for adder in adders:
        adder.start()
    threads.begin_race()
    gate.set()
    for adder in adders:
        adder.join(5)
    if tally.count != 3:
        raise Failed("3 were added.", f"the tally says {tally.count}.", where(solution.Tally.add))


@task.item("b")
def takes_its_time(solution):
    """`work()` takes 30 s."""
    began = time.monotonic()
    solution.work()
    if round(took := time.monotonic() - began, 3) != 30:
        raise Failed("`work()` takes 30 s.", f"it took {took:.3f} s.", where(solution.work))


@task.item("d", needs=("serve()",))
async def serves(solution):
    """`serve()` ends."""
    await solution.serve()


@task.learners_test("c", test="test_work")
def its_test():
    """`test_work` fails where `work` does not end its thread."""

    def ends():
        thread = threading.Thread(target=time.sleep, args=(30,))
        thread.start()
        thread.join()

    def does_not_end():
        threading.Thread(target=time.sleep, args=(40,), daemon=True).start()

    yield Implementation("the thread has ended", True, {"work": ends})
    yield Implementation("the thread lives on for 40 s", False, {"work": does_not_end})
    yield Implementation("`work` waits for what never comes", False, {"work": lambda: threading.Event().wait()})


class Sound:
    def __init__(self):
        self.count = 0
        self._lock = threading.Lock()

    def add(self):
        with self._lock:
            self.count += 1


class Racy(Sound):
    def add(self):
        self.count += 1


@task.learners_test("e", test="test_tally")
def its_other_test():
    """`test_tally` fails where one of two that add at the same moment is lost."""
    yield Implementation("none is lost", True, {"Tally": Sound})
    yield Implementation("one of two at the same moment is lost", False, {"Tally": Racy}, races=(Racy.add,))
