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
from functools import partial

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from autograder.author.cases import Case, CaseError
from autograder.verdict import Verdict
from tests.cases import all_cases, sample

JOBS = 2 * (os.cpu_count() or 1)
"""Cases judged at once: judging waits about as long as it works."""


def failed(verdicts: Iterable[Verdict]) -> frozenset[str]:
    """The ids of the items that did not pass; what a person grades is no failure."""
    return frozenset(verdict.id for verdict in verdicts if verdict.status not in ("passed", "manual"))


def faults(case: Case, verdicts: Iterable[Verdict]) -> list[str]:
    """Return what is wrong with the verdicts on a case: an item passes or fails that must not, or says too little."""
    found = []
    for verdict in verdicts:
        fails = verdict.id in failed([verdict])
        if fails != (verdict.id in case.fails):
            found.append(f"{verdict.id} {verdict.status}: {verdict.message}")
        elif fails and not _teaches(verdict.message):
            found.append(f"{verdict.id} says too little, or what only its author understands: {verdict.message}")
    return found


def _teaches(message: str) -> bool:
    """Whether it says what was expected and what was seen, in the learner's terms, or which item has said it."""
    if message.startswith("The same as "):
        return True
    ours = message.split("Where: ")[0].lower().replace("asserts", "")
    return "Expected: " in message and "Seen: " in message and "assert" not in ours and "Traceback" not in message


def print_table(judged: Sequence[tuple[Case, list[Verdict]]], console: Console) -> None:
    """A line a case, under its task: what each item said, the items that must fail in brackets, and the seconds."""
    table = Table("case", "verdicts ([✗] fails, as it must)", "seconds", box=None)
    for case, verdicts in judged:
        signs = []
        for verdict in verdicts:
            sign = "✗" if verdict.id in failed(verdicts) else verdict.id[-1]
            signs.append(f"[{sign}]" if verdict.id in case.fails else f" {sign} ")
        right = not faults(case, verdicts)
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
    parser.add_argument("--real", action="store_true", help="judge the solutions only, all of them on real time")
    parser.add_argument("--sample", action="store_true", help="judge some of them in each run, in turn")
    options = parser.parse_args()
    try:
        cases = list(all_cases().values())
    except CaseError as error:
        parser.error(str(error))
    cases = [case for case in cases if options.task in (None, case.task) and options.section in (None, case.section)]
    if options.real:
        cases = [case for case in cases if not case.fails]
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
            judged = list(zip(chosen, pool.map(partial(Case.judge, real_time=options.real), chosen), strict=True))
        if options.runs == 1:
            print_table(judged, Console())
        complaints = {case.name: found for case, verdicts in judged if (found := faults(case, verdicts))}
        wrong += len(complaints)
        count = sum(len(verdicts) for _, verdicts in judged)
        seconds = time.monotonic() - started
        print(f"run {run + 1}: {count} verdicts on {len(judged)} cases in {seconds:.0f} s; {len(complaints)} wrong")
        for name, found in complaints.items():
            print("\n".join((f"  {name}", *(f"    {line}" for line in found))))
        sys.stdout.flush()
    sys.exit(1 if wrong else 0)


def _other_work() -> None:
    while True:
        sum(range(100_000))


if __name__ == "__main__":
    main()
