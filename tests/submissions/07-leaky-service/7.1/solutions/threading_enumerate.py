"""Looks at `threading.enumerate()`, and collects the errors of ten plain threads in a list."""

import threading


def test_start_close():
    before = set(threading.enumerate())
    seen = []
    service = Service(threading.Event(), sink=seen.append)
    service.submit("hello")
    service.close()
    assert set(threading.enumerate()) <= before
    assert "hello" in seen


def test_submit_after_close():
    service = Service(threading.Event(), sink=lambda msg: None)
    service.close()
    try:
        service.submit("too late")
    except ServiceClosed:
        return
    raise AssertionError("submit took a message after close")


def test_concurrent_close():
    before = set(threading.enumerate())
    seen, errors = [], []
    service = Service(threading.Event(), sink=seen.append, flush_interval=60)
    service.submit("hello")

    def close():
        try:
            service.close()
        except BaseException as error:
            errors.append(error)

    closers = [threading.Thread(target=close) for _ in range(10)]
    for closer in closers:
        closer.start()
    for closer in closers:
        closer.join(timeout=10)
    assert not any(closer.is_alive() for closer in closers)
    assert not errors
    assert set(threading.enumerate()) <= before
    assert seen.count("hello") == 1
    assert seen.count("flush") <= 1
