"""Each check passes every correct solution and fails every wrong one, for the item it is about and for no other."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import Future, ThreadPoolExecutor

import pytest
from rich.console import Console

from autograder.catalogue import all_items
from autograder.verdict import Verdict
from tests.cases import all_cases
from tests.table import JOBS, failed, print_table

CASES = list(all_cases().values())


@pytest.fixture(scope="module")
def judged(request):
    """Judges all cases, a few at once, while the tests ask for them in turn; prints the table at the end."""
    with ThreadPoolExecutor(JOBS) as pool:
        futures: dict[str, Future[list[Verdict]]] = {case.name: pool.submit(case.judge) for case in CASES}
        yield futures
    with request.config.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
        print_table([(case, futures[case.name].result()) for case in CASES], Console())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_exactly_the_items_that_must_fail_do(case, judged):
    verdicts = judged[case.name].result()
    said = "\n".join(f"{verdict.id} {verdict.status}: {verdict.message}" for verdict in verdicts)
    assert failed(verdicts) == case.fails, said


@pytest.mark.parametrize("case", [case for case in CASES if case.fails], ids=lambda case: case.name)
def test_a_failed_item_says_what_was_expected_and_what_was_seen(case, judged):
    for verdict in judged[case.name].result():
        if verdict.id in case.fails:
            assert "Expected: " in verdict.message
            assert "Seen: " in verdict.message
            assert "assert" not in verdict.message.split("Where: ")[0].lower().replace("asserts", "")
            assert "Traceback" not in verdict.message


def test_every_item_has_3_to_12_mutants_and_every_task_4_to_20_solutions():
    mutants = Counter(item for case in CASES for item in case.fails)
    solutions = Counter(case.task for case in CASES if not case.fails)
    automatic = [item for item in all_items().values() if item.grading == "automatic"]
    assert all(3 <= mutants[item.id] <= 12 for item in automatic), mutants
    assert all(4 <= solutions[item.task] <= 20 for item in automatic), solutions
