"""How the leaks looked: of each task, the run of its starting code and the latest of the learner's own."""

from __future__ import annotations

import contextlib
import re
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from course import notebook
from course.kept import file

if TYPE_CHECKING:
    from course.live.history import History

MOST_POINTS = 60
"""Of one run: as many as a small picture can show."""

_CELL = re.compile(r"(?P<task>\d+(_\d+)?)-(?P<kind>watch|playground)")
_KINDS = {"watch": "leaky", "playground": "yours"}


@dataclass(frozen=True)
class KeptRun:
    """How many tasks and threads were alive together: `points` are pairs of seconds and number; `left` is the last."""

    seconds: float
    left: int
    points: list[tuple[float, int]]


def keep_run(run: History) -> None:
    """Keep the run if the cell that runs is a task's watch cell or its playground. It never raises."""
    shell = notebook.shell()
    if shell is None or not (match := _CELL.fullmatch(notebook.cell_id(shell))):
        return
    with contextlib.suppress(OSError), file.changed() as kept:
        task = match["task"].replace("_", ".")
        if not isinstance(kept["runs"].get(task), dict):
            kept["runs"][task] = {}
        kept["runs"][task][_KINDS[match["kind"]]] = asdict(_kept(run))


def kept_runs() -> dict[str, dict[str, KeptRun]]:
    """Return, by task, the runs `leaky` and `yours`, as far as they were kept."""
    found: dict[str, dict[str, KeptRun]] = {}
    for task, runs in file.read()["runs"].items():
        for kind in _KINDS.values():
            if isinstance(runs, dict) and (run := _read(runs.get(kind))):
                found.setdefault(task, {})[kind] = run
    return found


def _kept(run: History) -> KeptRun:
    alive = [(round(sample.time, 2), sample.tasks + sample.threads) for sample in run.samples]
    corners = [
        point for number, point in enumerate(alive) if number in (0, len(alive) - 1) or point[1] != alive[number - 1][1]
    ]
    while len(corners) > MOST_POINTS:
        # Of two neighbours the higher one, so that no leak is thinned away; first and last stay.
        between = corners[1:-1]
        pairs = [between[number : number + 2] for number in range(0, len(between), 2)]
        corners = [corners[0], *(max(pair, key=lambda point: point[1]) for pair in pairs), corners[-1]]
    return KeptRun(round(run.seconds, 2), alive[-1][1] if alive else 0, corners)


def _read(kept: Any) -> KeptRun | None:
    """A run as the file has it; None where it is none."""
    try:
        points = [(float(seconds), int(alive)) for seconds, alive in kept["points"]]
        return KeptRun(float(kept["seconds"]), int(kept["left"]), points) if points else None
    except (TypeError, ValueError, KeyError):
        return None
