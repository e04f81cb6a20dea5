"""Every solution and mutant in tests/submissions, judged, beside what must come out.

`make table` judges them all; exit code 1 says that a verdict was wrong. `make table ARGS="--task 1.1"` judges one
task's, `ARGS="--section 01-warm-up"` one section's. `ARGS="--runs 100 --busy 2"` judges them again and again while
other work keeps two processors busy, and says which verdicts ever differed. With `--sample`, each run takes two
solutions a task and one mutant an item, others every time.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from autograder.author.cases import Case, CaseError
from autograder.verdict import Verdict
from tests.cases import all_cases

JOBS = 2 * (os.cpu_count() or 1)
"""Cases judged at once: judging waits about as long as it works."""


def sample(cases: Iterable[Case], run: int = 0) -> list[Case]:
    """Two solutions a task and one mutant an item, others in the next run."""
    groups: dict[str, list[Case]] = {}
    for case in cases:
        for group in case.fails or [case.task]:
            groups.setdefault(group, []).append(case)
    taken: dict[str, Case] = {}
    for name, group in groups.items():
        size = 1 if name[-1].isalpha() else 2
        for number in range(size):
            case = group[(size * run + number) % len(group)]
            taken[case.name] = case
    return list(taken.values())


def failed(verdicts: Iterable[Verdict]) -> frozenset[str]:
    """The ids of the items that did not pass; what a person grades is no failure."""
    return frozenset(verdict.id for verdict in verdicts if verdict.status not in ("passed", "manual"))


def print_table(judged: Sequence[tuple[Case, list[Verdict]]], console: Console) -> None:
    """A line a case, under its task: what each item said, the items that must fail in brackets, and the seconds."""
    table = Table("case", "verdicts ([✗] fails, as it must)", "seconds", box=None)
    for case, verdicts in judged:
        signs = []
        for verdict in verdicts:
            sign = "✗" if verdict.id in failed(verdicts) else verdict.id[-1]
            signs.append(f"[{sign}]" if verdict.id in case.fails else f" {sign} ")
        right = failed(verdicts) == case.fails
        seconds = f"{sum(verdict.seconds for verdict in verdicts):.2f}"
        table.add_row(case.name, escape("".join(signs)), seconds, style="" if right else "bold red")
    console.print(table)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--task", help="judge the cases of this task only, such as 1.1")
    parser.add_argument("--section", help="judge the cases of this section only, such as 01-warm-up")
    parser.add_argument("--runs", type=int, default=1, help="how often to judge them")
    parser.add_argument("--busy", type=int, default=0, help="processes that do other work meanwhile")
    parser.add_argument("--jobs", type=int, default=JOBS, help="cases judged at once")
    parser.add_argument("--sample", action="store_true", help="judge some of them in each run, in turn")
    options = parser.parse_args()
    try:
        cases = list(all_cases().values())
    except CaseError as error:
        parser.error(str(error))
    cases = [case for case in cases if options.task in (None, case.task) and options.section in (None, case.section)]
    if not cases:
        parser.error("there is no such case: see the folders in tests/submissions")
    others = [multiprocessing.Process(target=_other_work, daemon=True) for _ in range(options.busy)]
    for other in others:
        other.start()
    wrong = 0
    for run in range(options.runs):
        started = time.monotonic()
        chosen = sample(cases, run) if options.sample else cases
        with ThreadPoolExecutor(options.jobs) as pool:
            judged = list(zip(chosen, pool.map(Case.judge, chosen), strict=True))
        if options.runs == 1:
            print_table(judged, Console())
        differing = [(case, verdicts) for case, verdicts in judged if failed(verdicts) != case.fails]
        wrong += len(differing)
        count = sum(len(verdicts) for _, verdicts in judged)
        seconds = time.monotonic() - started
        print(f"run {run + 1}: {count} verdicts on {len(judged)} cases in {seconds:.0f} s; {len(differing)} wrong")
        for case, verdicts in differing:
            print(f"  {case.name}: must fail {sorted(case.fails)}, failed {sorted(failed(verdicts))}")
            for verdict in verdicts:
                if (verdict.id in failed(verdicts)) != (verdict.id in case.fails):
                    print(f"    {verdict.id} {verdict.status}: {verdict.message}")
        sys.stdout.flush()
    sys.exit(1 if wrong else 0)


def _other_work() -> None:
    while True:
        sum(range(100_000))


if __name__ == "__main__":
    main()
