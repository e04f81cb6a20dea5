"""Program 12.21, jobs that wait for jobs of their own pool: `Index(count_words, workers)`, `count` and `close`."""

from __future__ import annotations

import concurrent.futures
from typing import Any

from autograder.checking import Task, where
from autograder.checks.find_the_bug._choices import broken_principle, observation
from autograder.probes.errors import comes_of
from autograder.probes.stubs import Stub
from autograder.probes.threads import Call, Started, close_waits, nothing_left, until
from autograder.probes.words import quoted, require

task = Task("12.21", needs=("Index(count_words, workers)",))

happens = observation(
    task,
    a="There are two workers. Who counts the files, if both of them run a folder's job?",
    c="They wait, but with a limit of two seconds.",
    d="One folder takes one worker. The other one counts the files.",
)
principle = broken_principle(
    task,
    "f",
    a="The pool owns its threads, and `close` ends them.",
    b="Nobody here is to be told to end: a folder's job would end by itself, if its files were counted.",
    c="`close` waits for the pool, and whoever asked waits for the future.",
    d="The waits have a bound, two seconds. With a longer one it only takes longer.",
    g="A worker is free again when its job has ended, whether it has returned or raised.",
    h="The `TimeoutError` comes to who asked for the folder.",
)

WORKERS = 2


class Unreadable(Exception):
    """What the stub raises."""


@task.item("c")
def folders_do_not_wait_for_one_another(solution: Any) -> None:
    """Mended: forty folders at once are all counted, `workers` files at a time; `close` leaves no thread."""
    raised = Unreadable("burnt.txt")
    count_words = Stub(
        "count_words(file)", latency=0.1, returns=len, raises=lambda file: raised if file == "burnt" else None
    )
    with nothing_left("after `close()`"):
        started = Started()
        index = solution.Index(count_words.function, WORKERS)
        folders = [["a" * (number + 1), "bb", "ccc"] for number in range(40)] + [[], ["dddd"], ["ee", "burnt", "f"]]
        calls = [Call(index.count, folder) for folder in folders]
        futures = [call.returned(within=0.05) for call in calls]
        strange = [future for future in futures if not isinstance(future, concurrent.futures.Future)]
        seen = f"it returned {quoted(strange[:1])[1:-1]}."
        require(not strange, "`count` returns a `concurrent.futures.Future`.", seen, calls[0].place)
        done = until(lambda: all(future.done() for future in futures), within=10)
        seen = f"of {len(folders)} folders at once, {sum(future.done() for future in futures)} were, after 10 s."
        require(done, "every folder is counted.", seen, where(*started.running()), calls[0].place)
        *counted, burnt = futures
        for folder, future in zip(folders, counted, strict=False):
            ending = f"raised {quoted(future.exception())}" if future.exception() else f"gave {future.result()}"
            words = sum(map(len, folder))
            right = not future.exception() and future.result() == words
            require(right, f"the count of {quoted(folder)} is {words}.", f"it {ending}.", calls[0].place)
        expected = "if `count_words` raises, the future of that folder has the error."
        require(comes_of(burnt.exception(), raised), expected, f"it has {quoted(burnt.exception())}.", calls[-1].place)
        late = [index.count(["g", "h"]) for _ in range(6)]
        close_waits(index.close, count_words)
        whole = all(future.done() and not future.exception() for future in late)
        require(whole, "`close` returns when all is counted.", "a folder was not.", where(index.close))
    seen = f"with {WORKERS} workers, {count_words.most_at_once} files were counted at once."
    require(count_words.most_at_once <= WORKERS, "at most `workers` files at once.", seen, where(solution.Index))
