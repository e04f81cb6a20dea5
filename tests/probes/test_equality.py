from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from unittest import mock

import pytest

from autograder.probes.equality import believed
from autograder.run import own_files
from autograder.verdict import Failed


@pytest.fixture
def learners():
    """What is defined in this file is a learner's."""
    own_files.files.add(__file__)
    yield
    own_files.files.discard(__file__)


class Page:
    def __eq__(self, other):
        return True

    __hash__ = object.__hash__


class Text(str):
    def __ne__(self, other):
        return False


@dataclass
class Plain:
    text: str


@pytest.mark.parametrize("value", [1, "page", None, [("a", {"b": {1}})], Decimal(1), Path("x"), Plain("a"), object()])
@pytest.mark.usefixtures("learners")
def test_a_value_that_compares_as_the_library_does_is_given_back(value):
    assert believed(value) is value


@pytest.mark.parametrize("value", [Page(), Text("x"), [Page()], {"a": (Page(),)}, mock.ANY])
@pytest.mark.usefixtures("learners")
def test_a_value_that_says_itself_what_it_is_equal_to_fails(value):
    with pytest.raises(Failed, match="decides itself what it is equal to"):
        believed(value)
