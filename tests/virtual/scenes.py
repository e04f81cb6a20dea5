"""Scenes that must come out the same on every Python and under every schedule.

`python -m tests.virtual.scenes round-robin random:1` runs each on the kernel, under each of the schedules, in a process
of its own, and prints a line of JSON for each: what it returned, the clock and the number of switches.
"""

import _thread
import asyncio
import concurrent.futures
import contextlib
import datetime
import gc
import inspect
import io
import json
import logging
import multiprocessing.pool
import os
import queue
import sched
import select
import selectors
import signal
import socket
import subprocess
import sys
import threading
import time
import weakref

from autograder.run import threads
from autograder.run.threads import real, schedules
from autograder.run.threads.install import install, prepare
from autograder.run.threads.kernel import kernel


def logging_from_several_threads():
    log = io.StringIO()
    logger = logging.getLogger("scene")
    logger.addHandler(logging.StreamHandler(log))
    logger.setLevel(logging.INFO)
    logger.propagate = False

    def work(name):
        for number in range(5):
            logger.info("%s %s", name, number)
            time.sleep(0.001)

    in_threads(work, "abcde")
    return sorted(log.getvalue().split("\n"))[1:] == sorted(
        f"{name} {number}" for name in "abcde" for number in range(5)
    )


def imports_of_the_same_modules_at_once():
    names = ["wave", "wave", "plistlib", "plistlib", "smtplib", "smtplib"]
    in_threads(__import__, names)
    return all(name in sys.modules for name in names)


def finalizers_that_lock_and_put():
    ended, lock, finalized = [], threading.RLock(), queue.SimpleQueue()

    class Cycle:
        def __init__(self):
            self.me = self

        def __del__(self):
            with lock:
                ended.append(1)
            finalized.put(1)

    def make():
        for _ in range(300):
            Cycle()
            with lock:
                pass

    def take():
        while finalized.get() is not None:
            pass

    taker = started(take)
    in_threads(lambda _: make(), range(3))
    gc.collect()
    finalized.put(None)
    taker.join()
    return len(ended)


def a_dropped_executor_ends_its_threads():
    def use():
        pool = concurrent.futures.ThreadPoolExecutor(2)
        pool.submit(time.sleep, 1).result()
        return list(pool._threads)

    used = use()
    gc.collect()
    time.sleep(0.1)
    return [thread.is_alive() for thread in used]


def threads_below_threading():
    done = _thread.allocate_lock()
    done.acquire()

    def work():
        time.sleep(3)
        done.release()

    _thread.start_new_thread(work, ())
    began = time.monotonic()
    return [done.acquire(timeout=2), done.acquire(timeout=2), round(time.monotonic() - began, 2)]


def a_spinner_and_a_poller():
    stop = threading.Event()

    def spin():
        while not stop.is_set():
            pass

    def poll():
        while not stop.wait(0.05):
            pass

    spinner, poller = started(spin), started(poll)
    time.sleep(1.0)
    seen = [
        round(threads.cpu(spinner), 1),
        threads.cpu(poller) < 0.02,
        threads.wakeups(spinner),
        19 <= threads.wakeups(poller) <= 20,
    ]
    stop.set()
    spinner.join()
    poller.join()
    return seen


def a_loop_on_one_line():
    """3.11 does not trace the lines of it."""
    stop = threading.Event()

    def spin():
        while not stop._flag: pass  # fmt: skip  # noqa: E701

    spinner = started(spin)
    time.sleep(0.5)
    stop.set()
    spinner.join()
    return True


def a_loop_in_c():
    stop = threading.Event()
    spinner = started(lambda: list(iter(stop.is_set, True)))
    time.sleep(0.05)
    stop.set()
    spinner.join()
    return True


