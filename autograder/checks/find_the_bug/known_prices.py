"""Program 12.14, a lock held across a fetch: `PriceList(fetch)` with `price(name)`."""

from __future__ import annotations

from typing import Any

from autograder.checking import Task
from autograder.checks.find_the_bug._choices import broken_principle, observation
from autograder.probes.errors import comes_of
from autograder.probes.stubs import AsyncStub
from autograder.probes.tasks import Call, until
from autograder.probes.words import duration, quoted, require

task = Task("12.14", needs=("PriceList(fetch)",))

happens = observation(
    task,
    b="They do know the price of bread. But look at what each of them has to pass before it looks there.",
    c="The fetch of gold does not need the lock. It ends after two seconds, and with it the block.",
    d="Only one of them has anything to fetch. The others are through as soon as they get in.",
)
principle = broken_principle(
    task,
    "f",
    a="Each call is awaited by its customer, who owns it.",
    d="The waits are bounded: a fetch ends after two seconds, and whoever is cancelled meanwhile ends at once.",
    g="`async with` gives the lock back on every way out, after an error and a cancellation too.",
    h="An error of `fetch` comes to the customer who asked.",
)

HOUR = 3600.0
LATENCY = {"gold": HOUR, "oil": HOUR / 2}


class SoldOut(Exception):
    """What the stub raises, once."""


@task.item("c")
async def nobody_waits_for_another_name(solution: Any) -> None:
    """Mended: while one price is being fetched, a known one comes at once, and others are fetched."""
    errors = [SoldOut("silver")]
    fetch = AsyncStub(
        "fetch(name)",
        latency=lambda name: LATENCY.get(name, 0.1),
        returns="price of {}".format,
        raises=lambda name: errors.pop() if name == "silver" and errors else None,
    )
    prices = solution.PriceList(fetch.function)

    async def asked(*names: str, within: float, when: str = "") -> None:
        calls = [Call(prices.price, name) for name in names]
        for name, call in zip(names, calls, strict=True):
            price = await call.returned(2 * HOUR)
            seen = f"{when}`price({name!r})` took {duration(call.took)}."
            require(call.took <= within + 0.001, f"it has its answer within {duration(within)}.", seen, call.place)
            require(price == f"price of {name}", "`price` returns the price.", f"it gave {quoted(price)}.", call.place)

    await asked("bread", within=0.1)
    slow, cancelled = Call(prices.price, "gold"), Call(prices.price, "oil")
    both = await until(lambda: len(fetch.in_flight) == 2)
    require(both, "different names are fetched at once.", "the second waited for the first.", cancelled.place)
    await asked("bread", "bread", within=0, when="while another name was fetched, and bread was known, ")
    await asked("salt", "milk", within=0.1, when="while another name was fetched, ")
    broken = Call(prices.price, "silver")
    raised = errors[0]
    await broken.ended()
    seen = f"`fetch` raised, and `price` {broken.ending}."
    require(comes_of(broken.error, raised), "who asked gets the error of `fetch`.", seen, broken.place)
    await asked("silver", within=0.1, when="after an error, ")
    cancelled.cancel()
    await cancelled.ended()
    await asked("oil", within=HOUR / 2, when="after the one who asked had been cancelled, ")
    price = await slow.returned(2 * HOUR)
    require(price == "price of gold", "`price` returns the price.", f"it gave {quoted(price)}.", slow.place)
    await asked("salt", "gold", "silver", within=0, when="when it was known, ")
    again = [name for name in ("bread", "salt", "gold") if fetch.arguments.count(name) > 1]
    require(not again, "a name that is known is not fetched again.", f"{quoted(again[:1])} was.", slow.place)
