"""`live.watch()`: the plot in a notebook cell's output.

Two outputs are shown. The first is an empty place that the page's script (page.js) fills, several times a second, with
frames that arrive over a widget's comm; it stays empty where there is no such script. The second is the latest picture,
an ordinary output with alternative text, refreshed rarely: it is what a saved notebook keeps, and the script hides it
while it draws itself. So no widget view is ever saved, and a notebook without a kernel shows the picture. It is a PNG
image, inside HTML that carries the alternative text and also by itself: what shows notebooks with sanitized HTML, or
with none, shows PNG images.
"""

import base64
import secrets
import threading
from functools import cache
from html import escape
from pathlib import Path
from time import monotonic as _monotonic
from typing import Any

from course import figures, notebook
from course.live.census import Baseline, Census, running_loop
from course.live.history import BUDGET, Cell
from course.live.picture import HEIGHT, WIDTH
from course.live.png import png
from course.live.recorder import Recorder
from course.live.run import Run
from course.live.svg import STYLE, svg
from course.live.words import alternative, left, numbers, status

_AT_IMPORT = Baseline(running_loop())
_PAGE_SCRIPT = Path(__file__).with_name("page.js")
_KEPT_EVERY = 2.0
"""Seconds between two refreshes of the picture that is saved."""

_OWN_SHARE = 0.9
"""Of what may be used. The rest is for the kernel's own threads, which send the frames."""

_JUST_BEGUN = 0.5
"""A cell that has run for fewer seconds when it calls `live.close()` is not shown: that is what it is there for."""

_open: "Plot | None" = None


def watch(*, cpu: bool = False) -> "Plot":
    """Draw the live tasks and threads in this cell's output, until stopped, closed, or watched for anew.

    `cpu` adds the kernel's use of the processor as a thin third line. Counts are above what is alive now: what an
    earlier cell has left is named once, and does not squash this plot. The kernel's own tasks and threads do not
    count. It closes the plot that was open before. Outside a notebook it only says so.
    """
    shell = notebook.shell()
    if shell is None:
        print("live.watch() draws in a notebook. Here, record instead: with live.record() as run: …")
        return Plot(None, "", cpu)
    close()
    global _open
    _open = Plot(shell, notebook.cell_id(shell), cpu)
    return _open


def close() -> None:
    """Close the plot that is open, if one is."""
    if _open is not None:
        _open.close()


