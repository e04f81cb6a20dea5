"""Program 12.4: `Resizers(resize, workers)`, whose one stop signal reaches one thread."""

from __future__ import annotations

from typing import Any

from autograder.checking import Task, where
from autograder.checks.find_the_bug._choices import broken_principle, observation
from autograder.probes.stubs import Stub
from autograder.probes.threads import Call, Started, nothing_left, until
from autograder.probes.words import count, require

task = Task("12.4", needs=("Resizers(resize, workers)",))

happens = observation(
    task,
    a="`close()` joins all four threads. Can it return while three of them wait?",
    c="The queue is first in, first out, and the `None` comes behind the images: they are all done.",
    d="Follow the `None` through the queue: one thread takes it out. What do the others get?",
)

principle = broken_principle(
    task,
    "b",
    a="The threads have an owner: it keeps all of them in a list, and waits for each.",
    c="There is a wait point for each thread. That `close()` waits is right; what it waits for does not come.",
    d="A limit for `get` or `join` would bound the waiting, and three threads would still not know that it is over.",
)


@task.item("c")
def close_ends_every_thread(solution: Any) -> None:
    """Mended: `close()` returns when every image has been resized, once, and every thread has ended."""
    for workers, images in ((4, 20), (1, 3), (3, 0), (5, 2)):
        added = [f"image {number}" for number in range(images)]
        state = f"with {count(workers, 'worker')} and {count(images, 'image')}"
        with nothing_left(f"after `close()` {state}"):
            resize, started = Stub("resize(image)", latency=30.0), Started()
            resizers = solution.Resizers(resize.function, workers)
            for image in added:
                resizers.add(image)
            busy = min(workers, images)
            until(lambda resize=resize, busy=busy: len(resize.in_flight) == busy)
            call = Call(resizers.close)
            call.ended(within=600)
            seen = f"{state} it {call.ending if call.done else 'had not returned 10 minutes later'}."
            place = where(*started.running())
            require(call.done and not call.error, "`close()` returns.", seen, place, call.place)
            running = started.running()
            seen = f"{state} {count(len(running), 'thread')} still ran."
            require(not running, "when `close()` returns, every thread has ended.", seen, where(*running))
            seen = (
                f"{state} {count(len(resize.calls), 'call')} of `resize` began, {len(resize.in_flight)} had not ended."
            )
            right = sorted(resize.arguments) == sorted(added) and not resize.in_flight
            require(right, "`close()` returns when every image has been resized, once.", seen, call.place)
            seen = f"{state} it was {resize.most_at_once}."
            require(
                resize.most_at_once == busy,
                "so many images are resized at once as there are workers.",
                seen,
                where(resizers.add),
            )
