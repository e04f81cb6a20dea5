"""What both tasks of this section fetch: URLs whose pages can be told apart, and errors that can be found again."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import Any

from autograder.probes.stubs import AsyncStub
from autograder.probes.tasks import Call
from autograder.probes.words import quoted, require

AT_ONCE = 0.01


class FetchError(Exception):
    """What a fetch that fails raises."""


def some_urls(number: int) -> list[str]:
    """So many different URLs."""
    return [f"https://example.org/{place}" for place in range(1, number + 1)]


_numbers = count(1)


def page(url: str) -> str:
    """What fetching a URL returns: no two fetches return the same."""
    return f"page of {url}, fetch {next(_numbers)}"


def require_pages_in_order(pages: Any, urls: list[str], place: str) -> None:
    """Requires that these are pages of the URLs in their order, of equal URLs each its own."""
    of = [str(each).partition(", fetch ")[0] for each in pages] if isinstance(pages, list) else pages
    expected = "`fetch_all` returns the list of pages, in the order of `urls`, though the last may come first."
    require(of == [f"page of {url}" for url in urls], expected, f"it returned {quoted(pages)}.", place)
    twice = [each for each in pages if pages.count(each) > 1]
    expected = "equal URLs are counted separately: each fetch has its own place in the list."
    require(not twice, expected, f"the result of one fetch stands in {len(twice)} places.", place)


def some_were_fetched(fetch: AsyncStub, call: Call) -> None:
    """Requires that `fetch` was called at all: what holds of no fetch says nothing."""
    require(fetch.calls, "`fetch_all` calls `fetch`.", f"it has {call.ending} without a call of it.", call.place)


def told(error: BaseException | None) -> Iterator[BaseException]:
    """The error and what it tells of: the errors of a group, however nested, and each one's cause."""
    if error is not None:
        yield error
        yield from told(error.__cause__)
        for inner in error.exceptions if isinstance(error, BaseExceptionGroup) else ():
            yield from told(inner)
