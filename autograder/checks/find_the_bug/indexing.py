"""Program 12.9: `index_all(pages, index, workers)`, which does not count a page that failed as done."""

from __future__ import annotations

from typing import Any

from autograder.checking import Task, where
from autograder.checks.find_the_bug._choices import broken_principle, observation
from autograder.probes.stubs import Stub
from autograder.probes.threads import Call, nothing_left
from autograder.probes.words import count, quoted, require

task = Task("12.9", needs=("index_all(pages, index, workers)",))

happens = observation(
    task,
    a="The thread does not end: the error is caught inside its loop.",
    c="The `ValueError` is caught, in the thread that it came up in.",
    d="It would have to get past `todo.join()`. What does that count?",
)

principle = broken_principle(
    task,
    "g",
    a="The threads have an owner: `index_all` made them, keeps them, and would end them if it got there.",
    b="The `None` at the end is a signal for each thread. It is never put into the queue: why?",
    c="There are two wait points, and it is at the first of them that it stays. What does `join` wait for?",
    d="A limit for `join` would give up waiting, with a page counted as open for ever. The count is wrong.",
    h="The page that failed is in the list, and the list is what is returned. It does not get that far.",
)


@task.item("c")
def it_returns_what_failed(solution: Any) -> None:
    """Mended: `index_all` returns the pages that failed when all have been tried, and leaves no thread."""
    for number, failing, workers in ((10, {"page 7"}, 4), (4, set(), 2), (5, {f"page {n}" for n in range(5)}, 3)):
        pages = [f"page {place}" for place in range(number)]
        state = f"of {count(number, 'page')}, {len(failing)} failed"
        with nothing_left(f"when {state}"):
            index = Stub(
                "index(page)",
                latency=30.0,
                raises=lambda page, failing=failing: ValueError(page) if page in failing else None,
            )
            call = Call(solution.index_all, pages, index.function, workers)
            call.ended(within=600)
            seen = f"{state}: it had not returned 10 minutes later, with {count(len(index.calls), 'page')} tried."
            require(call.done, "`index_all` returns when all pages have been tried.", seen, call.place)
            seen = f"{state}: it {call.ending if call.error else f'returned {quoted(call.result)}'}."
            right = not call.error and sorted(call.result or []) == sorted(failing)
            require(right, "`index_all` returns a list of the pages that failed.", seen, call.place)
            seen = f"{state}: `index` was called for {quoted(sorted(index.arguments))}."
            require(sorted(index.arguments) == pages, "each page is indexed once.", seen, where(solution.index_all))
            seen = f"it was {index.most_at_once} of {workers}."
            expected = "so many pages are indexed at once as there are workers."
            require(index.most_at_once == workers, expected, seen, where(solution.index_all))
