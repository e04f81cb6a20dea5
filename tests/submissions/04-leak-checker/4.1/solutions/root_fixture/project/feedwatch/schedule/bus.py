"""Events, and those who subscribe to them."""

import queue
import threading

_END = object()


class Subscription:
    """Calls `handler(event)` in a thread of its own, for one event after another."""

    def __init__(self, handler):
        self._handler = handler
        self._events = queue.Queue()
        self._thread = threading.Thread(target=self._run, name="subscription", daemon=True)
        self._thread.start()

    def deliver(self, event):
        self._events.put(event)

    def close(self):
        """Returns when every event that was delivered before has been handled."""
        self._events.put(_END)
        self._thread.join()

    def _run(self):
        while (event := self._events.get()) is not _END:
            self._handler(event)


class Bus:
    """Hands each event that is published to every subscription, and closes them when it is closed."""

    def __init__(self):
        self._lock = threading.Lock()
        self._subscriptions = []

    def subscribe(self, handler):
        subscription = Subscription(handler)
        with self._lock:
            self._subscriptions.append(subscription)
        return subscription

    def unsubscribe(self, subscription):
        with self._lock:
            self._subscriptions.remove(subscription)
        subscription.close()

    def publish(self, event):
        with self._lock:
            for subscription in self._subscriptions:
                subscription.deliver(event)

    def close(self):
        while self._subscriptions:
            self.unsubscribe(self._subscriptions[0])
