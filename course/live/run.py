"""A run, as `live.record` gives it: what was seen, which can be drawn and put into a table."""

from typing import TYPE_CHECKING

from course.live.history import History

if TYPE_CHECKING:
    import pandas
    from matplotlib.figure import Figure


class Run(History):
    """What was seen while code ran, to be drawn or put into a table."""

    def plot(self, title: str = "") -> "Figure":
        """Return a matplotlib figure of the whole run. `live.compare` puts several runs side by side."""
        return compare(**{title: self})

    def to_frame(self) -> "pandas.DataFrame":
        """Return a table, one row a sample: `seconds`, `tasks`, `threads`, `cpu` and `lost` (how many so far)."""
        from course.live.figure import table

        return table(self)


def compare(**runs: Run) -> "Figure":
    """Return a matplotlib figure of runs side by side on one scale: `live.compare(leaky=before, fixed=after)`."""
    from course.live.figure import side_by_side

    return side_by_side(runs)
