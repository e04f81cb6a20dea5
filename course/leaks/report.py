"""What a search returns, and how it reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from course.leaks.frames import Frame, blocking_call, own_files, user_frames

_SHOWN = 20


@dataclass(frozen=True)
class Leak:
    """One thing that is still there.

    `kind` is one of `KINDS`. `created` is the innermost frame of the user's code (not of the standard
    library) that made it, None where that was not recorded (see `tracking`); where that is an installed library's,
    `created.caller` is the nearest one of the project's own. `stack` holds every frame it
    is in now, innermost first, and `waiting` those of the user's code. `blocked_in` names the library
    call or the task that it waits in, where that is known. `object` is the thing itself, a thread's ident
    where there is no `threading.Thread`, a process's id, and None for a task that the collector has
    destroyed.
    """

    kind: str
    name: str
    created: Frame | None = None
    stack: tuple[Frame, ...] = ()
    blocked_in: str = ""
    note: str = ""
    object: object = field(default=None, repr=False, compare=False)

    @property
    def waiting(self) -> tuple[Frame, ...]:
        """The frames of the user's code that it is in now, innermost first; empty if it is in none."""
        return user_frames(self.stack)

    def __str__(self) -> str:
        return _text(f"{self.kind} {self.name!r}", self)


def describe(
    kind: str,
    name: str,
    *,
    created: Frame | None = None,
    stack: tuple[Frame, ...] = (),
    blocked_in: str = "",
    note: str = "",
    object: object = None,
) -> Leak:
    """Return a `Leak`, its `blocked_in` read off the stack where it is not given."""
    return Leak(kind, name, created, stack, blocked_in or blocking_call(stack), note, object)


class LeakError(AssertionError):
    """Raised by the `verify_none` family; `leaks` is the list of what was found."""

    def __init__(self, leaks: Sequence[Leak]) -> None:
        self.leaks = list(leaks)
        super().__init__(text_of(self.leaks))

    def __reduce__(self) -> tuple:
        return _rebuilt, (str(self),)


class LeakWarning(UserWarning):
    """What the pytest plugin warns with where it only warns."""


def _rebuilt(text: str) -> LeakError:
    """A `LeakError` in another process: the text alone, for a leak cannot be sent there."""
    error = LeakError([])
    error.args = (text,)
    return error


def text_of(leaks: Sequence[Leak]) -> str:
    """`leaks` as text: those that were made and wait at the same place are one entry."""
    groups: dict[tuple, list[Leak]] = {}
    for leak in leaks:
        key = (leak.kind, leak.created, leak.stack, leak.note)
        groups.setdefault(key, []).append(leak)
    lines = [f"{len(leaks)} leak{'s' * (len(leaks) != 1)} found"]
    for group in list(groups.values())[:_SHOWN]:
        lines += ["  " + line for line in _entry(group).splitlines()]
    if len(groups) > _SHOWN:
        lines.append(f"  … and {len(groups) - _SHOWN} more of other places")
    return "\n".join(lines)


def _entry(group: list[Leak]) -> str:
    first = group[0]
    if len(group) == 1:
        return str(first)
    names = ", ".join(repr(leak.name) for leak in group[:3]) + (", …" if len(group) > 3 else "")
    return _text(f"{len(group)} {first.kind}s ({names})", first)


def _text(title: str, leak: Leak) -> str:
    lines = [title + (f", {leak.note}" if leak.note else "")]
    if leak.created is not None:
        lines.append(f"  created at {leak.created}")
        if leak.created.caller is not None:
            lines.append(f"    called from {leak.created.caller}")
    inside = f" in {leak.blocked_in}" if leak.blocked_in else ""
    if leak.waiting:
        verb = "to call" if leak.kind == "timer" else f"waiting{inside} at"
        lines.append(f"  {verb} {leak.waiting[0]}")
        if not own_files[leak.waiting[0].file]:
            lines += [f"    called from {frame}" for frame in leak.waiting if own_files[frame.file]][:1]
    elif inside:
        lines.append(f"  waiting{inside}")
    return "\n".join(lines)
