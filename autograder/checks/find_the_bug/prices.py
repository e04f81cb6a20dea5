"""Program 12.6: `Prices()`, which forgets a client on one of three ways out."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import weakref
from typing import Any

from autograder.checking import Task, where
from autograder.checks.find_the_bug._choices import broken_principle, observation
from autograder.probes.stubs import AsyncStub
from autograder.probes.tasks import Call, ends_as_cancelled, nothing_left
from autograder.probes.words import quoted, require

task = Task("12.6", needs=("Prices()",))

happens = observation(
    task,
    a="The task of a client who leaves ends: the error of `send` ends `serve`.",
    c="`publish` does not call `send`: it puts the price into queues. The error comes up in the client's own `serve`.",
    d="A queue without `maxsize` is never full.",
)

principle = broken_principle(
    task,
    "g",
    a="Each `serve` runs in a task of the web server, which knows it.",
    b="A client who leaves is told apart well enough: `send` raises, and `serve` ends. What does it leave behind?",
    c="Nothing runs on that somebody would have to wait for.",
    d="No wait is too long here: the queues of those who have left are waited for by nobody.",
    h="The error of `send` reaches the web server, which called `serve`.",
)


class Price(str):
    """Text of which a weak reference can tell whether anybody still keeps it."""


@task.item("c")
async def those_who_left_are_forgotten(solution: Any) -> None:
    """Mended: however a `serve` ends, no later price is kept for it, and the other clients go on."""
    got: list[str] = []

    async def stays(price: str) -> None:
        got.append(str(price))

    async with nothing_left("at the end of the day"):
        prices = solution.Prices()
        leaves = AsyncStub("send(price)", raises=lambda price: ConnectionError("the page was closed"))
        slow, idle = AsyncStub("send(price)", held=True), AsyncStub("send(price)")
        leaving = Call(served, prices, leaves.function)
        staying, stuck, waiting = (Call(prices.serve, send) for send in (stays, slow.function, idle.function))
        await asyncio.sleep(0.1)
        await is_cancelled(waiting)
        prices.publish("first")
        seen = f"`serve` {'returned' if leaving.done else 'went on'}."
        was_told = await leaving.returned()
        require(was_told, "an error of `send` is passed on to the caller of `serve`.", seen, where(prices.serve))
        await is_cancelled(stuck)
        price = Price("second")
        kept = weakref.ref(price)
        prices.publish(price)
        prices.publish("third")  # the client who stays lets go of a price when it takes the next one
        await asyncio.sleep(0.1)
        del price
        gc.collect()
        seen = "three of four clients had left, and a price was in memory long after the fourth had got it."
        require(kept() is None, "nothing is kept for a client who has left.", seen, where(prices.serve))
        prices.publish("fourth")
        prices.end_of_day()
        await staying.returned(within=1)
        expected = "a client who stays gets each price, in order, until the end of the day."
        right = got == ["first", "second", "third", "fourth"]
        require(right, expected, f"of four, it got {quoted(got)}.", staying.place)


async def served(prices: Any, send: Any) -> bool:
    """Does as the web server does, and returns whether the error of `send` came out."""
    try:
        await prices.serve(send)
    except ConnectionError:
        return True
    return False


async def is_cancelled(call: Call) -> None:
    call.cancel()
    await ends_as_cancelled(call)
    with contextlib.suppress(asyncio.CancelledError):
        call.task.result()  # who awaits it takes the error, and what that holds is let go
