"""Program 12.13, a place that a cancelled call keeps: `Converter(render, at_once)`."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from autograder.checking import Task
from autograder.checks.find_the_bug._choices import broken_principle, observation
from autograder.probes.stubs import AsyncStub
from autograder.probes.tasks import Call, cancelling_reaches, ends_as_cancelled, until
from autograder.probes.words import quoted, require

task = Task("12.13", needs=("Converter(render, at_once)",))

happens = observation(
    task,
    a="None of them gets a picture. How many places are free when the first one comes?",
    b="The atlases are not done after a second: a visitor who gives up cancels the render he waits for.",
    d="For more than three, a place would have to be given back twice. No call comes to both lines that do it.",
)
principle = broken_principle(
    task,
    "g",
    a="Each call is awaited by its visitor, who owns it and ends it when his time is up.",
    b="A visitor who gives up tells his call to end, and it does end.",
    d="The patient visitors could have a timeout too. They would then get a `TimeoutError` instead of a picture.",
    e="The cancellation does get through: the hasty visitors have their `TimeoutError` after 200 ms.",
    f="Whoever renders holds a place while it waits, and should: that is what a limit of three at once means.",
    h="The errors come to the visitors: each of the hasty ones has its `TimeoutError`.",
)

AT_ONCE = 2
LONG = 3600.0
LATENCY = {"short": 0.01, "broken": 0.01, "long": LONG}


class Unreadable(Exception):
    """What the stub raises for a page that is broken."""


async def returned(convert: Callable[..., Any], render: AsyncStub) -> None:
    call = Call(convert, "short")
    picture = await call.returned()
    require(picture == "picture of short", "`convert` returns the picture.", f"it gave {quoted(picture)}.", call.place)


async def raised(convert: Callable[..., Any], render: AsyncStub) -> None:
    call = Call(convert, "broken")
    await call.ended()
    seen = f"`render` raised, and `convert` {call.ending}."
    require(isinstance(call.error, Unreadable), "`convert` raises what `render` raises.", seen, call.place)


async def were_cancelled(convert: Callable[..., Any], render: AsyncStub) -> None:
    call = Call(convert, "long")
    await until(lambda: render.in_flight)
    await cancelling_reaches(call, render)


async def were_cancelled_while_they_waited(convert: Callable[..., Any], render: AsyncStub) -> None:
    calls = [Call(convert, "long") for _ in range(AT_ONCE)]
    await until(lambda: len(render.in_flight) == AT_ONCE)
    calls.append(Call(convert, "long"))
    await asyncio.sleep(0.1)
    for call in reversed(calls):
        call.cancel()
        await ends_as_cancelled(call)


ENDINGS: tuple[Callable[[Callable[..., Any], AsyncStub], Awaitable[None]], ...] = (
    returned,
    raised,
    were_cancelled,
    were_cancelled_while_they_waited,
)


@task.item("c")
async def places_come_back(solution: Any) -> None:
    """Mended: however a call of `convert` ends, as many pages can be rendered at once as before."""
    for end in ENDINGS:
        render = AsyncStub(
            "render(page)",
            latency=lambda page: LATENCY.get(page, LONG),
            returns="picture of {}".format,
            raises=lambda page: Unreadable(page) if page == "broken" else None,
        )
        converter = solution.Converter(render.function, AT_ONCE)
        for _ in range(AT_ONCE):
            await end(converter.convert, render)
        calls = [Call(converter.convert, f"page {number}") for number in range(AT_ONCE + 1)]
        await asyncio.sleep(0.5)
        before = f"with `at_once={AT_ONCE}`, after {AT_ONCE} calls that {end.__name__.replace('_', ' ')}"
        seen = f"{before}, {len(render.in_flight)} of {len(calls)} pages were being rendered."
        expected = "`at_once` pages are rendered at once, whatever the calls before have come to."
        require(len(render.in_flight) == AT_ONCE, expected, seen, calls[0].place)
        for call in calls:
            await call.returned(within=3 * LONG)
