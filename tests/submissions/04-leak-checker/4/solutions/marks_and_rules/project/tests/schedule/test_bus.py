"""Subscribers are told of events."""

import threading

import pytest

from feedwatch.schedule import Bus


@pytest.fixture
def bus():
    return Bus()


@pytest.fixture
def publishers(bus, leak_check):
    """Three threads that publish ten events each, once the event that is given is set."""
    go = threading.Event()
    threads = []

    def publish(number):
        go.wait()
        for event in range(10):
            bus.publish((number, event))

    for number in range(3):
        threads.append(threading.Thread(target=publish, args=(number,)))
        threads[-1].start()
    yield go
    for thread in threads:
        thread.join()


def test_events_come_in_order(bus):
    heard = []
    subscription = bus.subscribe(heard.append)
    for event in range(10):
        bus.publish(event)
    bus.unsubscribe(subscription)
    assert heard == list(range(10))


def test_who_has_left_hears_no_more(bus):
    heard = []
    subscription = bus.subscribe(heard.append)
    bus.unsubscribe(subscription)
    bus.publish("late")
    assert heard == []


def test_every_subscriber_hears_every_publisher(bus, publishers):
    all_heard = [threading.Semaphore(0), threading.Semaphore(0)]
    for heard in all_heard:
        bus.subscribe(lambda event, heard=heard: heard.release())
    publishers.set()
    for heard in all_heard:
        for _ in range(30):
            assert heard.acquire(timeout=10)
    bus.close()


def test_a_closed_bus_has_nobody_to_tell(bus):
    heard = []
    bus.subscribe(heard.append)
    bus.close()
    bus.publish("late")
    assert heard == []
