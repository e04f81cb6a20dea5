"""The allow list in ``pyproject.toml``."""

import asyncio
import contextlib
import http.server
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from course import leaks
from course.leaks import Leak, allow_list


@pytest.fixture
def read(tmp_path):
    def read(text: str):
        path = tmp_path / "pyproject.toml"
        path.write_text(text)
        return allow_list.read(path)

    return read


def test_an_entry_ignores_what_meets_all_its_conditions(read):
    (rule,) = read(
        '[[tool.leaks.allow]]\nkind = "thread"\nname = "vendor-*"\nreason = "vendor keeps one thread for ever"\n'
    )
    assert rule.matches(Leak("thread", "vendor-1"))
    assert not rule.matches(Leak("task", "vendor-1"))
    assert not rule.matches(Leak("thread", "other"))


def test_an_entry_may_allow_all_daemon_threads(read, start, stop):
    (rule,) = read('[[tool.leaks.allow]]\ndaemon = true\nreason = "they end with the process"\n')
    assert rule.matches(Leak("thread", "one", object=start(stop.wait, daemon=True)))
    assert not rule.matches(Leak("thread", "other", object=start(stop.wait, daemon=False)))


def test_there_need_be_no_list_and_no_file(read, tmp_path):
    assert read("[project]\nname = 'p'\n") == []
    assert allow_list.read(tmp_path / "nowhere.toml") == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[[tool.leaks.allow]]\nname = "vendor"\n', r"entry 1 of .*name = 'vendor'.* has no reason"),
        ('[[tool.leaks.allow]]\nname = "vendor"\nreason = "  "\n', "has no reason"),
        ('[[tool.leaks.allow]]\nreason = "just so"\n', "too wide"),
        ('[[tool.leaks.allow]]\nname = "*"\nreason = "just so"\n', "too wide"),
        ('[[tool.leaks.allow]]\nkind = "thread"\nreason = "just so"\n', "too wide"),
        ('[[tool.leaks.allow]]\nnmae = "vendor"\nreason = "a typo"\n', "unknown key 'nmae'"),
        ('[[tool.leaks.allow]]\nname = 1\nreason = "a number"\n', "must be a string"),
        ('[[tool.leaks.allow]]\nname = true\nreason = "a truth"\n', "must be a string"),
        ('[[tool.leaks.allow]]\ndaemon = "yes"\nreason = "a word"\n', "daemon must be true or false"),
        ('[tool.leaks]\nallow = ["vendor"]\n', "must be a table"),
        ("[tool.leaks]\nallowed = []\n", "holds nothing but"),
        ("[tool.leaks\n", r"pyproject\.toml: Expected"),
    ],
)
def test_an_entry_that_cannot_be_used_is_refused_with_file_and_cause(read, text, message):
    with pytest.raises(allow_list.AllowListError, match=message):
        read(text)


async def stuck():
    await asyncio.Event().wait()


async def count():
    yield 1
    yield 2


@contextlib.asynccontextmanager
async def one_of_each_kind(stop):
    """One thing of every kind that could be left behind."""
    loop = asyncio.get_running_loop()
    tasks = [asyncio.create_task(stuck()), asyncio.create_task(stuck(), name='shard 3 "of" 7')]
    generator = count()
    await anext(generator)
    threads = [threading.Thread(target=stop.wait), threading.Timer(60, stop.set)]
    for thread in threads:
        thread.start()
    pool = ThreadPoolExecutor()
    pool.submit(stop.wait)
    server = http.server.HTTPServer(("127.0.0.1", 0), http.server.BaseHTTPRequestHandler)
    handle = loop.call_later(60, stop.set)
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    yield
    process.communicate(b"\\n")
    handle.cancel()
    server.server_close()
    stop.set()
    threads[1].cancel()
    pool.shutdown()
    for thread in threads:
        thread.join(5)
    await generator.aclose()
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)


@pytest.mark.parametrize("tracked", [True, False])
def test_the_entry_for_a_leak_of_any_kind_allows_it_and_is_refused_until_it_has_a_reason(read, stop, tracked):
    async def main():
        with leaks.tracking() if tracked else contextlib.nullcontext():
            before = leaks.ignore_current()
            async with one_of_each_kind(stop):
                found = await leaks.find_async(before, tries=0)
                entries = [allow_list.entry_for(leak) for leak in found]
        return found, entries

    found, entries = asyncio.run(main())
    assert len({leak.kind for leak in found}) >= 6
    for leak, entry in zip(found, entries, strict=True):
        with pytest.raises(allow_list.AllowListError, match="has no reason"):
            read(entry)
        (rule,) = read(entry.replace('reason = ""', 'reason = "it may stay"'))
        assert rule.matches(leak)


def test_an_entry_leaves_out_what_differs_from_run_to_run():
    created = leaks.Frame("app.py", 1, "start", "app", "start")
    assert allow_list.entry_for(Leak("task", "Task-7", created)).splitlines()[1:] == [
        'kind = "task"',
        'created_by = "app.start"',
        'reason = ""',
    ]
    assert 'name = "Thread-* (flush)"' in allow_list.entry_for(Leak("thread", "Thread-12 (flush)", created))
    assert "name" not in allow_list.entry_for(Leak("server", "127.0.0.1:50123", created))
