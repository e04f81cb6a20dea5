"""What all tests use."""

import pytest


@pytest.fixture
def anyio_backend():
    return "asyncio"


@pytest.fixture(autouse=True)
def nothing_is_left(leak_check):
    """Every test is checked for what it leaves behind."""
