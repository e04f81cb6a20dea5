"""What the code of a learner may use: set for one process, and looked after for all that it starts."""

from __future__ import annotations

import contextlib
import os
import resource
import threading

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

STACK = 8 << 20
"""Bytes of address space that a thread takes for its stack: the same whatever the grader's shell has set."""

FILE_SIZE = 16 << 20
"""Bytes that a file may grow to."""


def set_limits(uid: int | None) -> None:
    """Set the limits of this process and, in a sandbox, makes it the user `uid`, that no other process has."""
    for limit, value in (
        (resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 2)),
        (resource.RLIMIT_AS, (MEMORY, MEMORY)),
        (resource.RLIMIT_FSIZE, (FILE_SIZE, FILE_SIZE)),
        (resource.RLIMIT_STACK, (STACK, STACK)),
        (resource.RLIMIT_CORE, (0, 0)),
    ):
        # A system may not know a limit (macOS: address space), or have a lower one already.
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(limit, value)
    # The C library has taken the limit of the shell for its default.
    threading.stack_size(STACK)
    if uid is not None:
        # Counted for a user: only where the child is a user of its own does it count the child's alone.
        resource.setrlimit(resource.RLIMIT_NPROC, (THREADS, THREADS))
        become(uid)


def become(uid: int) -> None:
    """Make this process that of another user, where that is allowed."""
    if os.getuid() == 0:
        os.setgroups([])
        os.setgid(uid)
        os.setuid(uid)


def excess() -> str:
    """Say what the descendants of this process, orphans too, use too much of, or nothing."""
    import psutil  # slow to import, and for most children not needed

    family = psutil.Process().children(recursive=True)
    if len(family) > PROCESSES:
        return f"the code started more than {PROCESSES} processes"
    memory = 0
    for member in family:
        with contextlib.suppress(psutil.Error):  # it has just ended
            memory += member.memory_info().rss
    return f"the code used more than {MEMORY >> 30} GB of memory" if memory > MEMORY else ""
