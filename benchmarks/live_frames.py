"""What one frame of the live plot costs, drawn in each of the ways that docs/live-plot.md compares.

    python benchmarks/live_frames.py

Processor time in milliseconds, without what sending takes. A frame has 600 samples, a change each second, ten bands.
ipycanvas is not a dependency of the course: its row is left out where it is not installed.
"""

import io
import statistics
import time
from collections.abc import Callable
from types import SimpleNamespace

import numpy
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_webagg_core import FigureCanvasWebAggCore
from matplotlib.figure import Figure

from course.live.history import Cell, Sample
from course.live.png import png
from course.live.run import Run
from course.live.svg import svg

RUN = Run(
    samples=[Sample(n / 20, n // 20 % 13, n // 300, 0.3) for n in range(600)],
    cells=[Cell(n, 3.0 * n, 3 * n + 1.5) for n in range(10)],
)


def milliseconds(draw: Callable[[], object]) -> float:
    """The median processor time of a call."""
    draw()
    times = []
    for _ in range(30):
        begun = time.process_time()
        draw()
        times.append(1000 * (time.process_time() - begun))
    return statistics.median(times)


def matplotlib_lines(canvas: type) -> tuple[Figure, Callable[[], None]]:
    """A figure with two step lines, and what brings them up to date."""
    figure = Figure(figsize=(7.2, 2.2))
    canvas(figure)
    ax = figure.subplots()
    lines = [ax.step([], [])[0] for _ in range(2)]
    shift = 0.0

    def update() -> None:
        nonlocal shift
        shift += 0.2
        times = [sample.time + shift for sample in RUN.samples]
        lines[0].set_data(times, [sample.tasks for sample in RUN.samples])
        lines[1].set_data(times, [sample.threads for sample in RUN.samples])
        ax.relim()
        ax.autoscale_view()

    return figure, update


def as_png() -> Callable[[], object]:
    figure, update = matplotlib_lines(FigureCanvasAgg)

    def draw():
        update()
        figure.savefig(io.BytesIO(), format="png")

    return draw


def as_ipympl() -> Callable[[], object]:
    """What ipympl's canvas does for a frame: draw, and compress the difference from the frame before."""
    figure, update = matplotlib_lines(FigureCanvasWebAggCore)
    figure.canvas.manager = SimpleNamespace(refresh_all=lambda: None, _send_event=lambda *_, **__: None)

    def draw():
        update()
        figure.canvas.draw()
        figure.canvas.get_diff_image()

    return draw


def as_canvas() -> Callable[[], object] | None:
    try:
        from ipycanvas import Canvas, hold_canvas
    except ImportError:
        return None
    canvas = Canvas(width=720, height=220)

    def points(kind: str) -> numpy.ndarray:
        path, last = [], 0
        for sample in RUN.samples:
            if (number := getattr(sample, kind)) != last:
                path += [(20 * sample.time, 10 * last), (20 * sample.time, 10 * number)]
                last = number
        return numpy.array(path)

    def draw():
        with hold_canvas(canvas):
            canvas.clear()
            for cell in RUN.cells:
                canvas.fill_rect(20 * cell.start, 0, 30, 200)
                canvas.fill_text(f"[{cell.number}]", 20 * cell.start, 10)
            for tick in range(5):
                canvas.stroke_line(0, 40 * tick, 600, 40 * tick)
                canvas.fill_text(str(tick), 0, 40 * tick)
            canvas.stroke_lines(points("tasks"))
            canvas.stroke_lines(points("threads"))

    return draw


def main() -> None:
    ways = {
        "matplotlib, PNG": as_png(),
        "matplotlib, as ipympl": as_ipympl(),
        "ipycanvas": as_canvas(),
        "SVG": lambda: svg(RUN, now=30.0),
        "PNG, for the document": lambda: png(RUN, now=30.0),
    }
    for name, draw in ways.items():
        if draw is not None:
            print(f"{name:22} {milliseconds(draw):6.2f} ms")


if __name__ == "__main__":
    main()
