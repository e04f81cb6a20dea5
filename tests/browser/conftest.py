"""Fixtures of the browser tests.

    def test_something(lab):
        notebook = lab(["from course import live; live.watch()", "1 + 1"])   # cells, or the path of a notebook to copy
        notebook.run(0)
        assert notebook.output(0).get_by_text("tasks 0").is_visible()
        notebook.output(0).screenshot(path=…)

One server and one browser serve all tests of this folder, and end with them: while the browser is open an event loop
runs in this thread. Each test gets pages and kernels of its own. See lab.py for what a notebook can do.
"""

import itertools
import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.lab import Notebook, Server, browser, write_notebook

# A page may be slow on a busy machine; how quick it is otherwise is for benchmarks to say.
expect.set_options(timeout=20_000)


@pytest.fixture(scope="package")
def lab_server(tmp_path_factory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("notebooks"), tmp_path_factory.mktemp("home"))
    yield server
    server.close()


@pytest.fixture(scope="package")
def chromium():
    with browser() as chromium:
        yield chromium


@pytest.fixture
def lab(lab_server, chromium) -> Iterator[Callable[[Sequence[str] | Path], Notebook]]:
    """Opens notebooks: `lab(["source of cell 0", …])`, or `lab(path)` for a copy of one.

    `theme` is "light" or "dark"; `whole_lab` opens them as `make lab` does, with the side bar and JupyterLab's own
    windowing, in which cells out of view are not laid out. A folder `images` beside the notebook is copied with it.
    Other keywords are those of Playwright's `new_context`.
    """
    contexts, numbers = [], itertools.count()

    def open_notebook(
        cells: Sequence[str] | Path, theme: str = "light", whole_lab: bool = False, **options
    ) -> Notebook:
        lab_server.set_theme(theme)
        lab_server.set_windowing(whole_lab)
        folder = lab_server.root / f"{len(list(lab_server.root.iterdir()))}-{next(numbers)}"
        folder.mkdir()
        if isinstance(cells, Path):
            path = Path(shutil.copy(cells, folder))
            if (images := cells.parent / "images").is_dir():
                shutil.copytree(images, folder / "images")
        else:
            path = write_notebook(folder / "notebook.ipynb", cells)
        context = chromium.new_context(**{"viewport": {"width": 1100, "height": 1400}, **options})
        contexts.append(context)
        return Notebook(context.new_page(), lab_server, path, whole_lab)

    yield open_notebook
    for context in contexts:
        context.close()
