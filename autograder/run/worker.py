"""The process in which learners' code runs: started by `judge`, inside the sandbox where there is one.

It reads one request (JSON) from its standard input, forks a child for each item and writes one record (a line of
JSON) an item to its standard output. Having everything imported before it forks makes an item cost milliseconds.
It never runs learners' code itself; it stops a child that does not end, prints without end or eats the machine.
"""

from __future__ import annotations

import contextlib
import ctypes
import faulthandler
import gc
import importlib
import json
import os
import re
import resource
import select
import shutil
import signal
import sys
import tempfile
import time
from dataclasses import dataclass, field

# Bound here, as learners' code may put others in the place of these.
from json import dumps
from os import _exit, write
from typing import IO, Any

from autograder import checks
from autograder.item import Item
from autograder.run import learner, trial
from autograder.run.threads import install, schedules
from autograder.run.threads.schedules import Schedule
from autograder.source import Source

CPU_SECONDS = 3
"""Processor seconds that an item may use: what an endless loop runs into, on a busy machine as on an idle one."""

MEMORY = 2 << 30
"""Bytes of address space a process may have, and of memory that all processes of an item may have together."""

PROCESSES = 64
"""Processes that an item may have at once."""

THREADS = 512
"""Threads, of all its processes together, that an item may have at once. Only a sandbox can hold it to that."""

OUTPUT = 1 << 20
"""Bytes that an item may print."""

FILE_SIZE = 16 << 20
"""Bytes that a file may grow to."""

LONGEST_MESSAGE = 4000
"""Characters of a message that are kept."""

SEARCH = 6
"""How many times as long as a single run a search of schedules may take, in real time."""

_TICK = 0.25
_PID_IN_SANDBOX = 2
"""bubblewrap itself is the first process of the namespace, and this one the second."""

_PR_SET_DUMPABLE = 4
_PR_SET_CHILD_SUBREAPER = 36


def main() -> None:
    request = json.load(sys.stdin)
    sandboxed = request["sandboxed"]
    if sandboxed and os.getpid() != _PID_IN_SANDBOX:
        # It would end every process that it can see, which must be the sandbox's only.
        raise SystemExit("this process was told that it is in a sandbox, and is not")
    # Nothing that learners' code prints may reach the records, not even from below Python.
    records = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    checks.__path__[:] = request["checks"]
    for module in request["modules"]:
        importlib.import_module(module)
    source = Source.from_json(request["source"])
    # Learners' code may run as this same user: it must not reach into this process (/proc/…/mem, /proc/…/fd).
    _prctl(_PR_SET_DUMPABLE, 0)
    if not sandboxed:
        # What outlives its parent becomes this process's child, so that it can be ended.
        _prctl(_PR_SET_CHILD_SUBREAPER, 1)
    uid = request["uid"]
    scratch = {folder: set(os.listdir(folder)) for folder in request["scratch"]}
    items = _items(request["modules"])
    print(json.dumps({"ready": True}), file=records, flush=True)
    install.prepare()
    # What is there now stays: no child need look at it when it collects garbage, and copy it for that.
    gc.freeze()
    broken: _Record | None = None
    for item_id in request["items"]:
        record = broken or _judge(items[item_id], source, request)
        if not record.imported:
            # Every item imports the same code: what stopped one would stop them all, and take as long each time.
            broken = record
        print(json.dumps({"id": item_id, **record.said()}), file=records, flush=True)
        for folder, before in scratch.items():
            _clear(folder, before, uid)


def longest(item: Item) -> float:
    """Real seconds that an item may take, with all of its schedules."""
    return item.seconds * (SEARCH if item.schedules > 1 else 1)


