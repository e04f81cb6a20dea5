"""Every solution and mutant in tests/submissions, judged, beside what must come out.

`make table` judges them all; exit code 1 says that a verdict was wrong. `make table ARGS="--task 1.1"` judges one
task's, `ARGS="--section 01-warm-up"` one section's. With `--sample`, each run takes two solutions a task and one mutant
an item, others every time.

`ARGS="--runs 10 --busy 0 2 6"` judges them ten times at each of three loads: 0, 2 or 6 processes do other work
meanwhile. It says what differs from the first time: verdicts and clocks, and on virtual time also messages, the turns
that threads took and the time that passed; exit code 1 says that something did. At the end it says how long the checks
of a correct solution took, by task and load.

`make table REAL=1` judges the solutions on the machine's clock, to notice if virtual time and Python drift apart: on an
idle machine, as limits are exact. Items that would take longer there than a minute are named, and not judged on it.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from statistics import median

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from autograder.author.cases import Case, CaseError
from autograder.run.threads.kernel import kernel
from autograder.verdict import Verdict
from tests.cases import all_cases, sample

JOBS = 2 * (os.cpu_count() or 1)
"""Cases judged at once: judging waits about as long as it works."""


LONGEST_ON_REAL_TIME = 60.0
"""Seconds for which an item may wait to be judged on real time, where each of them passes."""


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
    """Whether it says what was expected and what was seen, in the learner's terms, or which item has said it.

    What is indented is quoted, from the learner's own tests.
    """
    if message.startswith("The same as "):
        return True
    lines = message.split("Where: ")[0].splitlines()
    ours = "".join(line for line in lines if not line.startswith("  ")).lower().replace("asserts", "")
    return "Expected: " in message and "Seen: " in message and "assert" not in ours and "Traceback" not in message


def judge_on_real_time(case: Case) -> list[Verdict]:
    """Return the verdicts on real time, and those on virtual time of the items that would take too long there."""
    on_virtual_time = case.judge()
    long = {each.id: each for each in on_virtual_time if _virtual_seconds(each) > LONGEST_ON_REAL_TIME}
    on_real_time = {each.id: each for each in case.judge(real_time=True, without=long)}
    return [(long | on_real_time)[each.id] for each in on_virtual_time]


def _virtual_seconds(verdict: Verdict) -> float:
    return float(verdict.fingerprint.split()[-2]) - kernel.now if verdict.fingerprint else 0.0


def print_left_out(judged: Sequence[tuple[Case, list[Verdict]]]) -> None:
    """Says which items were not judged on real time, and how long they take at most."""
    seconds: dict[str, float] = {}
    for verdict in (verdict for _, verdicts in judged for verdict in verdicts if verdict.clock == "virtual"):
        seconds[verdict.id] = max(seconds.get(verdict.id, 0.0), _virtual_seconds(verdict))
    for id, most in sorted(seconds.items()):
        print(f"{id} was not judged on real time, where it takes up to {most:.0f} s")


class Repeats:
    """The first verdict on each item of each case, and how later ones differ from it."""

    def __init__(self) -> None:
        self._first: dict[tuple[str, str], Verdict] = {}

    def differences(self, judged: Iterable[tuple[Case, list[Verdict]]]) -> list[str]:
        """Return what differs now, in words."""
        found = []
        for case, verdicts in judged:
            for verdict in verdicts:
                first = self._first.setdefault((case.name, verdict.id), verdict)
                found += [f"{case.name} {verdict.id}: {what}" for what in _differences(first, verdict)]
        return found


def _differences(first: Verdict, now: Verdict) -> Iterable[str]:
    fields = ("status", "clock") if first.clock != "virtual" else ("status", "clock", "message", "fingerprint")
    for field in fields:
        before, after = getattr(first, field), getattr(now, field)
        if before != after:
            yield f"{field} was {before!r} and is {after!r}"


def print_seconds(seconds: Mapping[tuple[str, int], Sequence[float]], console: Console) -> None:
    """A line a task and load: how long the checks of a solution that is right took."""
    table = Table("task", "busy", "median s", "most s", box=None)
    for (task, busy), each in sorted(seconds.items()):
        table.add_row(task, str(busy), f"{median(each):.2f}", f"{max(each):.2f}")
    console.print(table)


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
    parser.add_argument("--runs", type=int, default=1, help="how often to judge them at each load")
    parser.add_argument(
        "--busy", type=int, nargs="+", default=[0], help="loads: processes that do other work meanwhile"
    )
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
    wrong = different = 0
    repeats = Repeats()
    seconds: dict[tuple[str, int], list[float]] = defaultdict(list)
    runs = [(busy, run) for busy in options.busy for run in range(options.runs)]
    for busy, run in runs:
        started = time.monotonic()
        chosen = sample(cases, run) if options.sample else cases
        with _other_work(busy), ThreadPoolExecutor(options.jobs) as pool:
            judged = list(
                zip(chosen, pool.map(judge_on_real_time if options.real else Case.judge, chosen), strict=True)
            )
        if len(runs) == 1:
            print_table(judged, Console())
        if options.real:
            print_left_out(judged)
        complaints = {case.name: found for case, verdicts in judged if (found := faults(case, verdicts))}
        differences = repeats.differences(judged)
        wrong, different = wrong + len(complaints), different + len(differences)
        for case, verdicts in judged:
            if not case.fails:
                seconds[case.task, busy].append(sum(verdict.seconds for verdict in verdicts))
        count = sum(len(verdicts) for _, verdicts in judged)
        took = time.monotonic() - started
        print(f"run {run + 1}, busy {busy}: {count} verdicts on {len(judged)} cases in {took:.0f} s; ", end="")
        print(f"{len(complaints)} wrong, {len(differences)} different")
        for name, found in complaints.items():
            print("\n".join((f"  {name}", *(f"    {line}" for line in found))))
        print(*(f"  {line}" for line in differences), sep="\n", end="\n" * bool(differences))
        sys.stdout.flush()
    if len(runs) > 1:
        print_seconds(seconds, Console())
        print(f"{len(runs)} runs: {wrong} wrong, {different} different")
    sys.exit(1 if wrong or different else 0)


@contextmanager
def _other_work(processes: int) -> Iterator[None]:
    """So many processes that do other work while the block runs."""
    others = [multiprocessing.Process(target=_work, daemon=True) for _ in range(processes)]
    for other in others:
        other.start()
    try:
        yield
    finally:
        for other in others:
            other.terminate()
            other.join()


def _work() -> None:
    """Works until it is ended, or has lost its parent, which was killed."""
    parent = os.getppid()
    while os.getppid() == parent:
        sum(range(100_000))


if __name__ == "__main__":
    main()
