"""The keys of section 10: of the versions installed, and what `course.audit` finds of them."""

from importlib.metadata import version
from importlib.util import find_spec

import pytest

from autograder.checks.audit.repository import KEYS, places
from course import audit


@pytest.fixture(params=KEYS)
def key(request):
    """A package's key, its places, and what the tool finds in it."""
    (folder,) = find_spec(request.param).submodule_search_locations
    return request.param, places(KEYS[request.param]["places"]), audit.find(folder).spawns


def test_it_is_of_the_version_that_is_installed(key):
    package, _, _ = key
    assert version(package) == KEYS[package]["version"]


def test_every_place_is_found_and_nothing_else_but_what_is_free(key):
    package, known, spawns = key
    free = places(KEYS[package]["free"])
    found = [[spawn for spawn in spawns if place.is_at(spawn.file, spawn.line)] for place in known]
    assert [len(one) for one in found] == [1] * len(known)
    for spawn in spawns:
        assert any(place.is_at(spawn.file, spawn.line) for place in [*known, *free])


def test_its_letters_are_yes_no_or_either(key):
    _, known, _ = key
    assert {letter for place in known for letter in place.letters} <= set("YN-")
    assert all(len(place.letters) == 3 for place in known)


def test_some_places_of_each_package_lack_something(key):
    _, known, _ = key
    assert any("N" in place.letters for place in known)