def sockets_between_threads():
    ours, theirs = socket.socketpair()

    def echo():
        while data := theirs.recv(100):
            theirs.sendall(data.upper())

    other = started(echo)
    ours.sendall(b"hello")
    said = ours.recv(100).decode()
    ours.settimeout(7)
    began = time.monotonic()
    with contextlib.suppress(TimeoutError):
        ours.recv(1)
    took = time.monotonic() - began
    ours.close()
    other.join()
    return [said, round(took, 2)]


def pipes_and_selectors():
    reader, writer = os.pipe()

    def write():
        time.sleep(5)
        os.write(writer, b"x")

    found = []
    for wait in (
        lambda: select.select([reader], [], [], 9)[0] == [reader],
        lambda: bool(registered(select.poll()).poll(9000)),
        lambda: bool(registered(selectors.DefaultSelector(), selectors.EVENT_READ).select(9)),
    ):

        def registered(poller, *events):
            poller.register(reader, *events)
            return poller

        other = started(write)
        began = time.monotonic()
        found.append([wait(), round(time.monotonic() - began)])
        os.read(reader, 1)
        other.join()
    began = time.monotonic()
    found.append([select.select([reader], [], [], 9)[0], round(time.monotonic() - began)])
    return found


def how_threads_end():
    seen = []
    threading.excepthook = lambda arguments: seen.append(arguments.exc_type.__name__)

    def leave():
        raise SystemExit

    def fail():
        raise ZeroDivisionError

    for function in (leave, fail):
        started(function).join()
    return seen


def a_fork_while_threads_run():
    started(time.sleep, 100)
    child = os.fork()
    if child == 0:
        time.sleep(50)
        started(time.sleep, 2).join()
        os._exit(7 if threading.active_count() == 1 else 8)
    return os.waitstatus_to_exitcode(real.waitpid(child, 0)[1])


def a_loop_in_another_thread():
    loop = asyncio.new_event_loop()
    other = started(loop.run_forever)

    async def work():
        await asyncio.sleep(3)
        return await asyncio.to_thread(lambda: (time.sleep(4), 5)[1])

    began = time.monotonic()
    result = asyncio.run_coroutine_threadsafe(work(), loop).result()
    took = time.monotonic() - began
    loop.call_soon_threadsafe(loop.stop)
    other.join()
    return [result, round(took, 1)]


def a_loop_that_spins_reaches_its_deadline():
    async def spin():
        turns, end = 0, time.monotonic() + 1
        while time.monotonic() < end:
            await asyncio.sleep(0)
            turns += 1
        return turns

    return 100 < asyncio.run(spin()) < 100_000


def threads_of_a_loops_executor_are_exact():
    async def work():
        began = time.monotonic()
        await asyncio.gather(*(asyncio.to_thread(time.sleep, seconds) for seconds in (7.5, 3, 60)))
        return round(time.monotonic() - began, 2)

    return asyncio.run(work())


def a_thread_that_spins_does_not_hold_up_the_clock():
    stop = threading.Event()

    def spin():
        while not stop.is_set():
            pass

    spinner = started(spin)
    time.sleep(3600)
    stop.set()
    began = time.monotonic()
    spinner.join()
    return time.monotonic() - began < 0.01


def a_thread_that_spins_until_a_time_is_not_late():
    late = []

    def spin():
        end = time.monotonic() + 30
        while time.monotonic() < end:
            pass
        late.append(time.monotonic() - end)

    spinner = started(spin)
    time.sleep(3600)
    spinner.join()
    return 0 <= late[0] < 0.01


def a_date_moves_with_the_clock():
    before, elapsed = datetime.datetime.now(), os.times().elapsed
    time.sleep(60)
    passed = [(datetime.datetime.now() - before).total_seconds(), os.times().elapsed - elapsed]
    return [*map(round, passed), isinstance(before, datetime.datetime)]


