"""What code in the sandbox may not ask of the kernel: a filter of system calls, as bubblewrap takes it.

It leaves all that Python, threads, processes and sockets need, and nothing by which one process gets into another,
hides memory from its limits or makes a namespace in which it has more rights.
"""

from __future__ import annotations

import errno
import tempfile
from functools import cache

_OTHERS = ("ptrace", "process_vm_readv", "process_vm_writev", "kcmp", "pidfd_getfd", "perf_event_open")
_KEYS = ("keyctl", "add_key", "request_key")
_KERNEL = (
    *("io_uring_setup", "io_uring_enter", "io_uring_register", "userfaultfd", "bpf", "kexec_load", "init_module"),
    *("finit_module", "delete_module", "open_by_handle_at", "name_to_handle_at", "fanotify_init", "quotactl"),
)
_UNCOUNTED_MEMORY = ("memfd_create", "shmget", "msgget", "semget")
_NAMESPACES = (
    *("unshare", "setns", "mount", "umount2", "pivot_root", "chroot"),
    *("open_tree", "move_mount", "fsopen", "fsconfig", "fsmount", "fspick", "mount_setattr"),
)
_OF_ANOTHER_PROCESS = {
    "prlimit64": 0,
    "sched_setaffinity": 0,
    "sched_setattr": 0,
    "sched_setparam": 0,
    "sched_setscheduler": 0,
    "ioprio_set": 1,
    "setpriority": 1,
}
"""Calls that change how a process runs, and which of their arguments says which: 0 is the caller."""

_CLONE_NEWUSER = 0x10000000
_LAST_PLAIN_FAMILY = 16
"""AF_NETLINK, which getaddrinfo needs; beyond it are raw packets, virtual machines' sockets, the kernel's ciphers."""


@cache
def program() -> bytes:
    """Return the filter. Raises `RuntimeError` or `OSError` where libseccomp is missing or too old."""
    import pyseccomp  # looks for the C library, which only Linux has

    refused = pyseccomp.ERRNO(errno.EPERM)
    filter = pyseccomp.SyscallFilter(pyseccomp.ALLOW)
    for name in (*_OTHERS, *_KEYS, *_KERNEL, *_UNCOUNTED_MEMORY, *_NAMESPACES):
        filter.add_rule(refused, name)
    for name, argument in _OF_ANOTHER_PROCESS.items():
        filter.add_rule(refused, name, pyseccomp.Arg(argument, pyseccomp.NE, 0))
    filter.add_rule(refused, "clone", pyseccomp.Arg(0, pyseccomp.MASKED_EQ, _CLONE_NEWUSER, _CLONE_NEWUSER))
    # Its flags lie in memory, where a filter cannot read them; C libraries then use clone.
    filter.add_rule(pyseccomp.ERRNO(errno.ENOSYS), "clone3")
    unknown_family = pyseccomp.ERRNO(errno.EAFNOSUPPORT)
    filter.add_rule(unknown_family, "socket", pyseccomp.Arg(0, pyseccomp.GT, _LAST_PLAIN_FAMILY))
    with tempfile.TemporaryFile() as file:
        filter.export_bpf(file)
        file.seek(0)
        return file.read()
