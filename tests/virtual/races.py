"""Programs with a known race, each beside its mended self: what a search of schedules must find, and must not.

Each takes `mended` and returns whether all went well. `python -m tests.virtual.races` prints where each shows.
"""

import contextlib
import json
import os
import queue
import threading
import time

from autograder.run import threads
from autograder.run.threads import real, schedules
from autograder.run.threads.install import install, prepare
from autograder.run.threads.kernel import kernel
from tests.virtual.at_once import join_all


def an_update_is_lost(mended):
    count, lock = 0, threading.Lock() if mended else contextlib.nullcontext()

    def add():
        nonlocal count
        for _ in range(10):
            with lock:
                count += 1

    join_all([add] * 2)
    return count == 20


def a_list_is_rebound(mended):
    items, lock = [], threading.Lock() if mended else contextlib.nullcontext()

    def add():
        nonlocal items
        for number in range(3):
            with lock:
                items = [*items, number]

    join_all([add] * 2)
    return len(items) == 6


def two_locks_in_both_orders(mended):
    one, two = threading.Lock(), threading.Lock()

    def take(first, second):
        for _ in range(3):
            with first, second:
                pass

    return join_all([lambda: take(one, two), lambda: take(*((one, two) if mended else (two, one)))])


def closed_twice(mended):
    lock, closed, shutdowns = threading.Lock() if mended else contextlib.nullcontext(), False, []

    def close():
        nonlocal closed
        with lock:
            if closed:
                return
            closed = True
        shutdowns.append(1)

    join_all([close] * 3)
    return len(shutdowns) == 1


def accepted_and_lost(mended):
    """What is put after the look at `closed` is never delivered."""
    jobs, sent, accepted, closed = queue.Queue(), [], [], threading.Event()
    lock = threading.Lock() if mended else contextlib.nullcontext()

    def consume():
        while True:
            try:
                sent.append(jobs.get(timeout=0.01))
            except queue.Empty:
                # The second look is for who was held up between the first, at the queue, and the one at `closed`.
                if closed.is_set() and (not mended or jobs.empty()):
                    return

    def submit():
        for number in range(3):
            with lock:
                if not closed.is_set():
                    jobs.put(number)
                    accepted.append(number)

    def close():
        with lock:
            closed.set()

    join_all([consume, submit, close])
    return len(sent) == len(accepted)


def a_look_before_the_lock(mended):
    condition, box, took = threading.Condition(), [], []

    def take():
        if mended:
            with condition:
                condition.wait_for(lambda: box, 5)
        elif not box:
            with condition:
                condition.wait(5)

    def put():
        with condition if mended else contextlib.nullcontext():
            box.append(1)
        with condition:
            condition.notify()

    began = time.monotonic()
    join_all([take, put])
    took.append(time.monotonic() - began)
    return took[0] < 2


def empty_then_get(mended):
    jobs, errors = queue.Queue(), []
    for number in range(6):
        jobs.put(number)

    def work():
        try:
            while not jobs.empty():
                with contextlib.suppress(*[queue.Empty] if mended else []):
                    jobs.get(timeout=1)
        except queue.Empty:
            errors.append(1)

    join_all([work] * 2)
    return not errors


def started_before_it_is_whole(mended):
    errors = []

    class Ticker(threading.Thread):
        def __init__(self):
            super().__init__(daemon=True)
            if mended:
                self.interval = 1
            self.start()
            self.interval = 1

        def run(self):
            if not hasattr(self, "interval"):
                errors.append(1)

    Ticker().join()
    return not errors


RACES = [
    an_update_is_lost,
    a_list_is_rebound,
    two_locks_in_both_orders,
    closed_twice,
    accepted_and_lost,
    a_look_before_the_lock,
    empty_then_get,
    started_before_it_is_whole,
]


def a_lock_made_by_hand(mended):
    """Two look at `busy` before either sets it, and then both are inside: each has to be held up once."""
    count, busy, lock = 0, False, threading.Lock() if mended else contextlib.nullcontext()

    def add():
        nonlocal count, busy
        with lock:
            while busy:
                time.sleep(0.001)
            busy = True
            count += 1
            busy = False

    join_all([add] * 2)
    return count == 2


def three_locks_in_a_circle(mended):
    """Each takes one, and waits for the next one's: two have to be held up for the third to come to its first."""
    one, two, three = threading.Lock(), threading.Lock(), threading.Lock()

    def take(first, second):
        with first, second:
            pass

    last = (one, three) if mended else (three, one)
    return join_all([lambda pair=pair: take(*pair) for pair in [(one, two), (two, three), last]])


RACES_OF_TWO = [a_lock_made_by_hand, three_locks_in_a_circle]
"""What one interruption does not show."""


def play(race, mended, name):
    """Whether all went well on the schedule of that name, and at how many places it could have interrupted."""
    readable, writable = os.pipe()
    child = os.fork()
    if child == 0:
        schedule = schedules.named(name)
        install({__file__}, schedule)
        kernel.begin_race()
        try:
            well = race(mended)
        except threads.Deadlock:
            well = False
        real.write(writable, json.dumps([well, schedule.points]).encode())
        os._exit(0)
    os.close(writable)
    said = os.read(readable, 1000)
    os.close(readable)
    os.waitpid(child, 0)
    return json.loads(said)


def search(race, mended):
    """The schedules on which it fails of those that interrupt once, and of those that interrupt twice; all of each."""
    names = schedules.search(10_000)
    name = next(names)
    once, twice = {}, {}
    while not name.startswith("random:"):
        well, points = play(race, mended, name)
        (twice if "+" in name else once)[name] = well
        name = names.send(points)
    del once[schedules.USUAL]
    return [[name for name, well in tried.items() if not well] for tried in (once, twice)], [len(once), len(twice)]


def main():
    """A line a race: how many of the schedules that interrupt once and twice show it, which comes first, and seeds."""
    prepare()
    print(f"{'race':32}{'one interruption':>20}{'two':>14}  {'first':18}{'seeds':>10}")
    for race in [*RACES, *RACES_OF_TWO]:
        (once, twice), (singles, pairs) = search(race, False)
        first = (once + twice)[0]
        seeds = sum(not play(race, False, f"random:{seed}")[0] for seed in range(1, 101))
        share = f"{len(once)} of {singles}", f"{len(twice)} of {pairs}"
        print(f"{race.__name__:32}{share[0]:>20}{share[1]:>14}  {first:18}{f'{seeds} of 100':>10}")


if __name__ == "__main__":
    main()
