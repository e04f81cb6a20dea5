"""Child processes: which are found, which are not, and what is said of them."""

import asyncio
import multiprocessing
import os
import subprocess
import sys
import time

import psutil
import pytest

from course import leaks

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]


def test_a_child_process_is_found():
    with leaks.tracking():
        before = leaks.ignore_current()
        process = subprocess.Popen(SLEEP)  # started here
        (leak,) = leaks.find(before, seconds=0.05)
        assert (leak.kind, leak.object) == ("process", process.pid)
        assert leak.created.code.endswith("# started here")
        process.kill()
        process.wait()
        assert leaks.find(before) == []


def test_a_multiprocessing_process_is_found_by_its_name():
    with leaks.tracking():
        before = leaks.ignore_current()
        process = multiprocessing.get_context("spawn").Process(target=time.sleep, args=(60,), name="child")
        process.start()
        (leak,) = leaks.find(before, seconds=0.05)
        assert (leak.kind, leak.name, leak.created.code) == ("process", "child", "process.start()")
        process.kill()
        process.join()
        assert leaks.find(before) == []


def test_a_forked_process_is_found():
    with leaks.tracking():
        before = leaks.ignore_current()
        read, write = os.pipe()
        pid = os.fork()  # forked here
        if pid == 0:
            os.close(write)
            os.read(read, 1)
            os._exit(0)
        (leak,) = leaks.find(before, seconds=0.05)
        assert (leak.object, leak.created.code) == (pid, "pid = os.fork()  # forked here")
        os.close(write)
        os.close(read)
        os.waitpid(pid, 0)
        assert leaks.find(before) == []


def test_a_process_of_asyncio_is_found_once_and_with_its_creator():
    async def main():
        with leaks.tracking():
            before = leaks.ignore_current()
            process = await asyncio.create_subprocess_exec(*SLEEP)
            (leak,) = await leaks.find_async(before, seconds=0.05)
            assert (leak.kind, leak.object, leak.created.function) == ("process", process.pid, "main")
            process.kill()
            await process.wait()
            assert await leaks.find_async(before) == []

    asyncio.run(main())


def test_no_leak_is_reported_for_a_child_that_has_ended_waited_for_or_not():
    before = leaks.ignore_current()
    subprocess.run([sys.executable, "-c", ""], check=True)
    zombie = subprocess.Popen([sys.executable, "-c", ""])
    assert leaks.find(before) == []
    zombie.wait()


def test_a_child_that_ends_soon_is_waited_for():
    before = leaks.ignore_current()
    process = subprocess.Popen(["sleep", "0.05"])
    assert leaks.find(before) == []
    process.wait()


def test_multiprocessings_own_resource_tracker_is_no_leak():
    before = leaks.ignore_current()
    lock = multiprocessing.get_context("spawn").Lock()
    assert lock.acquire(timeout=1)
    lock.release()
    assert leaks.find(before) == []


@pytest.mark.parametrize("count", [0, 1])
def test_a_check_in_a_forked_child_sees_its_own_children_only(count):
    other = subprocess.Popen(SLEEP)
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        children = [subprocess.Popen(SLEEP) for _ in range(count)]
        found = leaks.find(kinds=["process"], seconds=0.02)
        for child in children:
            child.kill()
        os.write(write, str(len(found)).encode())
        os._exit(0)
    os.waitpid(pid, 0)
    assert os.read(read, 10) == str(count).encode()
    other.kill()
    other.wait()
    os.close(read)
    os.close(write)


def test_a_process_is_the_same_one_though_the_clock_is_set(monkeypatch):
    process = subprocess.Popen(SLEEP)
    before = leaks.ignore_current()
    created = psutil.Process.create_time
    monkeypatch.setattr(psutil.Process, "create_time", lambda self: created(self) + 3600)
    assert leaks.find(before, tries=0) == []
    process.kill()
    process.wait()