def _judge(item: Item, source: Source, request: dict[str, Any]) -> _Record:
    """The record of the first schedule on which the item does not hold, or of the last one tried."""
    common = item, source, request["uid"], request["sandboxed"], request["record"]
    if item.clock == "real" or request["real_time"]:
        return _Attempt(*common).record()
    asked_for = request["schedule"] if item.schedules > 1 else ""
    names = schedules.search(item.schedules)
    name = asked_for or next(names)
    started = time.monotonic()
    while True:
        record = _Attempt(*common, name).record()
        if record.status != "passed" and name != schedules.USUAL:
            record.message += f"\nAgain: autograder check --task {item.task} FILE --schedule {name}"
        if record.status != "passed" or asked_for or time.monotonic() > started + longest(item):
            break
        try:
            name = names.send(record.points)
        except StopIteration:
            break
    record.seconds = time.monotonic() - started
    return record


def _items(modules: list[str]) -> dict[str, Item]:
    values = [value for name in modules for value in vars(sys.modules[name]).values()]
    return {value.id: value for value in values if isinstance(value, Item)}


@dataclass
class _Record:
    status: str
    message: str
    imported: bool
    clock: str
    points: int = 0
    seconds: float = 0.0
    recording: dict[str, Any] | None = None

    def said(self) -> dict[str, Any]:
        seconds = round(self.seconds, 4)
        said = {"status": self.status, "message": self.message, "seconds": seconds, "clock": self.clock}
        return said | ({"recording": self.recording} if self.recording else {})


@dataclass
class _Attempt:
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

    def record(self) -> _Record:
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
            _end(child, self.sandboxed)
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
            _limit(self.uid)
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
            say(status=outcome.kind, message=message, clock=trial.clock(), points=points, recording=outcome.recording)
        finally:
            _exit(0)

    def _watch(self, child: int, token: str, said_end: int, output_end: int, deadline: float) -> _Record:
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
            if self.printed > OUTPUT:
                return self._stopped("error", f"the code printed more than {OUTPUT >> 20} MB")
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
                if excess := _excess(child):
                    return self._stopped("error", excess)
                look = time.monotonic() + _TICK
        return self._stopped("timeout", f"the code ran for {self.item.seconds:g} s without ending")

    def _print(self, output_end: int) -> bool:
        chunk = os.read(output_end, 65536)
        self.printed += len(chunk)
        self.tail = (self.tail + chunk)[-300:]
        return bool(chunk)

    def _heard(self, line: bytes, token: str) -> _Record | None:
        """What the child says, if it is the child's own judge that says it: a learner's code may write there too."""
        with contextlib.suppress(ValueError, KeyError, TypeError, AttributeError):
            record = json.loads(line)
            if record.get("token") == token:
                if "imported" in record:
                    self.imported = True
                    return None
                self.imported = self.imported or record["status"] != "error"
                return _Record(
                    record["status"],
                    str(record["message"]),
                    self.imported,
                    record["clock"],
                    int(record["points"]),
                    recording=record["recording"],
                )
        return None

    def _stopped(self, status: str, what: str) -> _Record:
        if not self.imported:
            what += ", already while it was imported"
        message = f"Expected: the code ends, within its limits.\nSeen: {what}."
        if self.printed and "printed" in what:
            # The last may be cut off in the middle.
            *_, line, _ = ["", "", *self.tail.decode(errors="replace").splitlines()]
            message += f"\nIt printed, last: {line}"
        if stuck := self._stuck():
            message += f"\nWhere: {stuck}"
        return _Record(status, message, self.imported, "virtual" if self.schedule else "real")

    def _ended(self, status: int) -> _Record:
        """The child ended without a word."""
        if os.WIFEXITED(status):
            code = os.WEXITSTATUS(status)
            what = f"the code ended the whole process (exit code {code}), as os._exit() does"
            return self._stopped("error", what)
        number = os.WTERMSIG(status)
        if number in (signal.SIGXCPU, signal.SIGKILL) and self._stuck():
            return self._stopped("timeout", f"the code used {CPU_SECONDS} s of processor time without ending")
        name = signal.Signals(number).name
        hint = ", as a recursion without end does" if number == signal.SIGSEGV else ""
        return self._stopped("error", f"the process was ended by the signal {name}{hint}")

    def _stuck(self) -> str:
        """Where each thread was, from what faulthandler wrote: the innermost line of the learner's own."""
        self.stacks.seek(0)
        text = self.stacks.read().decode(errors="replace")
        learner.know(self.source)
        places = []
        for stack in text.split("\n\n"):
            for file, line, function in re.findall(r'File "(.+)", line (\d+) in (\S+)', stack):
                if file in self.source.files:
                    places.append(learner.at(file, int(line), function))
                    break
        counted = {place: places.count(place) for place in places}
        return "; ".join(place if count == 1 else f"{place} ({count} threads)" for place, count in counted.items())


