"""The property *what is accepted runs once, what is refused never*, of what takes jobs and hands them to a handler.

    handle = AsyncStub("handle(job)", latency=0.01)
    pool = solution.Pool(5, handle.function)
    submits = {job: Call(pool.submit, job) for job in range(1000)}
    await close_waits(pool.close, handle)
    runs_if_accepted(handle, submits)

A `submit` that returned has accepted its job; one that raised, was cancelled or has not ended has not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping

from autograder.probes.stubs import AsyncStub
from autograder.probes.tasks.calls import Call
from autograder.probes.words import count, quoted
from autograder.verdict import Failed


def runs_if_accepted(handle: AsyncStub, submits: Mapping[Hashable, Call]) -> None:
    """Requires that each accepted job was handled to its end exactly once, and that no other one was begun."""
    begun = Counter(handle.arguments)
    handled = Counter(run.argument for run in handle.calls if run.ending in ("returned", "raised"))
    for job, submit in submits.items():
        accepted = submit.done and submit.error is None
        times = handled[job] if accepted else begun[job]
        if times != accepted:  # of a thousand, only one that is wrong is put into words
            expected = "a job that was accepted is handled to its end exactly once, and any other one never."
            seen = f"the `{submit.name}` of {quoted(job)} had {submit.ending}, and it was handled"
            raise Failed(expected, f"{seen} {count(times, 'time')}.", submit.place)
