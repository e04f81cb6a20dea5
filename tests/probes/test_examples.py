"""The examples in the probes' docstrings are true."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

from autograder import probes

MODULES = [module.name for module in pkgutil.walk_packages(probes.__path__, f"{probes.__name__}.")]


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_each_module_hold(name):
    assert doctest.testmod(importlib.import_module(name)).failed == 0


@pytest.mark.parametrize("name", MODULES)
def test_each_module_shows_an_example(name):
    assert "\n    " in importlib.import_module(name).__doc__ or name.endswith((".tasks", ".threads"))
