"""Subscribers are told of events."""

import threading
import time

import pytest

from feedwatch.schedule import Bus


@pytest.fixture
def bus():
    return Bus()


@pytest.fixture
def publishers(bus):
    """Three threads that publish ten events each, once the event that is given is set."""
    go = threading.Event()

    def publish(number):
        go.wait()
        for event in range(10):
            bus.publish((number, event))

    for number in range(3):
        threading.Thread(target=publish, args=(number,)).start()
    return go


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
    heard = [[], []]
    for ears in heard:
        bus.subscribe(ears.append)
    publishers.set()
    time.sleep(0.05)
    assert [len(ears) for ears in heard] == [30, 30]


def test_a_closed_bus_has_nobody_to_tell(bus):
    heard = []
    bus.subscribe(heard.append)
    bus.close()
    bus.publish("late")
    assert heard == []