class Plot:
    """One live plot. `run` is what it has seen so far; `close()` ends it."""

    def __init__(self, shell: Any, cell: str, cpu: bool):
        self.run = Run()
        self._closing = threading.Lock()
        self._closed = shell is None
        if self._closed:
            return
        self._shell, self._cell, self._cpu = shell, cell, cpu
        self._name = f"live-{secrets.token_hex(4)}"
        self._whole, self._width = False, WIDTH
        self._page_draws = False
        self._kept_at, self._kept = 0.0, ""
        self._looked_at = 0.0
        self._looked: tuple[int, int, int, float | None] | None = None
        self._widget = _page_class()(name=self._name)
        self._widget.on_msg(self._hear)
        # ipykernel sends a comm's answers to the shell that spoke last, here the main one, which a cell may block. The
        # page asks for its own subshell: let it have that.
        self._widget.comm._reply_subshell_for = lambda _data, asked: asked
        loop = running_loop()
        earlier = Census(loop, _AT_IMPORT)
        self._recorder = Recorder(loop, self._draw, _budget)
        self.run = self._recorder.run
        self.run.earlier = earlier.count()
        earlier.close()
        self.run.cells.append(Cell(shell.execution_count - 1, 0.0))
        shell.events.register("pre_run_cell", self._cell_starts)
        shell.events.register("post_run_cell", self._cell_ends)
        self._publish({"text/html": f'<div data-live="{self._name}"></div>', "text/plain": ""}, {}, None)
        self._keep(update=False)
        self._recorder.start()

    def __repr__(self) -> str:
        return "<live plot, closed>" if self._closed else "<live plot>"

    def _ipython_display_(self) -> None:
        """Nothing to add as the value of a cell: the plot is shown already."""

    def close(self) -> None:
        """Stop, keep the last picture, and leave nothing behind. May be called twice."""
        with self._closing:
            if self._closed:
                return
            self._closed = True
            self._shell.events.unregister("pre_run_cell", self._cell_starts)
            self._shell.events.unregister("post_run_cell", self._cell_ends)
            self._recorder.close()
            if self._runs_for() < _JUST_BEGUN and threading.current_thread() is threading.main_thread():
                self.run.cells.pop()
            self._keep(update=True)
            self._widget.on_msg(self._hear, remove=True)
            self._widget.close()

    def _runs_for(self) -> float:
        """How long the present cell has run, in seconds; infinity between cells."""
        cell = self.run.cells[-1]
        return self._recorder.now() - cell.start if cell.end is None else float("inf")

    def _cell_starts(self, info: Any) -> None:
        if info.cell_id and info.cell_id == self._cell:
            self.close()  # The cell runs again, and its output with the plot is gone.
            return
        # The count is that of the next cell already, unless this one goes uncounted.
        number = self._shell.execution_count - bool(info.store_history)
        self.run.cells.append(Cell(number, self._recorder.now()))

    def _cell_ends(self, result: Any) -> None:
        cell = self.run.cells[-1]
        cell.number = result.execution_count or cell.number
        cell.end = self._recorder.now()

    def _hear(self, _widget: Any, content: Any, _buffers: Any) -> None:
        """What the page says; in a thread of the kernel's own where the kernel has subshells."""
        self._page_draws = True
        if "width" in content:
            self._width = min(max(int(content["width"]), 320), 1400)
        if "whole" in content:
            self._whole = bool(content["whole"])
        if content.get("close"):
            self.close()

    def _draw(self) -> None:
        """One frame; in the recorder's thread."""
        self._look()
        now = self._recorder.now()
        latest = self.run.samples[-1]
        stays = self.run.cells[-1].end is not None and (latest.tasks or latest.threads)
        self._widget.send(
            {
                "status": status(self.run),
                "said": status(self.run, counting=False),
                "alarm": bool(self.run.lost or stays),
                "numbers": numbers(self.run, self._cpu),
                "left": left(self.run),
                "svg": svg(self.run, now=now, whole=self._whole, width=self._width, cpu=self._cpu, name=self._name),
                "whole": self._whole,
            }
        )
        if _monotonic() - self._kept_at > _KEPT_EVERY:
            self._keep(update=True)

    def _look(self) -> None:
        """Learn the names of what is left: when the numbers change, and else once a second, for they cost the most."""
        latest, cell = self.run.samples[-1], self.run.cells[-1]
        seen = (latest.tasks, latest.threads, cell.number, cell.end)
        if cell.end is not None and (seen != self._looked or _monotonic() - self._looked_at > 1):
            self._recorder.look()
            self._looked, self._looked_at = seen, _monotonic()

    def _keep(self, update: bool) -> None:
        """Put the picture into the notebook's document, if it says something new."""
        said = f"{status(self.run, kept=True)} {left(self.run)} {self._closed}"
        if update and self._page_draws and said == self._kept:
            return
        self._kept_at, self._kept = _monotonic(), said
        now = self._recorder.now()
        whole = self._whole or self._closed
        image = base64.b64encode(png(self.run, now=now, whole=whole, cpu=self._cpu)).decode()
        words = alternative(self.run, now, self._cpu, kept=True)
        lines = [status(self.run, kept=True), numbers(self.run, self._cpu), *left(self.run)]
        html = (
            f'<figure data-live-picture="{self._name}" style="margin:0">'
            f"{figures.html(image, WIDTH, words)}"
            f"<figcaption>{'<br>'.join(map(escape, lines))}</figcaption></figure>"
        )
        size = {"width": WIDTH, "height": HEIGHT, "alt": words}
        self._publish({"text/html": html, "image/png": image, "text/plain": words}, {"image/png": size}, update)

    def _publish(self, data: dict, metadata: dict, update: bool | None) -> None:
        """Show `data` in this cell's output: `update` None as itself, False as the picture, True in its place."""
        transient = {} if update is None else {"display_id": self._name}
        self._shell.display_pub.publish(data, metadata, transient=transient, update=bool(update))


def _budget() -> float:
    return BUDGET * _OWN_SHARE


@cache
def _page_class():
    """The widget whose script draws on the page. It is never displayed: its script finds the plot's place itself."""
    import anywidget
    import traitlets

    class Page(anywidget.AnyWidget):
        _esm = _PAGE_SCRIPT
        name = traitlets.Unicode().tag(sync=True)
        sheet = traitlets.Unicode(STYLE).tag(sync=True)

    return Page
