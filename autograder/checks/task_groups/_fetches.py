"""What both tasks of this section fetch: URLs whose pages can be told apart, and errors that can be found again."""

from __future__ import annotations

from collections.abc import Iterator

from autograder.probes.stubs import AsyncStub
from autograder.probes.tasks import Call
from autograder.probes.words import require

AT_ONCE = 0.01


class FetchError(Exception):
    """What a fetch that fails raises."""


def some_urls(number: int) -> list[str]:
    """So many different URLs."""
    return [f"https://example.org/{place}" for place in range(1, number + 1)]


def page(url: str) -> str:
    """What fetching a URL returns."""
    return f"page of {url}"


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
