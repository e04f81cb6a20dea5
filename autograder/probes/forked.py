"""A function in a forked process of its own, which is sent signals, and tells what happens in it.

    def function(say):
        say("begun")
        signal.pause()
        return 0

    async with forked(function) as process:
        await process.until("begun")              # True
        process.signal(signal.SIGTERM)
        await process.ended(within=1.0)           # True
        process.exit_code                         # -15

A fork needs no imports, and `function` may be a closure. It begins as a script does: in the main thread, no loop
running, SIGINT raising `KeyboardInterrupt`, the output sent off line by line, as to a terminal.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import json
import os
import signal
import stat
import sys
import threading
import time
import traceback
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

# Bound here, as learners' code may put others in the place of these.
from json import dumps
from os import _exit, write
from typing import Any

Say = Callable[..., None]
"""Tells of an event: its name and, by keywords, whatever else JSON has words for."""

LONGEST_OUTPUT = 1 << 20
"""Bytes of what a process prints that are kept."""

_LOOK = 0.01


@dataclass(frozen=True)
class Event:
    """Something that happened in the process, `at` a moment of `time.monotonic()`, and `what` else was said of it."""

    name: str
    at: float
    what: dict[str, Any]


@dataclass
class Process:
    """The process. `signalled` is when it was last sent a signal; `over` is when it had ended, or None.

    `exit_code` is the number of the signal that ended it, negative, if one did.
    """

    pid: int
    _events_end: int
    _output_end: int
    signalled: float = 0.0
    over: float | None = None
    exit_code: int | None = None
    _said: bytes = b""
    _printed: bytes = b""

    @property
    def output(self) -> str:
        """What it has printed so far."""
        return self._printed.decode(errors="replace")

    @property
    def events(self) -> list[Event]:
        """What it has told of so far."""
        *lines, _ = self._said.split(b"\n")
        return [Event(**json.loads(line)) for line in lines]

    def all(self, name: str) -> list[Event]:
        """The events of this name so far."""
        return [event for event in self.events if event.name == name]

    def signal(self, number: int) -> None:
        """Sends it a signal, if it is alive."""
        self.signalled = time.monotonic()
        if not self._look():
            os.kill(self.pid, number)

    async def until(self, name: str, times: int = 1, within: float = 5.0) -> bool:
        """Waits for so many events of this name; False if they do not come within so many seconds, or never can."""
        await self._wait(lambda: len(self.all(name)) >= times, time.monotonic() + within)
        return len(self.all(name)) >= times

    async def ended(self, within: float) -> bool:
        """Waits for its end; False if it is still alive, so many seconds after its last signal."""
        await self._wait(lambda: False, self.signalled + within)
        return self.over is not None

    async def _wait(self, holds: Callable[[], bool], deadline: float) -> None:
        while not holds() and not self._look() and time.monotonic() < deadline:
            await asyncio.sleep(_LOOK)

    def _look(self) -> bool:
        """Whether it has ended. What it told and printed before is here then."""
        if self.over is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.over = time.monotonic()
                self.exit_code = os.waitstatus_to_exitcode(status)
                self._hear()
                self._overhear()
        return self.over is not None

    def _hear(self) -> None:
        self._said += _read(self._events_end)

    def _overhear(self) -> None:
        self._printed = (self._printed + _read(self._output_end))[-LONGEST_OUTPUT:]


@contextlib.asynccontextmanager
async def forked(function: Callable[[Say], int]) -> AsyncIterator[Process]:
    """Runs `function` in a forked process, which is killed, if it is still alive, when the block ends.

    `function` is given what tells of events, and returns the exit code. An exception that it raises is printed as
    Python prints it, and makes the code 1.
    """
    sys.stdout.flush()
    events_end, tell_end = os.pipe()
    output_end, print_end = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            _begin(function, tell_end, print_end)
        finally:
            _exit(70)
    os.close(tell_end)
    os.close(print_end)
    os.set_blocking(events_end, False)
    os.set_blocking(output_end, False)
    process = Process(pid, events_end, output_end)
    loop = asyncio.get_running_loop()
    loop.add_reader(events_end, process._hear)
    loop.add_reader(output_end, process._overhear)
    try:
        yield process
    finally:
        loop.remove_reader(events_end)
        loop.remove_reader(output_end)
        if not process._look():
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
        os.close(events_end)
        os.close(output_end)


def _read(end: int) -> bytes:
    """What is there to be read now. At the end of it, the loop need not look any more."""
    read = b""
    with contextlib.suppress(BlockingIOError):
        while chunk := os.read(end, 65536):
            read += chunk
        asyncio.get_running_loop().remove_reader(end)
    return read


def _begin(function: Callable[[Say], int], tell_end: int, print_end: int) -> None:
    """In the new process: undoes what it has from the old one, runs the function and ends."""
    # Garbage of the parent's is not collected here: it would close descriptors that have been given to others by then.
    gc.freeze()
    _close_sockets()
    os.dup2(print_end, 1)
    os.dup2(print_end, 2)
    sys.stdout, sys.stderr = sys.__stdout__, sys.__stderr__
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.set_wakeup_fd(-1)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    asyncio._set_running_loop(None)
    asyncio.set_event_loop(None)

    def tell(name: str, **what: Any) -> None:
        write(tell_end, dumps({"name": name, "at": time.monotonic(), "what": what}).encode() + b"\n")

    try:
        code = function(tell)
    except BaseException:
        traceback.print_exc()
        code = 1
    # As the interpreter does at its end.
    for thread in threading.enumerate():
        if thread is not threading.current_thread() and not thread.daemon:
            thread.join()
    if sys.stdout:
        sys.stdout.flush()
    _exit(code)


def _close_sockets() -> None:
    """Closes what the parent has open of connections: otherwise they would live on here when it closes them."""
    for number in map(int, os.listdir("/dev/fd")):
        with contextlib.suppress(OSError):
            if number > 2 and stat.S_ISSOCK(os.fstat(number).st_mode):
                os.close(number)
