"""One try of one item: a child process that judges it, and the watch that stops what goes beyond its limits."""

from __future__ import annotations

import contextlib
import faulthandler
import json
import os
import re
import select
import signal
import tempfile
import time
from dataclasses import dataclass, field

# Bound here, as learners' code may put others in the place of these.
from json import dumps
from os import _exit, write
from typing import IO, Any

from autograder.item import Item
from autograder.run import learner, limits, processes, trial
from autograder.run.threads import schedules
from autograder.run.threads.schedules import Schedule
from autograder.source import Source

LONGEST_MESSAGE = 4000
"""Characters of a message that are kept."""

_TICK = 0.25


@dataclass
class Record:
    """What came of it, and what the search of schedules has to know. `imported`: the learner's module was."""

    status: str
    message: str
    imported: bool
    clock: str
    fingerprint: str = ""
    points: int = 0
    seconds: float = 0.0
    recording: dict[str, Any] | None = None

    def said(self) -> dict[str, Any]:
        """Return what `judge` is to hear."""
        seconds = round(self.seconds, 4)
        said = {"status": self.status, "message": self.message, "seconds": seconds, "clock": self.clock}
        said["fingerprint"] = self.fingerprint
        return said | ({"recording": self.recording} if self.recording else {})


@dataclass
class Attempt:
    """One child that judges one item, on virtual time if there is a schedule, and the watch over it."""

    item: Item
    source: Source
    uid: int | None
    sandboxed: bool
    recorded: bool
    schedule: str = ""
    imported: bool = False
    printed: int = 0
    tail: bytes = b""
    stacks: IO[bytes] = field(default_factory=tempfile.TemporaryFile)

    def record(self) -> Record:
        """Fork the child, watch it until it has said what there is to say, or has to be stopped, and end it."""
        started = time.monotonic()
        token = os.urandom(16).hex()
        said_end, say_end = os.pipe()
        output_end, print_end = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(said_end)
            os.close(output_end)
            self._judge(token, say_end, print_end)
        os.close(say_end)
        os.close(print_end)
        try:
            record = self._watch(child, token, said_end, output_end, started + self.item.seconds)
        finally:
            processes.end(child, self.sandboxed)
            os.close(said_end)
            os.close(output_end)
            self.stacks.close()
        record.seconds = time.monotonic() - started
        return record

    def _judge(self, token: str, say_end: int, print_end: int) -> None:
        """In the child: judges the item, says what came of it and ends the process."""
        try:
            os.setsid()
            nothing = os.open(os.devnull, os.O_RDONLY)
            os.dup2(nothing, 0)
            os.dup2(print_end, 1)
            os.dup2(print_end, 2)
            for descriptor in set(range(3, 64)) - {say_end, self.stacks.fileno()}:
                with contextlib.suppress(OSError):
                    os.close(descriptor)
            limits.set_limits(self.uid)
            faulthandler.dump_traceback_later(self.item.seconds * 0.9, file=self.stacks)
            faulthandler.register(signal.SIGXCPU, file=self.stacks, all_threads=True, chain=True)

            def say(**record: Any) -> None:
                write(say_end, dumps({"token": token, **record}).encode() + b"\n")

            schedule = schedules.named(self.schedule) if self.schedule else None
            outcome = trial.run_check(self.item, self.source, lambda: say(imported=True), schedule, self.recorded)
            message = outcome.message()[:LONGEST_MESSAGE]
            if schedule and outcome.kind != "passed":
                message += _circumstances(schedule)
            points = schedule.points if schedule else 0
            run = {"clock": trial.clock(), "fingerprint": trial.fingerprint(), "points": points}
            say(status=outcome.kind, message=message, **run, recording=outcome.recording)
        finally:
            _exit(0)

    def _watch(self, child: int, token: str, said_end: int, output_end: int, deadline: float) -> Record:
        os.set_blocking(said_end, False)
        open_ends = {said_end, output_end}
        said = b""
        look = time.monotonic() + _TICK
        while (left := deadline - time.monotonic()) > 0:
            # A child that has closed its ends is about to end: not worth a whole tick.
            ready, _, _ = select.select(open_ends, [], [], min(left, _TICK if len(open_ends) == 2 else _TICK / 50))
            # Asked before reading: what a child said before it ended can then no longer be missed.
            ended, status = (0, 0) if ready and len(open_ends) == 2 else os.waitpid(child, os.WNOHANG)
            if output_end in ready and not self._print(output_end):
                open_ends.discard(output_end)
            if self.printed > limits.OUTPUT:
                return self._stopped("error", f"the code printed more than {limits.OUTPUT >> 20} MB")
            if said_end in open_ends and (chunk := _read(said_end)) is not None:
                if not chunk:
                    open_ends.discard(said_end)
                *lines, said = (said + chunk).split(b"\n")
                for line in lines:
                    if record := self._heard(line, token):
                        return record
            if ended:
                return self._ended(status)
            # By the clock: code that keeps on printing is never quiet.
            if time.monotonic() >= look:
                if excess := limits.excess_of(child):
                    return self._stopped("error", excess)
                look = time.monotonic() + _TICK
        return self._stopped("timeout", f"the code ran for {self.item.seconds:g} s without ending")

    def _print(self, output_end: int) -> bool:
        chunk = os.read(output_end, 65536)
        self.printed += len(chunk)
        self.tail = (self.tail + chunk)[-300:]
        return bool(chunk)

    def _heard(self, line: bytes, token: str) -> Record | None:
        """What the child says, if it is the child's own judge that says it: a learner's code may write there too."""
        with contextlib.suppress(ValueError, KeyError, TypeError, AttributeError):
            record = json.loads(line)
            if record.get("token") == token:
                if "imported" in record:
                    self.imported = True
                    return None
                self.imported = self.imported or record["status"] != "error"
                return Record(
                    record["status"],
                    str(record["message"]),
                    self.imported,
                    record["clock"],
                    str(record["fingerprint"]),
                    int(record["points"]),
                    recording=record["recording"],
                )
        return None

    def _stopped(self, status: str, what: str) -> Record:
        if not self.imported:
            what += ", already while it was imported"
        message = f"Expected: the code ends, within its limits.\nSeen: {what}."
        if self.printed and "printed" in what:
            # The last may be cut off in the middle.
            *_, line, _ = ["", "", *self.tail.decode(errors="replace").splitlines()]
            message += f"\nIt printed, last: {line}"
        if stuck := self._stuck():
            message += f"\nWhere: {stuck}"
        return Record(status, message, self.imported, "virtual" if self.schedule else "real")

    def _ended(self, status: int) -> Record:
        """The child ended without a word."""
        if os.WIFEXITED(status):
            code = os.WEXITSTATUS(status)
            what = f"the code ended the whole process (exit code {code}), as os._exit() does"
            return self._stopped("error", what)
        number = os.WTERMSIG(status)
        if number in (signal.SIGXCPU, signal.SIGKILL) and self._stuck():
            return self._stopped("timeout", f"the code used {limits.CPU_SECONDS} s of processor time without ending")
        name = signal.Signals(number).name
        hint = ", as a recursion without end does" if number == signal.SIGSEGV else ""
        return self._stopped("error", f"the process was ended by the signal {name}{hint}")

    def _stuck(self) -> str:
        """Where each thread was, from what faulthandler wrote: the innermost line of the learner's own."""
        self.stacks.seek(0)
        text = self.stacks.read().decode(errors="replace")
        learner.remember(self.source)
        places = []
        for stack in text.split("\n\n"):
            for file, line, function in re.findall(r'File "(.+)", line (\d+) in (\S+)', stack):
                if name := self._own(file):
                    places.append(learner.at(name, int(line), function))
                    break
        counted = {place: places.count(place) for place in places}
        return "; ".join(place if count == 1 else f"{place} ({count} threads)" for place, count in counted.items())

    def _own(self, file: str) -> str:
        """The name under which the learner knows a file; the child has written some to a folder of its own."""
        names = [*self.source.files, *self.source.beside]
        return next((name for name in names if file == name or file.endswith(f"/{name}")), "")


def _circumstances(schedule: Schedule) -> str:
    """What is special about the order of the threads' steps, in words."""
    if schedule.held_up_at:
        return f"\nWhen: a thread is held up at {learner.at(*schedule.held_up_at)}, and the others go on."
    return "" if str(schedule) == schedules.USUAL else f"\nWhen: the threads take turns as in the schedule {schedule}."


def _read(descriptor: int) -> bytes | None:
    try:
        return os.read(descriptor, 65536)
    except BlockingIOError:
        return None