def a_condition_wakes_the_first_who_waited():
    condition, order = threading.Condition(), []

    def wait(number):
        with condition:
            condition.wait()
            order.append(number)

    waiting = []
    for number in range(6):
        waiting.append(started(wait, number))
        time.sleep(0.01)
    for count in (3, 6):
        with condition:
            condition.notify(count)
        time.sleep(0.1)
    for thread in waiting:
        thread.join()
    return [sorted(order[:3]), sorted(order[3:])]


def a_wake_up_is_not_lost_to_one_that_timed_out():
    lock, got = threading.Lock(), []
    lock.acquire()

    def wait(timeout):
        got.append(lock.acquire(timeout=timeout))

    waiting = [started(wait, 1), started(wait, 10)]
    time.sleep(2)
    lock.release()
    for thread in waiting:
        thread.join()
    return got


def a_stale_timer_does_not_hide_a_deadlock():
    event = threading.Event()
    waiting = started(event.wait, 300)
    event.set()
    waiting.join()
    began = time.monotonic()
    try:
        threading.Event().wait()
    except threads.Deadlock:
        return round(time.monotonic() - began)


def a_deadlock_says_where():
    one, two = threading.Lock(), threading.Lock()

    def take(first, second):
        with first:
            time.sleep(0.01)
            with second:
                pass

    waiting = [started(take, one, two), started(take, two, one)]
    try:
        for thread in waiting:
            thread.join()
    except threads.Deadlock as deadlock:
        return ["take" in str(deadlock), "(2 threads)" in str(deadlock)]


def a_deadlock_is_no_exception_that_learners_code_may_expect():
    try:
        with contextlib.suppress(Exception):
            threading.Event().wait()
        return "it was swallowed"
    except threads.Deadlock:
        return "it came through"


def an_ended_thread_is_gone_when_join_returns():
    gone = []
    for _ in range(20):
        thread = started(time.sleep, 0.01)
        ident = thread.ident
        thread.join()
        gone.append(ident not in sys._current_frames())
    return all(gone)


def a_question_is_asked_by_who_waits():
    asked_by = set()
    lock, done = threading.RLock(), []

    def question():
        asked_by.add(threading.current_thread())
        with lock:
            return len(done) == 3

    def work(number):
        time.sleep(number)
        with lock:
            done.append(number)

    began = time.monotonic()
    for number in range(1, 4):
        started(work, number)
    found = threads.until(question, 10)
    return [found, round(time.monotonic() - began, 2), asked_by == {threading.main_thread()}]


def a_question_that_fails_fails_in_who_asked():
    done = []

    def question():
        if done:
            raise LookupError
        return False

    other = started(lambda: (time.sleep(1), done.append(1), time.sleep(5)))
    try:
        threads.until(question, 3)
    except LookupError:
        other.join()
        return "LookupError"


def a_question_while_another_spins():
    stop, count = threading.Event(), []

    def spin():
        while not stop.is_set():
            count.append(1)

    spinner = started(spin)
    began = time.monotonic()
    found = threads.until(lambda: len(count) > 1000, 10)
    took = time.monotonic() - began
    missed = threads.until(lambda: False, 0.5)
    stop.set()
    spinner.join()
    return [found, took < 0.1, missed]


def the_judge_goes_on_after_all_that_is_due():
    """A limit of 1 s holds for what takes 1 s."""
    done = []
    for _ in range(5):
        started(lambda: (time.sleep(1), done.append(1)))
    time.sleep(1)
    return len(done)


def a_wait_in_progress():
    event = threading.Event()
    waiting = started(event.wait, 5)
    forever = started(event.wait)
    time.sleep(1)
    waits = [threads.wait_of(thread) for thread in (waiting, forever)]
    event.set()
    waiting.join()
    forever.join()
    return [waits[0].timeout, round(threads.now() - waits[0].began), waits[1].timeout, threads.wait_of(waiting)]


def another_process_takes_real_time():
    began = real.monotonic()
    other = started(subprocess.run, ["sleep", "0.3"])
    third = started(time.sleep, 0.05)
    third.join()
    other.join()
    return [real.monotonic() - began >= 0.3, kernel.real_waits > 0]


