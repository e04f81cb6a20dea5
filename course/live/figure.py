"""Runs as a matplotlib figure, and as a pandas table."""

from bisect import bisect_right
from collections.abc import Mapping
from typing import Any

import pandas
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from course.live.history import History
from course.live.picture import COLORS
from course.live.words import alternative

_LINES = (("tasks", COLORS["tasks"], "-"), ("threads", COLORS["threads"], "--"))


def side_by_side(runs: Mapping[str, History]) -> Figure:
    """Return the runs next to each other, each under its title, on the same scale."""
    figure = Figure(figsize=(4.5 * len(runs) if len(runs) > 1 else 7, 3.2), layout="constrained")
    axes = figure.subplots(1, len(runs), sharey=True, squeeze=False)[0]
    for ax, (title, run) in zip(axes, runs.items(), strict=True):
        _draw(run, title, ax)
    axes[0].set_ylim(0, max(4, *(ax.get_ylim()[1] for ax in axes)))
    axes[0].set_ylabel("alive")
    axes[0].yaxis.set_major_locator(MaxNLocator(integer=True))
    figure.set_label(
        " ".join(
            f"{title}: {alternative(run, run.seconds)}" if title else alternative(run, run.seconds)
            for title, run in runs.items()
        )
    )
    return figure


def table(run: History) -> pandas.DataFrame:
    """One row a sample; see `Run.to_frame`."""
    lost = sorted(lost.time for lost in run.lost)
    rows = [
        (sample.time, sample.tasks, sample.threads, sample.cpu, bisect_right(lost, sample.time))
        for sample in run.samples
    ]
    return pandas.DataFrame(rows, columns=["seconds", "tasks", "threads", "cpu", "lost"])


def _draw(run: History, title: str, ax: Any) -> None:
    times = [sample.time for sample in run.samples]
    for kind, color, dashes in _LINES:
        counts = [getattr(sample, kind) for sample in run.samples]
        ax.step(times, counts, dashes, where="post", color=color, linewidth=2, label=f"{kind} {counts[-1]}")
        if counts[-1]:
            ax.plot(times[-1:], counts[-1:], "o", color=color)
            ax.annotate(
                f"{counts[-1]} left",
                (times[-1], counts[-1]),
                (-8, 6),
                textcoords="offset points",
                ha="right",
                color=color,
            )
    if run.lost:
        moments = [lost.time for lost in run.lost]
        label = f"destroyed while pending {len(moments)}"
        ax.plot(moments, [0] * len(moments), "x", color="black", clip_on=False, label=label)
    seconds = max(1.0, times[-1])  # of a run that failed at once, the ticks would run into each other
    ax.set(title=title, xlabel="seconds", xlim=(-0.05 * seconds, 1.05 * seconds))
    ax.margins(y=0.15)
    ax.spines[["top", "right"]].set_visible(False)
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.2), ncols=3, frameon=False)
