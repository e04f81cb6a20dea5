"""With `course.leaks`, and an executor that closes ten times."""

import threading
from concurrent.futures import ThreadPoolExecutor

from course import leaks


def test_start_close():
    with leaks.no_leaks(seconds=0):
        service = Service(threading.Event())
        service.submit("a message")
        service.close()


def test_submit_after_close():
    service = Service(threading.Event(), flush_interval=0.5)
    service.close()
    refused = False
    try:
        service.submit("a message")
    except Exception:
        refused = True
    assert refused, "it took a message after it was closed"


def test_concurrent_close():
    seen = []
    with leaks.no_leaks(seconds=0):
        service = Service(threading.Event(), sink=seen.append, flush_interval=60.0)
        service.submit("a message")
        with ThreadPoolExecutor(max_workers=10) as pool:
            for future in [pool.submit(service.close) for _ in range(10)]:
                future.result()
    assert sorted(set(seen)) == sorted(seen)
