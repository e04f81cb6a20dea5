"""A class derived from `Service`, and one from `Thread` for each that closes; twenty rounds, behind a barrier."""

import threading


class Closer(threading.Thread):
    error = None

    def __init__(self, service, start_line):
        super().__init__()
        self.service, self.start_line = service, start_line

    def run(self):
        self.start_line.wait()
        try:
            self.service.close()
        except Exception as e:
            self.error = e


class Recorder(Service):
    def __init__(self, **kw):
        self.seen = []
        super().__init__(threading.Event(), sink=self.seen.append, **kw)


def test_start_close():
    before = threading.enumerate()
    r = Recorder()
    r.submit("hello")
    r.close()
    assert threading.enumerate() == before


def test_submit_after_close():
    r = Recorder()
    r.close()
    try:
        r.submit("hello")
        accepted = True
    except ServiceClosed:
        accepted = False
    assert not accepted


def test_concurrent_close():
    for round_ in range(20):
        before = threading.enumerate()
        r = Recorder(flush_interval=60)
        r.submit(f"hello {round_}")
        line = threading.Barrier(10)
        closers = [Closer(r, line) for _ in range(10)]
        for c in closers:
            c.start()
        for c in closers:
            c.join()
        assert [c.error for c in closers] == [None] * 10
        assert r.seen.count(f"hello {round_}") == 1
        assert r.seen.count("flush") <= 1
        assert threading.enumerate() == before
