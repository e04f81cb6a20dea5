"""Task 91.1, for asyncio: `first(urls, fetch)` returns a page, and `test_first` tests it."""

from autograder.checking import Implementation, Task
from autograder.probes.stubs import AsyncStub
from autograder.probes.tasks import Call, nothing_left
from autograder.probes.words import quoted, require

task = Task("91.1", needs=("first(urls, fetch)",))
URLS = ["a", "b", "c"]


@task.item("a", seconds=3)
async def returns_a_page(solution):
    """`first` returns what was fetched."""
    fetch = AsyncStub("fetch(url)", latency=lambda url: 0.01, returns="page of {}".format)
    call = Call(solution.first, URLS, fetch.function)
    page = await call.returned(within=10)
    require(
        page in {f"page of {url}" for url in URLS},
        "`first` returns a page.",
        f"it returned {quoted(page)}.",
        call.place,
    )


@task.learners_test("b", test="test_first")
def implementations():
    """`test_first` passes where `first` returns at once, and fails where it raises."""

    async def right(urls, fetch):
        right.called = True
        return urls[0]

    async def wrong(urls, fetch):
        wrong.called = True
        raise RuntimeError("wrong")

    right.called = wrong.called = False
    yield Implementation("`first` returns at once", True, {"first": right})
    yield Implementation("`first` raises", False, {"first": wrong})


@task.item("c", seconds=3)
async def leaves_nothing(solution):
    """Leak check."""
    async with nothing_left("when `first` has returned"):
        await returns_a_page.run(solution)
