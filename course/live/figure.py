"""A run as a matplotlib figure and as a pandas table."""

from bisect import bisect_right

from course.live.run import Run

_TASKS, _THREADS = "#0072b2", "#c04a00"


def draw(run: Run, title: str, ax):
    """See `Run.plot`."""
    if ax is None:
        from matplotlib.figure import Figure

        ax = Figure(figsize=(7, 2.6), layout="constrained").add_subplot()
    times = [sample.time for sample in run.samples]
    for kind, color, dashes in (("tasks", _TASKS, "-"), ("threads", _THREADS, "--")):
        counts = [getattr(sample, kind) for sample in run.samples]
        ax.step(times, counts, dashes, where="post", color=color, linewidth=2, label=f"{kind} {counts[-1]}")
    ax.set(title=title, xlabel="seconds", ylabel="alive")
    ax.set_ylim(bottom=0, top=max(4, ax.get_ylim()[1]))
    ax.legend(loc="upper left")
    return ax.figure


def frame(run: Run):
    """See `Run.to_frame`."""
    import pandas

    lost = sorted(lost.time for lost in run.lost)
    rows = [
        (sample.time, sample.tasks, sample.threads, sample.cpu, bisect_right(lost, sample.time))
        for sample in run.samples
    ]
    return pandas.DataFrame(rows, columns=["seconds", "tasks", "threads", "cpu", "lost"])
