"""What all tests use."""

import pytest

from course import leaks

# PyrateLimiter keeps a thread for each limiter, and a task in it, for up to 10 s after close(): nothing waits for them.
LIBRARY = leaks.ignore(created_by="pyrate_limiter.abstracts.bucket.Leaker.*")


def pytest_collection_modifyitems(items):
    for item in items:
        item.add_marker(pytest.mark.leak_check(LIBRARY), append=False)


@pytest.fixture
def anyio_backend():
    return "asyncio"
