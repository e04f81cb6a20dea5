"""The live plot: how many tasks and threads are alive, drawn while code runs.

In a notebook::

    from course import live

    live.watch()                    # draws in this cell's output until it is stopped or run again

and from code, to put a leak and its fix side by side::

    with live.record() as run:
        await first(urls, fetch)
    with live.playground() as run:  # the same for code that is being mended: an error is told in one line
        await first(urls, fetch)
    run.plot()                      # a matplotlib figure
    run.to_frame()                  # a pandas table, one row a sample
    live.compare(leaky=run, fixed=another)
"""

from course import figures
from course.live.playground import playground
from course.live.plot import Plot, close, watch
from course.live.recorder import record
from course.live.run import Run, compare

__all__ = ["Plot", "Run", "close", "compare", "playground", "record", "watch"]

figures.follow_the_theme()