def _circumstances(schedule: Schedule) -> str:
    """What is special about the order of the threads' steps, in words."""
    if schedule.held_up_at:
        return f"\nWhen: a thread is held up at {learner.at(*schedule.held_up_at)}, and the others go on."
    return "" if str(schedule) == schedules.USUAL else f"\nWhen: the threads take turns as in the schedule {schedule}."


def _limit(uid: int | None) -> None:
    """Sets the limits of this process and, in a sandbox, makes it the user `uid`, that no other process has."""
    for limit, value in (
        (resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 2)),
        (resource.RLIMIT_AS, (MEMORY, MEMORY)),
        (resource.RLIMIT_FSIZE, (FILE_SIZE, FILE_SIZE)),
        (resource.RLIMIT_CORE, (0, 0)),
    ):
        # A system may not know a limit (macOS: address space), or have a lower one already.
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(limit, value)
    if uid is not None:
        # Counted for a user: only where the child is a user of its own does it count the child's alone.
        resource.setrlimit(resource.RLIMIT_NPROC, (THREADS, THREADS))
        _become(uid)


def _become(uid: int) -> None:
    if os.getuid() == 0:
        os.setgroups([])
        os.setgid(uid)
        os.setuid(uid)


def _clear(folder: str, before: set[str], uid: int | None) -> None:
    """Removes what has come into a folder since: no item finds what another has left, or the disk full of it."""
    if not (left := set(os.listdir(folder)) - before):
        return
    child = os.fork()
    if child == 0:
        # As its owner: the process that judges may not override permissions.
        try:
            if uid is not None:
                _become(uid)
            for path in (os.path.join(folder, name) for name in left):
                if os.path.isdir(path) and not os.path.islink(path):
                    shutil.rmtree(path, ignore_errors=True)
                else:
                    with contextlib.suppress(OSError):
                        os.unlink(path)
        finally:
            _exit(0)
    os.waitpid(child, 0)


def _read(descriptor: int) -> bytes | None:
    try:
        return os.read(descriptor, 65536)
    except BlockingIOError:
        return None


def _excess(child: int) -> str:
    """What the child and its descendants use too much of, or nothing."""
    import psutil  # slow to import, and for most children not needed

    with contextlib.suppress(psutil.Error):
        process = psutil.Process(child)
        family = [process, *process.children(recursive=True)]
        if len(family) > PROCESSES:
            return f"the code started more than {PROCESSES} processes"
        if sum(member.memory_info().rss for member in family) > MEMORY:
            return f"the code used more than {MEMORY >> 30} GB of memory"
    return ""


def _end(child: int, sandboxed: bool) -> None:
    """Ends the child and whatever it started."""
    if sandboxed:
        # All that lives in the sandbox but this process and the first.
        with contextlib.suppress(ProcessLookupError):
            os.kill(-1, signal.SIGKILL)
    else:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(child, 0)
        if _has_children():
            import psutil

            for process in psutil.Process().children(recursive=True):
                with contextlib.suppress(psutil.Error):
                    process.kill()
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, 0):
            pass


def _has_children() -> bool:
    """Whether any child is left, or a descendant of one that has ended, and so is this process's child now."""
    try:
        while os.waitpid(-1, os.WNOHANG) != (0, 0):
            pass
    except ChildProcessError:
        return False
    return True


def _prctl(option: int, value: int) -> None:
    """Linux's prctl; nothing elsewhere."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


if __name__ == "__main__":
    main()
