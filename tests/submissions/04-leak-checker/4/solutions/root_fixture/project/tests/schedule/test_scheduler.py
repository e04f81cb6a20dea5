"""Jobs run at intervals."""

import threading

from feedwatch.schedule import Scheduler


def test_a_job_runs_when_it_is_due():
    now = 0
    ran = []
    scheduler = Scheduler(clock=lambda: now)
    scheduler.every(10, "job", lambda: ran.append(now))
    for now in (0, 5, 10, 19, 21):  # noqa: B007 - the clock reads it
        scheduler.run_due()
    assert ran == [0, 10, 21]


def test_a_job_that_fails_does_not_stop_the_others(caplog):
    ran = []
    scheduler = Scheduler()
    scheduler.every(10, "bad", lambda: 1 / 0)
    scheduler.every(10, "good", lambda: ran.append(1))
    assert scheduler.run_due() == ["bad", "good"]
    assert ran == [1]
    assert "job bad failed" in caplog.text


def test_a_removed_job_runs_no_more():
    scheduler = Scheduler()
    scheduler.every(10, "job", list)
    scheduler.remove("job")
    assert scheduler.run_due() == []


def test_it_runs_by_itself_when_it_is_started():
    ran = threading.Event()
    scheduler = Scheduler(tick=60)
    scheduler.every(10, "job", ran.set)
    scheduler.start()
    assert ran.wait(5)
    scheduler.close()
