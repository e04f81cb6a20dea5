"""Each check passes every correct solution and fails every wrong one, for the item it is about and for no other."""

from __future__ import annotations

import os
from collections import Counter
from concurrent.futures import Future, ThreadPoolExecutor

import pytest
from rich.console import Console

from autograder.catalogue import all_items
from autograder.verdict import Verdict
from tests.table import Entry, entries, failed, print_table

ENTRIES = entries()


@pytest.fixture(scope="module")
def judged(request):
    """Judges all files, a few at once, while the tests ask for them in turn; prints the table at the end."""
    with ThreadPoolExecutor(2 * (os.cpu_count() or 1)) as pool:
        futures: dict[Entry, Future[list[Verdict]]] = {entry: pool.submit(entry.judge) for entry in ENTRIES}
        yield futures
    with request.config.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
        print_table({entry: future.result() for entry, future in futures.items()}, Console())


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
def test_exactly_the_items_that_must_fail_do(entry, judged):
    verdicts = judged[entry].result()
    said = "\n".join(f"{verdict.id} {verdict.status}: {verdict.message}" for verdict in verdicts)
    assert failed(verdicts) == entry.fails, said


@pytest.mark.parametrize("entry", [entry for entry in ENTRIES if entry.fails], ids=lambda entry: entry.name)
def test_a_failed_item_says_what_was_expected_and_what_was_seen(entry, judged):
    for verdict in judged[entry].result():
        if verdict.id in entry.fails:
            assert "Expected: " in verdict.message
            assert "Seen: " in verdict.message
            assert "assert" not in verdict.message.split("Where: ")[0].lower().replace("asserts", "")
            assert "Traceback" not in verdict.message


def test_every_item_has_mutants_and_every_task_has_solutions_in_several_styles():
    mutants = Counter(item for entry in ENTRIES for item in entry.fails)
    solutions = Counter(entry.task for entry in ENTRIES if not entry.fails)
    automatic = [item for item in all_items().values() if item.grading == "automatic"]
    assert all(mutants[item.id] >= 2 for item in automatic), mutants
    assert all(solutions[item.task] >= 4 for item in automatic), solutions
