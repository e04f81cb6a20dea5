"""One try of one item: a child process that judges it, and the watch that stops what goes beyond its limits."""

from __future__ import annotations

import json
import os
import select
import signal
import tempfile
import time
from dataclasses import dataclass, field

# Bound here, as learners' code may put others in the place of these.
from os import _exit, write
from typing import IO, Any

from autograder.item import Item
from autograder.run import child, limits, processes
from autograder.run.child import LONGEST_MARK, LONGEST_MESSAGE
from autograder.run.encoding import encoded
from autograder.run.marks import acts
from autograder.run.stacks import last_places
from autograder.source import Source
from autograder.verdict import CLOCKS, OUTCOMES

LONGEST_RECORDING = 4 << 20
"""Bytes that a child may say, with the recording of a run."""

_TICK = 0.25
_MOST_POINTS = 10_000_000


class SetUpFailed(Exception):
    """The process for the learner's code could not be made ready, which is not the code's doing. The text says why."""


class Abandoned(Exception):
    """Whoever asked for the verdicts is gone."""


@dataclass
class Record:
    """What came of it, and what the search of schedules has to know. `imported`: the learner's module was."""

    status: str
    message: str
    imported: bool
    clock: str
    fingerprint: str = ""
    points: tuple[int, int] = (0, 0)
    seconds: float = 0.0
    recording: dict[str, Any] | None = None
    marks: list[str] = field(default_factory=list)

    def said(self) -> dict[str, Any]:
        """Return what `judge` is to hear."""
        seconds = round(self.seconds, 4)
        message = self.message[: 2 * LONGEST_MESSAGE]
        said = {"status": self.status, "message": message, "seconds": seconds, "clock": self.clock}
        said |= {"fingerprint": self.fingerprint, "marks": self.marks}
        return said | ({"recording": self.recording} if self.recording else {})


