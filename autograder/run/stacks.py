"""Where a process that was stopped had got to, from the stacks that faulthandler wrote."""

from __future__ import annotations

import re
from typing import IO

from autograder.run import own_files, places
from autograder.source import Source

_LONGEST = 1 << 18
_FRAME = re.compile(r'  File "([^"]{1,400})", line (\d{1,7}) in ([^\s]{1,200})')


def last_places(stacks: IO[bytes], source: Source) -> str:
    """Return where in the learner's code each thread was, in words: the innermost line of it; empty if none was."""
    stacks.seek(0)
    text = stacks.read(_LONGEST).decode(errors="replace")  # the learner's code may write there too
    own_files.remember(source)
    found = []
    for stack in text.split("\n\n"):
        for file, line, function in _FRAME.findall(stack):
            if name := _own_name(file, source):
                found.append(places.at(name, int(line), function))
                break
    counted = {place: found.count(place) for place in found}
    return "; ".join(place if count == 1 else f"{place} ({count} threads)" for place, count in counted.items())


def _own_name(file: str, source: Source) -> str:
    """The name under which the learner knows a file; the child has written some to a folder of its own."""
    names = [*source.files, *source.beside]
    return next((name for name in names if file == name or file.endswith(f"/{name}")), "")
