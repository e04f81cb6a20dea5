import pytest


@pytest.fixture(autouse=True)
def no_leaks(leak_check):
    """Every test of this package is checked for what it leaves behind."""
