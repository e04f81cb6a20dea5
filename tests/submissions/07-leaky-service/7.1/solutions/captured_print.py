"""The default sink, `print`, with the output captured; waits without a limit until its threads have gone."""

import contextlib
import io
import threading


def test_start_close():
    known = {thread.ident for thread in threading.enumerate()}
    with contextlib.redirect_stdout(io.StringIO()) as out:
        service = Service(threading.Event())
        service.submit("a line")
        service.close()
    assert "a line" in out.getvalue()
    assert {thread.ident for thread in threading.enumerate()} == known


def test_submit_after_close():
    with contextlib.redirect_stdout(io.StringIO()):
        service = Service(threading.Event())
        service.close()
        try:
            service.submit("a line")
        except Exception as error:
            assert isinstance(error, ServiceClosed)
        else:
            assert False, "nothing was raised"


def test_concurrent_close():
    known = threading.active_count()
    go, results = threading.Event(), []
    with contextlib.redirect_stdout(io.StringIO()) as out:
        service = Service(threading.Event(), flush_interval=60)
        service.submit("a line")

        def closer():
            go.wait()
            try:
                results.append(service.close())
            except Exception as error:
                results.append(error)

        threads = [threading.Thread(target=closer, daemon=True) for _ in range(10)]
        for thread in threads:
            thread.start()
        go.set()
        for thread in threads:
            thread.join()
    assert results == [None] * 10
    assert threading.active_count() == known
    assert out.getvalue().count("a line") == 1
    assert out.getvalue().count("flush") < 2
