"""Every solution in tests/solutions and tests/mutants, judged, beside what must come out.

`python -m tests.table --runs 100 --busy 2` judges them all again and again while other work keeps two processors
busy, and says whether any verdict ever differs. With `--sample`, each run takes four solutions a task and two mutants
an item, others every time.
"""

from __future__ import annotations

import argparse
import multiprocessing
import sys
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from autograder import submission
from autograder.catalogue import select
from autograder.run.judge import judge_task
from autograder.verdict import Verdict

ROOT = Path(__file__).parent


@dataclass(frozen=True)
class Entry:
    """A file that solves `task`, rightly or wrongly, and the items that must fail."""

    path: Path
    task: str
    fails: frozenset[str]

    @property
    def name(self) -> str:
        return str(self.path.relative_to(ROOT).with_suffix(""))

    def judge(self) -> list[Verdict]:
        source = submission.read(self.path, self.task)
        return judge_task(source, self.task, select(self.task), sandboxed=True)


def entries() -> list[Entry]:
    """All of them. The first line of a mutant lists the items it must fail: `# fails: 1.1a 1.1c`."""
    found = [Entry(path, path.parent.name, frozenset()) for path in sorted(ROOT.glob("solutions/*/*/*.py"))]
    for path in sorted(ROOT.glob("mutants/*/*/*.py")):
        mark, _, fails = path.read_text(encoding="utf-8").partition("\n")[0].partition(":")
        if mark != "# fails" or not fails.split():
            raise ValueError(f"{path}: the first line must list the items it fails, as in '# fails: 1.1a'")
        found.append(Entry(path, path.parent.name, frozenset(fails.split())))
    return found


def sample(chosen: list[Entry], run: int) -> list[Entry]:
    """Four solutions a task and two mutants an item, others in the next run."""
    groups: dict[str, list[Entry]] = {}
    for entry in chosen:
        for group in entry.fails or [entry.task]:
            groups.setdefault(group, []).append(entry)
    taken: dict[Entry, None] = {}
    for name, group in groups.items():
        size = 2 if name[-1].isalpha() else 4
        taken.update(dict.fromkeys(group[(size * run + number) % len(group)] for number in range(size)))
    return list(taken)


def failed(verdicts: Iterable[Verdict]) -> frozenset[str]:
    """The ids of the items that did not pass."""
    return frozenset(verdict.id for verdict in verdicts if verdict.status != "passed")


def print_table(judged: dict[Entry, list[Verdict]], console: Console) -> None:
    """A line a file: what each item said, the items that must fail in brackets, and the seconds it took."""
    table = Table("file", "verdicts (\\[x]: must fail)", "seconds", box=None)
    for entry, verdicts in judged.items():
        signs = []
        for verdict in verdicts:
            letter = verdict.id[-1] if verdict.status == "passed" else "✗"
            signs.append(f"\\[{letter}]" if verdict.id in entry.fails else f" {letter} ")
        right = failed(verdicts) == entry.fails
        seconds = f"{sum(verdict.seconds for verdict in verdicts):.2f}"
        table.add_row(entry.name, "".join(signs), seconds, style="" if right else "bold red")
    console.print(table)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--busy", type=int, default=0, help="processes that do other work meanwhile")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--task")
    parser.add_argument("--sample", action="store_true", help="judge some of them in each run, in turn")
    options = parser.parse_args()
    chosen = [entry for entry in entries() if options.task in (None, entry.task)]
    others = [multiprocessing.Process(target=_other_work, daemon=True) for _ in range(options.busy)]
    for other in others:
        other.start()
    wrong = 0
    for run in range(options.runs):
        started = time.monotonic()
        files = sample(chosen, run) if options.sample else chosen
        with ThreadPoolExecutor(options.jobs) as pool:
            judged = dict(zip(files, pool.map(Entry.judge, files), strict=True))
        if options.runs == 1:
            print_table(judged, Console())
        differing = [entry for entry, verdicts in judged.items() if failed(verdicts) != entry.fails]
        wrong += len(differing)
        count = sum(map(len, judged.values()))
        seconds = time.monotonic() - started
        print(f"run {run + 1}: {count} verdicts on {len(judged)} files in {seconds:.0f} s; {len(differing)} wrong")
        for entry in differing:
            print(f"  {entry.name}: must fail {sorted(entry.fails)}, failed {sorted(failed(judged[entry]))}")
            for verdict in judged[entry]:
                if (verdict.status != "passed") != (verdict.id in entry.fails):
                    print(f"    {verdict.id} {verdict.status}: {verdict.message}")
        sys.stdout.flush()
    sys.exit(1 if wrong else 0)


def _other_work() -> None:
    while True:
        sum(range(100_000))


if __name__ == "__main__":
    main()
