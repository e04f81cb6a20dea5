"""Notes every thread that is started by putting another `Thread.start` in its place."""

import contextlib
import threading


@contextlib.contextmanager
def threads_noted():
    noted, start = [], threading.Thread.start

    def noting(thread):
        noted.append(thread)
        start(thread)

    threading.Thread.start = noting
    try:
        yield noted
    finally:
        threading.Thread.start = start


def test_start_close():
    with threads_noted() as noted:
        service = Service(threading.Event(), sink=[].append, flush_interval=0.2)
        service.submit("x")
        service.close()
    assert not [thread for thread in noted if thread.is_alive()]


def test_submit_after_close():
    delivered = []
    service = Service(threading.Event(), sink=delivered.append)
    service.submit("in time")
    service.close()
    error = None
    try:
        service.submit("late")
    except Exception as raised:
        error = raised
    assert error is not None
    assert "late" not in delivered


def test_concurrent_close():
    delivered, problems = [], []

    def close(service):
        try:
            service.close()
        except Exception as error:
            problems.append(repr(error))

    with threads_noted() as noted:
        service = Service(threading.Event(), sink=delivered.append, flush_interval=60)
        for number in range(3):
            service.submit(number)
        closers = [threading.Thread(target=close, args=(service,), daemon=True) for _ in range(10)]
        for closer in closers:
            closer.start()
        for closer in closers:
            closer.join(30)
    assert not problems, problems
    assert not [thread for thread in noted if thread.is_alive()]
    assert [message for message in delivered if message != "flush"] == [0, 1, 2]
    assert delivered.count("flush") in (0, 1)
