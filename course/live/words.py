"""A run in words: what its picture says, for those who cannot see it."""

from collections import Counter

from course.live.census import times
from course.live.history import BUDGET, INTERVAL, History


def status(run: History, *, counting: bool = True, kept: bool = False) -> str:
    """In a sentence or two: what runs or what stayed, and what the collector destroyed.

    Unless `counting`, it does not say how much is alive while a cell runs, which may change with every look. What is
    `kept` stays true when the kernel is restarted in mid-run.
    """
    latest = run.samples[-1]
    cell = run.cells[-1] if run.cells else None
    living = alive(latest.tasks, latest.threads)
    if cell is not None and cell.end is None:
        drawn = "was running when this picture was drawn" if kept else "is running"
        runs = "was running when the plot ended" if run.ended else drawn
        said = f"Cell [{cell.number}] {runs}{f': {living}' if living and (counting or run.ended) else ''}."
    else:
        after = f"after cell [{cell.number}]" if cell is not None else "now"
        verb = "is" if latest.tasks + latest.threads <= 1 else "are"
        said = f"{living or 'Nothing'} {verb} left {after}."
    if run.lost:
        were = "was" if len(run.lost) == 1 else "were"
        said += f" {many(len(run.lost), 'task')} {were} destroyed while pending."
    return said


def numbers(run: History, cpu: bool = False) -> str:
    """Return the numbers at the lines' ends, such as "tasks 3, threads 0, destroyed while pending 0"."""
    latest = run.samples[-1]
    text = f"tasks {latest.tasks}, threads {latest.threads}, destroyed while pending {len(run.lost)}"
    if cpu:
        text += f", CPU {recent_cpu(run):.0%}"
    if any(run.earlier):
        text += f". Not counted: {alive(*run.earlier)} from earlier cells"
    if run.sample_every > 1.25 * INTERVAL:
        rate = f"{1 / run.frame_every:.1f} frames and {1 / run.sample_every:.1f} samples a second"
        text += f". Slowed to {rate}, to use no more than {BUDGET:.0%} of a core"
    return text


def left(run: History) -> list[str]:
    """Return the names of what is left once no cell runs, and of what the collector destroyed, one line a group."""
    running = run.cells and run.cells[-1].end is None and not run.ended
    names = [] if running else [f"{group.kind} {group}" for group in run.left[:_MOST_GROUPS]]
    more = 0 if running else sum(group.count for group in run.left[_MOST_GROUPS:])
    destroyed = Counter(lost.name for lost in run.lost)
    return [
        *names,
        *([f"and {more} more"] if more else []),
        *(f"task {name}{times(n)}, destroyed while pending" for name, n in destroyed.most_common(3)),
    ]


def alternative(run: History, now: float, cpu: bool = False, kept: bool = False) -> str:
    """Return the picture in words, for those who cannot see it. `kept` as in `status`."""
    names = "; ".join(left(run))
    names = f" {names}." if names else ""
    return f"Live tasks and threads over {now:.0f} s. {status(run, kept=kept)}{names} Now: {numbers(run, cpu)}."


_MOST_GROUPS = 6


def many(number: int, what: str) -> str:
    """Return a number of things: "1 task", "2 tasks"."""
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def alive(tasks: int, threads: int) -> str:
    """Return how many of each, such as "2 tasks and 1 thread"; empty where there are none."""
    return " and ".join(many(number, what) for number, what in ((tasks, "task"), (threads, "thread")) if number)


def recent_cpu(run: History) -> float:
    """Return the share of a core that was in use, over the last ten samples."""
    recent = run.samples[-10:]
    return sum(sample.cpu for sample in recent) / len(recent)