@dataclass
class Attempt:
    """One child that judges one item, on virtual time if there is a schedule, and the watch over it."""

    item: Item
    source: Source
    uid: int | None
    sandboxed: bool
    recorded: bool
    scratch: tuple[str, ...]
    schedule: str = ""
    token: bytes = field(default_factory=lambda: os.urandom(16).hex().encode())
    set_up: bool = False
    imported: bool = False
    marks: list[str] = field(default_factory=list)
    printed: int = 0
    tail: bytes = b""
    stacks: IO[bytes] = field(default_factory=tempfile.TemporaryFile)

    def record(self) -> Record:
        """Fork the child, watch it until it has said what there is to say, or has to be stopped, and end it.

        Raises `SetUpFailed` and `Abandoned`.
        """
        started = time.monotonic()
        said_end, say_end = os.pipe()
        output_end, print_end = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(said_end)
            os.close(output_end)
            self._judge(say_end, print_end)
        os.close(say_end)
        os.close(print_end)
        try:
            record = self._watch(pid, said_end, output_end, started + self.item.seconds)
        finally:
            processes.end(pid, self.sandboxed)
            os.close(said_end)
            os.close(output_end)
            self.stacks.close()
        record.seconds = time.monotonic() - started
        record.marks = self.marks
        return record

    def _judge(self, say_end: int, print_end: int) -> None:
        """In the child: judges the item, says what came of it and ends the process."""
        token = self.token

        def say(**what: Any) -> None:
            write(say_end, token + encoded(what) + b"\n")

        try:
            try:
                child.set_up(print_end, say_end, self.stacks, self.item.seconds, self.uid, self.scratch)
            except BaseException as error:
                say(failed=f"{type(error).__name__}: {error}")
                return
            say(set_up=True)
            child.judge(self.item, self.source, self.schedule, self.recorded, say)
        finally:
            _exit(0)

    def _watch(self, pid: int, said_end: int, output_end: int, deadline: float) -> Record:
        os.set_blocking(said_end, False)
        open_ends = {said_end, output_end}
        said = b""
        heard = 0
        parent = os.getppid()
        look = time.monotonic() + _TICK
        while (left := deadline - time.monotonic()) > 0:
            # A child that has closed its ends is about to end: not worth a whole tick.
            ready, _, _ = select.select(open_ends, [], [], min(left, _TICK if len(open_ends) == 2 else _TICK / 50))
            # Asked before reading: what a child said before it ended can then no longer be missed.
            ended, status = (0, 0) if ready and len(open_ends) == 2 else os.waitpid(pid, os.WNOHANG)
            if output_end in ready and not self._print(output_end):
                open_ends.discard(output_end)
            if self.printed > limits.OUTPUT:
                return self._stopped("error", f"the code printed more than {limits.OUTPUT >> 20} MB")
            if said_end in open_ends and (chunk := _read(said_end)) is not None:
                if not chunk:
                    open_ends.discard(said_end)
                heard += len(chunk)
                if heard > LONGEST_RECORDING:
                    return self._stopped("error", "the code spoke in the place of the process that judged it")
                *lines, said = (said + chunk).split(b"\n") if b"\n" in chunk else [said + chunk]
                for line in lines:
                    if record := self._heard(line):
                        return record
            if ended:
                return self._ended(status)
            # By the clock: code that keeps on printing is never quiet.
            if time.monotonic() >= look:
                if excess := limits.excess():
                    return self._stopped("error", excess)
                if os.getppid() != parent:
                    raise Abandoned
                look = time.monotonic() + _TICK
        return self._stopped("timeout", f"the code ran for {self.item.seconds:g} s without ending")

    def _print(self, output_end: int) -> bool:
        chunk = os.read(output_end, 65536)
        self.printed += len(chunk)
        self.tail = (self.tail + chunk)[-300:]
        return bool(chunk)

    def _heard(self, line: bytes) -> Record | None:
        """What the child says, if it is the child's own judge that says it: a learner's code may write there too."""
        if not line.startswith(self.token):
            return None
        try:
            said = json.loads(line.removeprefix(self.token))
        except (ValueError, RecursionError):
            return None
        match said:
            case {"failed": str(why)} if not self.set_up:
                raise SetUpFailed(why)
            case {"set_up": True}:
                self.set_up = True
            case {"imported": True}:
                self.imported = True
            case {"noticed": str(why)} if len(self.marks) < acts.MOST:
                self.marks.append(why[:LONGEST_MARK])
            case {"status": str(status), "message": str(message), "clock": str(clock), "points": [*points], **others}:
                recording, fingerprint = others.get("recording"), others.get("fingerprint")
                if (
                    status in OUTCOMES
                    and isinstance(fingerprint, str)
                    and clock in CLOCKS
                    and len(points) == 2
                    and all(type(number) is int and 0 <= number <= _MOST_POINTS for number in points)
                    and isinstance(recording, dict | None)
                ):
                    self.imported = self.imported or status != "error"
                    return Record(
                        status, message, self.imported, clock, fingerprint, (points[0], points[1]), recording=recording
                    )
        return None

    def _stopped(self, status: str, what: str) -> Record:
        if not self.set_up:
            raise SetUpFailed(what)
        if not self.imported:
            what += ", already while it was imported"
        message = f"Expected: the code ends, within its limits.\nSeen: {what}."
        if self.printed and "printed" in what:
            # The last may be cut off in the middle.
            *_, line, _ = ["", "", *self.tail.decode(errors="replace").splitlines()]
            message += f"\nIt printed, last: {line}"
        if stuck := last_places(self.stacks, self.source):
            message += f"\nWhere: {stuck}"
        return Record(status, message, self.imported, "virtual" if self.schedule else "real")

    def _ended(self, status: int) -> Record:
        """The child ended without a word."""
        if not self.set_up:
            raise SetUpFailed(f"its process ended with the status {status}")
        if os.WIFEXITED(status):
            code = os.WEXITSTATUS(status)
            what = f"the code ended the whole process (exit code {code}), as os._exit() does"
            return self._stopped("error", what)
        number = os.WTERMSIG(status)
        if number in (signal.SIGXCPU, signal.SIGKILL) and last_places(self.stacks, self.source):
            return self._stopped("timeout", f"the code used {limits.CPU_SECONDS} s of processor time without ending")
        name = signal.Signals(number).name
        hint = ", as a recursion without end does" if number == signal.SIGSEGV else ""
        return self._stopped("error", f"the process was ended by the signal {name}{hint}")


def _read(descriptor: int) -> bytes | None:
    try:
        return os.read(descriptor, 65536)
    except BlockingIOError:
        return None
