"""What is seen while code runs: how many tasks and threads are alive, and when."""

from dataclasses import dataclass, field

from course.live.census import Group

INTERVAL = 0.05
"""Seconds between two samples."""

FRAME = 0.2
"""Seconds between two frames."""

BUDGET = 0.03
"""The share of one core that sampling and drawing may take together."""


@dataclass(frozen=True)
class Sample:
    """One look. `time` is in seconds since the run began, `cpu` the share of one core in use since the last look."""

    time: float
    tasks: int
    threads: int
    cpu: float


@dataclass
class Cell:
    """A notebook cell that ran: its execution number and when; `end` is None while it runs."""

    number: int
    start: float
    end: float | None = None


@dataclass(frozen=True)
class Lost:
    """A task that the garbage collector destroyed while it was pending."""

    time: float
    name: str


@dataclass
class History:
    """What was seen: `samples`, the `cells` that ran meanwhile, the tasks that were `lost`, and what is `left`.

    Times are in seconds since the run began, counts are above the baseline. `left` is what was alive at the end.
    """

    samples: list[Sample] = field(default_factory=list)
    cells: list[Cell] = field(default_factory=list)
    lost: list[Lost] = field(default_factory=list)
    left: list[Group] = field(default_factory=list)
    earlier: tuple[int, int] = (0, 0)  # The tasks and threads of earlier cells, alive at the start; not counted.
    ended: bool = False
    sample_every: float = INTERVAL  # Seconds, as the budget allows; so is the next.
    frame_every: float = FRAME

    @property
    def seconds(self) -> float:
        """How long the run has lasted so far."""
        return self.samples[-1].time if self.samples else 0.0