def a_process_waited_for_with_a_timeout():
    child = subprocess.Popen(["sleep", "0.2"], stdout=subprocess.PIPE)
    return [child.communicate(timeout=5)[0].decode(), child.returncode]


def a_call_in_c_lets_others_run():
    """A lock that was made below the kernel stands for any call that waits in C."""
    lock = real.allocate_lock()
    lock.acquire()
    waiting = started(lock.acquire)
    ticks = started(time.sleep, 0.1)
    ticks.join()
    lock.release()
    waiting.join()
    return kernel.real_waits > 0


def a_call_in_c_of_the_judge_takes_time():
    lock = real.allocate_lock()
    lock.acquire()
    began = time.monotonic()
    lock.acquire(timeout=0.4)
    time.sleep(0)
    return 0.2 < time.monotonic() - began < 10


def other_users_of_locks():
    pool = multiprocessing.pool.ThreadPool(2)
    squares = pool.map(lambda number: number * number, range(5))
    pool.close()
    pool.join()
    barrier = threading.Barrier(3)
    passed = []
    in_threads(lambda _: passed.append(barrier.wait()), range(3))
    semaphore, inside, most = threading.Semaphore(2), [], []

    def limited(_):
        with semaphore:
            inside.append(1)
            most.append(len(inside))
            time.sleep(0.1)
            inside.pop()

    in_threads(limited, range(5))
    timed = []
    threading.Timer(3, timed.append, [1]).start()
    scheduler = sched.scheduler()
    scheduler.enter(2, 1, lambda: timed.append(0))
    scheduler.run()
    time.sleep(2)
    return [squares, sorted(passed), max(most), timed]


def thread_locals_and_weak_references():
    local, seen = threading.local(), []

    def work(number):
        local.value = number
        time.sleep(0.1)
        seen.append(local.value == number)

    in_threads(work, range(3))
    thread = started(time.sleep, 1)
    thread.join()
    reference = weakref.ref(thread)
    del thread
    return [seen, reference() is None]


def sets_of_tasks_and_threads_keep_their_order():
    noise = []

    def keeps_order(make):
        # Between them come others, so that their addresses differ from run to run; no line runs for that.
        made = [noise.append([*map(bytes, range(os.urandom(1)[0]))]) or make() for _ in range(50)]
        return [*{*made}] == made

    async def tasks_keep_it():
        return keeps_order(lambda: asyncio.create_task(asyncio.sleep(0)))

    return [asyncio.run(tasks_keep_it()), keeps_order(lambda: threading.Thread(target=print))]


def started(target, *args):
    thread = threading.Thread(target=target, args=args, daemon=True)
    thread.start()
    return thread


def in_threads(target, arguments):
    for thread in [started(target, argument) for argument in arguments]:
        thread.join()


SCENES = [value for value in list(globals().values()) if inspect.isfunction(value) and value.__module__ == __name__]
SCENES = [scene for scene in SCENES if not inspect.signature(scene).parameters]


def play(scene, schedule):
    install({__file__}, schedules.named(schedule))
    result = scene()
    return {"result": result, "clock": round(kernel.now, 9), "switches": kernel.switches}


def in_a_child(scene, schedule):
    readable, writable = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            said = play(scene, schedule)
        except BaseException as error:
            said = {"result": repr(error)}
        real.write(writable, json.dumps(said).encode())
        os._exit(0)
    os.close(writable)
    ready, _, _ = select.select([readable], [], [], 30)
    said = os.read(readable, 65536) if ready else b'{"result": "it did not end"}'
    os.close(readable)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return {"scene": scene.__name__, "schedule": schedule, **json.loads(said)}


def main():
    prepare()
    for scene in SCENES:
        for schedule in sys.argv[1:]:
            print(json.dumps(in_a_child(scene, schedule)))


if __name__ == "__main__":
    main()
