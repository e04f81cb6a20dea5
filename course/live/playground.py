"""`live.playground()`: a record of code that is being mended, in which an error is told in one line."""

from __future__ import annotations

import asyncio
import linecache
import re
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager

from course.live.recorder import record
from course.live.run import Run


@contextmanager
def playground() -> Iterator[Run]:
    """Record as `record` does, and print an error of the block as one line, with its place in the learner's code.

    Code that is being mended fails often, and a traceback through the course's cells would hide the line that matters.
    """
    with record() as run, _threads_told_in_one_line():
        try:
            yield run
        except (Exception, asyncio.CancelledError) as error:
            if isinstance(error, asyncio.CancelledError) and _is_cancelled():
                raise
            print(in_one_line(error))


@contextmanager
def _threads_told_in_one_line() -> Iterator[None]:
    def tell(args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None and not isinstance(args.exc_value, SystemExit):
            print(f"{in_one_line(args.exc_value)}, which ended the thread {args.thread.name if args.thread else ''!r}")

    before = threading.excepthook
    threading.excepthook = tell
    try:
        yield
    finally:
        threading.excepthook = before


def _is_cancelled() -> bool:
    # A `CancelledError` that nobody asked for comes of a task that the learner's code has awaited.
    try:
        task = asyncio.current_task()
    except RuntimeError:
        return False
    return task is not None and task.cancelling() > 0


def in_one_line(error: BaseException) -> str:
    """Return the error's kind and message, and the innermost line of the learner's solution that it came through."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    said = str(error).strip().partition("\n")[0]
    line = f"\N{BALLOT X} {type(error).__name__}{f': {said}' if said else ''}"
    for frame, number in reversed(list(traceback.walk_tb(error.__traceback__))):
        first, *_ = linecache.getlines(frame.f_code.co_filename, frame.f_globals) or [""]
        if mark := re.match(r"# solution: ([\d.]+)", first):
            code = linecache.getline(frame.f_code.co_filename, number, frame.f_globals).strip()
            return f"{line}  (solution {mark[1]}, line {number}: {code})"
    return line
