"""Program 12.3: `Stock(left)`, which keeps its lock when `take` raises."""

from __future__ import annotations

from typing import Any

from autograder.checking import Task
from autograder.checks.find_the_bug._choices import broken_principle, observation
from autograder.probes.threads import Call, at_once
from autograder.probes.words import require

task = Task("12.3", needs=("Stock(left)", "SoldOut"))

happens = observation(
    task,
    a="`SoldOut` is raised before anything is subtracted.",
    b="That would take a `put` that comes to its end. Does it get that far?",
    c="The lock *is* held when the delivery comes. By whom?",
)

principle = broken_principle(
    task,
    "g",
    d="A limit for `acquire` would turn the waiting into errors, and the stock could still not be used again.",
    f="Between `acquire` and `release` nobody waits for anything: it is a comparison and a subtraction.",
    h="The error reaches its caller, as it should. What does it leave behind on its way?",
)


@task.item("c", schedules=7)
def every_call_goes_on(solution: Any) -> None:
    """Mended: after an error the next call goes on, and two threads do not take the same article."""
    stock = solution.Stock({"kettle": 1, "cup": 5})
    for article, count, raises in (("kettle", 2, "SoldOut"), ("samovar", 1, "an error"), ("cup", 1, "")):
        call = Call(stock.take, article, count)
        after = "" if raises == "SoldOut" else ", after one that raised,"
        require(call.ended(), "`take` ends, whatever happened before.", f"a `take`{after} waits for ever.", call.place)
        right = isinstance(call.error, solution.SoldOut) if raises == "SoldOut" else bool(call.error) == bool(raises)
        expected = f"`take({article!r}, {count})` {f'raises {raises}' if raises else 'takes them'}."
        require(right, expected, f"it {call.ending}.", call.place)
    calls = at_once((stock.take, "kettle"), (stock.take, "kettle"))
    for call in calls:
        require(call.ended(), "`take` ends.", "one of two calls at once waits for ever.", call.place)
    sold_out = [call for call in calls if isinstance(call.error, solution.SoldOut)]
    seen = f"one {calls[0].ending}, the other {calls[1].ending}."
    expected = "of two threads that take the last kettle, one gets it, and the other `SoldOut`."
    require(len(sold_out) == 1 and any(not call.error for call in calls), expected, seen, calls[0].place)
    puts = [*at_once((stock.put, "kettle"), (stock.put, "kettle")), Call(stock.put, "samovar"), Call(stock.put, "cup")]
    for call in puts:
        require(call.ended(), "`put` ends, whatever happened before.", "one waits for ever.", call.place)
    for number, expected in enumerate(("returned", "returned", "raised")):
        call = Call(stock.take, "kettle")
        call.ended()
        seen = f"number {number + 1} of three customers was told: {call.ending}."
        require(
            expected in call.ending, "of two kettles that were put in at once, both can be taken.", seen, call.place
        )
