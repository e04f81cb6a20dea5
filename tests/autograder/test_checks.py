"""Each check passes every correct solution and fails every wrong one, for the item it is about and for no other.

Here the cases of sections that changed are judged, and a sample of the others; `make table` judges all.
"""

from __future__ import annotations

from collections import Counter
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from autograder.author.cases import Case
from autograder.author.places import cases_of, package_of, shown
from autograder.catalogue import all_items
from autograder.source import Source
from autograder.verdict import Verdict
from tests.cases import all_cases, cases_to_test, changed_sections, sample
from tests.table import JOBS, Repeats, faults

CASES = cases_to_test()


@pytest.fixture(scope="module")
def judged():
    """Judges all cases, a few at once, while the tests ask for them in turn."""
    with ThreadPoolExecutor(JOBS) as pool:
        futures: dict[str, Future[list[Verdict]]] = {case.name: pool.submit(case.judge) for case in CASES}
        yield futures


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_exactly_the_items_that_must_fail_do_and_say_why(case, judged):
    assert faults(case, judged[case.name].result()) == []


def test_every_item_has_3_to_12_mutants_and_every_task_4_to_20_solutions():
    """A program of section 12 may do with three solutions; its choices are judged in test_choices.py."""
    mutants = Counter(item for case in all_cases().values() for item in case.fails)
    solutions = Counter(case.task for case in all_cases().values() if not case.fails)
    automatic = [item for item in all_items().values() if item.grading == "automatic" and not item.choice]
    least = dict.fromkeys((item.task for item in all_items().values() if item.choice), 3)
    assert all(3 <= mutants[item.id] <= 12 for item in automatic), mutants
    assert all(least.get(item.task, 4) <= solutions[item.task] <= 20 for item in automatic), solutions


def test_the_table_says_what_differs_from_the_first_run():
    def verdict(clock="virtual", **fields):
        fields = {"status": "failed", "message": "late", "fingerprint": "0 turns, 1001.000000 s", **fields}
        return Verdict("1.1a", "1.1", "title", 2, 0, seconds=0.1, clock=clock, **fields)

    case = next(iter(all_cases().values()))
    assert Repeats().differences([(case, [verdict()]), (case, [verdict()])]) == []
    for changed in ({"status": "passed"}, {"message": "later"}, {"fingerprint": "1 turns, 1001.000000 s"}):
        (difference,) = Repeats().differences([(case, [verdict()]), (case, [verdict(**changed)])])
        assert difference.startswith(f"{case.name} 1.1a: {next(iter(changed))} was ")
    real = [verdict("real"), verdict("real", message="later")]  # a figure in it may be another each time
    assert Repeats().differences([(case, [each]) for each in real]) == []


def test_a_sample_has_mutants_of_every_item_and_in_time_every_case():
    source = Source("solution.py", {"solution.py": ""})
    cases = [
        Case(f"91-toy-code/{task}/{kind}_{number}", task, source, frozenset(task + letter for letter in letters))
        for task in ("91.1", "91.2")
        for kind, letters in (("solutions", ""), ("mutants/a", "a"), ("mutants/b", "b"), ("mutants/both", "ab"))
        for number in range(6)
    ]
    taken = sample(cases)
    assert len(taken) < len(cases) / 3
    assert {item for case in taken for item in case.fails} == {item for case in cases for item in case.fails}
    assert {case.task for case in taken if not case.fails} == {case.task for case in cases}
    assert {case.name for run in range(12) for case in sample(cases, run)} == {case.name for case in cases}


def test_a_section_has_changed_if_its_checks_or_its_cases_have():
    case = next(iter(all_cases().values()))
    cases, checks = cases_of(case.section, case.task), package_of(case.section)
    for path in (cases / "mutants.toml", checks / "first.py"):
        assert changed_sections([shown(path)]) == {case.section}
    assert changed_sections(["autograder/run/worker.py", "tests/submissions/77-gone/77/mutants.toml"]) == set()
