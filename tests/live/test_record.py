"""`live.record()`: what is counted, how often, and that recording changes nothing and leaves nothing."""

import asyncio
import gc
import os
import threading
import time
import weakref

import pytest

from autograder import catalogue
from autograder.run import judge
from autograder.source import Source
from autograder.submission import Submission
from course import figures, leaks, live


async def leaky_first(urls):
    """Task 1.1's starting code."""
    results = asyncio.Queue(maxsize=1)

    async def send(url):
        await results.put(url)

    for url in urls:
        asyncio.create_task(send(url))  # noqa: RUF006 - this is the leak
    return await results.get()


async def leak():
    """Three tasks that stay."""
    await leaky_first(range(5))
    await asyncio.sleep(0.1)


@pytest.fixture(autouse=True)
def no_collector():
    """The collector runs when a test says so."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def counts(run):
    return [(sample.tasks, sample.threads) for sample in run.samples]


def record(main):
    """The run of `main()`, on a loop of its own."""

    async def recorded():
        with live.record() as run:
            await main()
        return run

    return asyncio.run(recorded())


def test_a_leak_shows_with_its_name_and_where_it_waits():
    run = record(leak)
    assert counts(run)[0] == (0, 0)
    assert counts(run)[-1] == (3, 0)
    assert [str(group) for group in run.left] == [
        "leaky_first.<locals>.send \N{MULTIPLICATION SIGN}3, waiting in Queue.put"
    ]


def test_what_ends_is_seen_to_end():
    async def fine():
        await asyncio.gather(*(asyncio.sleep(0.2) for _ in range(4)))

    run = record(fine)
    assert max(counts(run)) == (4, 0)
    assert counts(run)[-1] == (0, 0)
    assert run.left == []


def test_threads_are_counted_daemons_too_and_named_by_what_they_run():
    stop = threading.Event()

    def worker():
        stop.wait()

    threads = [threading.Thread(target=worker, daemon=daemon) for daemon in (True, False)]
    with live.record() as run:
        for thread in threads:
            thread.start()
        time.sleep(0.2)
    stop.set()
    for thread in threads:
        thread.join()
    assert counts(run)[-1] == (0, 2)
    [group] = run.left
    assert (group.kind, group.count, group.waiting) == ("thread", 2, "waiting in Event.wait")
    assert group.name.endswith("<locals>.worker")


def test_what_was_given_a_name_is_listed_by_it():
    async def main():
        nap = asyncio.create_task(asyncio.sleep(30), name="nap")
        waiters = [asyncio.create_task(asyncio.Event().wait(), name=f"waiter {number}") for number in range(2)]
        return nap, waiters

    assert [str(group) for group in record(main).left] == [
        "Event.wait \N{MULTIPLICATION SIGN}2, waiting in Event.wait",
        "nap, waiting in asyncio.sleep",
    ]


def test_it_counts_what_the_leak_checker_counts():
    async def main():
        before = leaks.ignore_current()
        await asyncio.to_thread(int)
        assert await leaks.find_async(before) == []

    run = record(main)
    assert counts(run)[-1] == (0, 0)
    assert run.left == []


def test_what_was_there_before_does_not_count():
    async def main():
        before = asyncio.create_task(asyncio.sleep(30))
        with live.record() as run:
            await asyncio.sleep(0.12)
        before.cancel()
        return run

    assert set(counts(asyncio.run(main()))) == {(0, 0)}


def test_twenty_samples_a_second_also_while_the_main_thread_is_blocked():
    async def block():
        task = asyncio.create_task(asyncio.sleep(30))
        await asyncio.sleep(0)
        time.sleep(2)
        task.cancel()

    run = record(block)
    times = [sample.time for sample in run.samples]
    in_best_second = max(sum(start <= time < start + 1 for time in times) for start in times)
    assert in_best_second >= 18  # 20, on a machine with nothing else to do
    assert counts(run)[len(run.samples) // 2] == (1, 0)


def test_cpu_is_what_the_process_uses():
    def cpu(work):
        """The mean share that the run shows, and the share as measured here."""
        with live.record() as run:
            clock, used = time.perf_counter(), time.process_time()
            work()
            measured = (time.process_time() - used) / (time.perf_counter() - clock)
        table = run.to_frame().iloc[:-1]  # the last sample is taken at the end, not by the sampler
        return (table["cpu"] * table["seconds"].diff()).sum() / table["seconds"].iloc[-1], measured

    def spin():
        until = time.perf_counter() + 1
        while time.perf_counter() < until:
            pass

    shown, measured = cpu(spin)
    assert shown == pytest.approx(measured, abs=0.15)
    shown, measured = cpu(lambda: time.sleep(0.5))
    assert shown < 0.1


def test_tasks_that_the_collector_destroys_are_marked_and_told_to_the_loop_as_ever():
    told = []

    async def collected():
        asyncio.get_running_loop().set_exception_handler(lambda _loop, context: told.append(context["message"]))
        await leak()
        gc.collect()

    run = record(collected)
    assert [lost.name for lost in run.lost] == ["leaky_first.<locals>.send"] * 3
    assert told == ["Task was destroyed but it is pending!"] * 3
    assert counts(run)[-1] == (0, 0)


def test_destroyed_tasks_that_asyncio_is_silent_about_are_marked_and_asyncio_stays_silent():
    told = []

    async def collected():
        asyncio.get_running_loop().set_exception_handler(lambda _loop, context: told.append(context["message"]))
        asyncio.gather(*(asyncio.Queue().get() for _ in range(7)))
        await asyncio.sleep(0.2)
        gc.collect()

    run = record(collected)
    assert [lost.name for lost in run.lost] == ["Queue.get"] * 7
    assert told == []


def test_after_the_record_asyncio_is_silent_again_about_what_it_was_silent_about():
    async def main():
        gathered = asyncio.gather(asyncio.sleep(30))
        with live.record():
            pending = asyncio.gather(asyncio.sleep(30))
            await asyncio.sleep(0.1)
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        assert [task._log_destroy_pending for task in tasks] == [False, False]
        gathered.cancel(), pending.cancel()

    asyncio.run(main())


def test_a_look_at_the_tasks_does_not_save_them_from_the_collector(monkeypatch):
    """The collector runs in the very moment in which the sampler holds the tasks: it has to wait, not to spare them."""
    holding, all_tasks = threading.Event(), asyncio.all_tasks

    def slow_all_tasks(loop=None):
        tasks = all_tasks(loop)
        if threading.current_thread() is not threading.main_thread():
            holding.set()
            time.sleep(0.02)
        return tasks

    async def collected():
        await leak()
        leaked = weakref.WeakSet(all_tasks() - {asyncio.current_task()})
        assert len(leaked) == 3
        holding.clear()
        holding.wait()
        gc.collect()
        assert len(leaked) == 0

    monkeypatch.setattr(asyncio, "all_tasks", slow_all_tasks)
    record(collected)


def test_recording_leaves_nothing_behind():
    async def main():
        loop = asyncio.get_running_loop()
        before, callbacks = leaks.ignore_current(), list(gc.callbacks)
        with live.record(), live.record():
            await asyncio.sleep(0.1)
            assert "call_exception_handler" in vars(loop)
        await leaks.verify_none_async(before)
        assert gc.callbacks == callbacks
        assert "call_exception_handler" not in vars(loop)

    asyncio.run(main())


def test_a_record_ends_with_its_block_also_when_that_raises():
    before = leaks.ignore_current()
    with pytest.raises(ZeroDivisionError), live.record() as run:
        1 / 0  # noqa: B018
    leaks.verify_none(before)
    assert len(run.samples) >= 2


def test_many_tasks_slow_the_sampling_down_rather_than_the_program(monkeypatch):
    """With a budget that nothing fits in, samples come more rarely, and the run says so."""
    monkeypatch.setattr("course.live.recorder.BUDGET", 1e-6)
    with live.record() as run:
        time.sleep(1)
    assert len(run.samples) < 15
    assert run.sample_every > 0.1


def test_a_table_has_a_row_for_each_sample():
    run = record(leak)
    table = run.to_frame()
    assert list(table.columns) == ["seconds", "tasks", "threads", "cpu", "lost"]
    assert len(table) == len(run.samples)
    assert table["tasks"].iloc[-1] == 3
    assert table["seconds"].is_monotonic_increasing


def test_figures_have_alternative_text():
    leaky, fixed = record(leak), record(lambda: asyncio.sleep(0.1))
    figure = live.compare(leaky=leaky, fixed=fixed)
    assert [ax.get_title() for ax in figure.axes] == ["leaky", "fixed"]
    data, metadata = figures.bundle(figure)
    html = data["text/html"]
    assert data["image/png"] in html
    assert metadata["image/png"]["alt"] == data["text/plain"]
    assert html.count("<img") == 1
    assert "3 tasks are left" in html
    assert "Nothing is left" in html
    assert len(leaky.plot().axes) == 1


def test_long_runs_are_thinned_and_no_peak_is_lost(monkeypatch):
    monkeypatch.setattr("course.live.recorder._MOST_SAMPLES", 20)
    monkeypatch.setattr("course.live.recorder.INTERVAL", 0.005)

    async def peak():
        await asyncio.gather(*(asyncio.sleep(0.03) for _ in range(7)))
        await asyncio.sleep(0.5)

    run = record(peak)
    assert len(run.samples) <= 22
    assert max(counts(run)) == (7, 0)


def test_a_forked_child_does_not_wait_for_the_sampler(monkeypatch):
    """A process may be forked while the sampler holds the collector off; nobody in the child would let it go again."""
    holding, all_tasks = threading.Event(), asyncio.all_tasks

    def slow_all_tasks(loop=None):
        if threading.current_thread() is not threading.main_thread():
            holding.set()
            time.sleep(0.2)
        return all_tasks(loop)

    async def fork():
        holding.clear()
        holding.wait()
        child = os.fork()
        if child == 0:
            begun = time.perf_counter()
            for _ in range(30):
                gc.collect(0)
            os._exit(time.perf_counter() - begun > 1.5)  # 3 s, if each waited as long as it may
        assert os.waitpid(child, 0)[1] == 0

    monkeypatch.setattr(asyncio, "all_tasks", slow_all_tasks)
    record(fork)


def test_threads_that_judge_do_not_count():
    source = Source("solution.py", {"solution.py": "def start_worker(): pass"})
    nobody = Submission("nobody", {"1.1": source, "1.2": source})
    with live.record() as run:
        verdicts = judge.judge(nobody, [*catalogue.select("1.1a"), *catalogue.select("1.2a")], sandboxed=False)
    assert "not_attempted" not in {verdict.status for verdict in verdicts}
    assert len(run.samples) > 3
    assert set(counts(run)) == {(0, 0)}
