"""Subscribers are told of events."""

import threading

import pytest

from feedwatch.schedule import Bus


@pytest.fixture
def bus():
    return Bus()


@pytest.fixture
def publishers(bus):
    """A function that has three threads, which wait for it, publish ten events each, and waits until they have."""
    go = threading.Event()

    def publish(number):
        go.wait()
        for event in range(10):
            bus.publish((number, event))

    threads = [threading.Thread(target=publish, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()

    def publish_all():
        go.set()
        for thread in threads:
            thread.join()

    return publish_all


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


@pytest.mark.usefixtures("leak_check")
def test_every_subscriber_hears_every_publisher(bus, publishers):
    heard = [[], []]
    for ears in heard:
        bus.subscribe(ears.append)
    publishers()
    bus.close()
    assert [len(ears) for ears in heard] == [30, 30]


def test_a_closed_bus_has_nobody_to_tell(bus):
    heard = []
    bus.subscribe(heard.append)
    bus.close()
    bus.publish("late")
    assert heard == []
