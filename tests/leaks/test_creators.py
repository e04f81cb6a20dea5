"""Who created it: of what a library creates, also the nearest line of the project's own code."""

import asyncio
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from course import leaks

VENDOR = """
import asyncio
import threading


class Client:
    def __init__(self, stop):
        self._stop = stop
        self.thread = threading.Thread(target=self._run, name="heartbeat", daemon=True)
        self.thread.start()

    def _run(self):
        self._stop.wait()


async def start():
    return asyncio.create_task(beat(), name="beat")


async def beat():
    await asyncio.Event().wait()


async def supervise(tasks):
    tasks.append(asyncio.create_task(beat(), name="beat"))


def from_a_thread(stop):
    thread = threading.Thread(target=Client, args=(stop,))
    thread.start()
    thread.join()
"""


@pytest.fixture
def vendor(tmp_path, monkeypatch):
    """A library that is installed, as far as can be told from its path."""
    folder = tmp_path / "lib" / "site-packages"
    folder.mkdir(parents=True)
    (folder / "vendor.py").write_text(VENDOR)
    monkeypatch.syspath_prepend(str(folder))
    yield pytest.importorskip("vendor")
    sys.modules.pop("vendor", None)


@pytest.fixture
def tracked():
    with leaks.tracking():
        yield leaks.ignore_current()


def the_one(found):
    (leak,) = [leak for leak in found if leak.kind in ("thread", "task") and leak.name in ("heartbeat", "beat")]
    return leak


def test_a_librarys_constructor_is_named_with_the_line_of_the_project_that_called_it(vendor, tracked, stop):
    vendor.Client(stop)  # called here
    leak = the_one(leaks.find(tracked, tries=0))
    assert leak.created.full_name == "vendor.Client.__init__"
    assert leak.created.caller.code.endswith("# called here")
    lines = str(leak).splitlines()
    assert lines[1] == "  created at vendor.py:10 in Client.__init__: self.thread.start()"
    assert lines[2].startswith("    called from tests/leaks/test_creators.py:")
    assert lines[2].endswith("# called here")
    assert lines[3] == "  waiting in Event.wait at vendor.py:13 in Client._run: self._stop.wait()"


def test_what_the_project_itself_creates_has_no_other_caller(tracked, start, stop):
    start(stop.wait, name="heartbeat")
    assert the_one(leaks.find(tracked, tries=0)).created.caller is None


def test_a_task_of_a_library_is_named_with_the_line_that_awaited_the_library(vendor, tracked):
    async def main():
        task = await vendor.start()  # awaited here
        leak = the_one(await leaks.find_async(tracked, tries=0))
        task.cancel()
        assert leak.created.full_name == "vendor.start"
        assert leak.created.caller.code.endswith("# awaited here")

    asyncio.run(main())


def test_a_task_that_a_librarys_task_creates_leads_back_to_who_created_that(vendor, tracked):
    async def main():
        tasks = []
        await asyncio.create_task(vendor.supervise(tasks))  # created here
        leak = the_one(await leaks.find_async(tracked, tries=0))
        tasks[0].cancel()
        assert leak.created.full_name == "vendor.supervise"
        assert leak.created.caller.code.endswith("# created here")

    asyncio.run(main())


def test_a_coroutine_of_a_library_sent_to_a_loop_in_another_thread_leads_back_to_who_sent_it(
    vendor, tracked, loop_in_thread
):
    asyncio.run_coroutine_threadsafe(vendor.start(), loop_in_thread).result(5)  # sent here
    leak = the_one(leaks.find(tracked, tries=0))
    loop_in_thread.call_soon_threadsafe(leak.object.cancel)
    assert leak.created.full_name == "vendor.start"
    assert leak.created.caller.code.endswith("# sent here")


def test_a_job_in_a_pool_leads_back_to_who_submitted_it(vendor, tracked, stop):
    with ThreadPoolExecutor() as pool:
        pool.submit(vendor.Client, stop).result(5)  # submitted here
        leak = the_one(leaks.find(tracked, kinds=["thread", "executor"], tries=0))
    assert leak.created.caller.code.endswith("# submitted here")


def test_a_job_that_a_coroutine_has_a_thread_do_leads_back_to_the_coroutine(vendor, tracked, stop):
    async def main():
        await asyncio.to_thread(vendor.Client, stop)  # handed over here
        leak = the_one(await leaks.find_async(tracked, tries=0))
        assert leak.created.caller.code.endswith("# handed over here")

    asyncio.run(main())


def test_a_thread_that_a_librarys_thread_starts_leads_back_to_who_started_the_library(vendor, tracked, stop):
    vendor.from_a_thread(stop)  # begun here
    assert the_one(leaks.find(tracked, tries=0)).created.caller.code.endswith("# begun here")


def test_a_thread_that_only_the_standard_library_starts_leads_back_to_who_asked_for_its_thread(tracked, stop):
    starter = threading.Thread(target=threading.Thread(target=stop.wait, name="heartbeat", daemon=True).start)
    starter.start()  # begun here
    starter.join()
    assert the_one(leaks.find(tracked, tries=0)).created.code.endswith("# begun here")


def test_a_rule_may_name_the_line_of_the_project_too(vendor, tracked, stop):
    vendor.Client(stop)
    rule = leaks.ignore(created_by="*.test_a_rule_may_name_the_line_of_the_project_too")
    assert leaks.find(tracked, rule, tries=0) == []
