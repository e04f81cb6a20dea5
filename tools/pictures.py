"""Make the README's pictures: task 1.1's leak in the live plot, its fix, the leak in the dark theme, and moving; and
what `check("1.1")` says of the starting code.

    make pictures                                      # into docs/images; takes about a minute
    .venv/bin/python tools/pictures.py [folder]        # elsewhere

It opens JupyterLab in a headless Chromium (set CHROMIUM to its path if it is not /usr/bin/chromium), with the code of
section 1's notebook, and photographs the page.
"""

import io
import shutil
import sys
import tempfile
import time
from pathlib import Path

import nbformat
from PIL import Image

ROOT = Path(__file__).parent.parent
RELEASED = ROOT / "release" / "01-warm-up" / "warm-up.ipynb"
sys.path.insert(0, str(ROOT))

from tests.browser.lab import Notebook, Server, browser, write_notebook  # noqa: E402 - the line above finds it

FETCH = """from course import live
import gc


async def fetch(url):
    await asyncio.sleep(url / 10)
    return f"page {url}"
"""
RUN = """live.watch()
gc.disable()  # the leak stays to be seen

for _ in range(4):
    await first([1, 2, 3, 4, 5], fetch)
    await asyncio.sleep(0.7)"""
COLLECT = "gc.collect();"
SIZE = {"width": 1000, "height": 1600}  # all cells are in view
FRAMES_A_SECOND = 6


def section_1(cell_id: str) -> str:
    """The source of a cell of section 1's notebook, without the learner's test and nbgrader's marks."""
    cells = nbformat.read(ROOT / "source" / "01-warm-up" / "warm-up.ipynb", as_version=4).cells
    [source] = [cell.source for cell in cells if cell.id == cell_id]
    lines = [line for line in source.splitlines() if not line.startswith("###")]
    return "\n".join(lines).split("\n\n\nasync def test_")[0]


class Camera:
    """Photographs the notebook's cells from `first` to the input of `last`, and its output where `whole`."""

    def __init__(self, notebook: Notebook, first: int, last: int, whole: bool = True):
        self._first, self._last = notebook.cell(first), notebook.cell(last)
        if not whole:
            self._last = self._last.locator(".jp-Cell-inputWrapper")
        self._page = notebook.page

    def shoot(self) -> Image.Image:
        first, last = self._first.bounding_box(), self._last.bounding_box()
        left, width = first["x"] + 40, first["width"] - 45  # without the cells' collapsers
        clip = {"x": left, "y": first["y"], "width": width, "height": last["y"] + last["height"] - first["y"]}
        return Image.open(io.BytesIO(self._page.screenshot(clip=clip)))

    def film(self, seconds: float) -> list[Image.Image]:
        frames, due = [], time.monotonic()
        until = due + seconds
        while due < until:
            frames.append(self.shoot())
            due += 1 / FRAMES_A_SECOND
            time.sleep(max(0, due - time.monotonic()))
        return frames


def still(notebook: Notebook, path: Path) -> None:
    """Photograph the plot when the code has run, and the plot has seen and named what is left for some seconds."""
    for index in range(3):
        notebook.run(index)
    notebook.page.evaluate("document.activeElement.blur()")
    notebook.page.wait_for_timeout(4000)
    Camera(notebook, 1, 2).shoot().save(path, optimize=True)


def moving(notebook: Notebook, path: Path) -> None:
    """Film the leak, and what the collector makes of it."""
    camera = Camera(notebook, 2, 3, whole=False)
    notebook.run(0)
    notebook.run(1)
    notebook.start(2)
    notebook.output(2).locator(".live-status").wait_for()
    frames = camera.film(6)
    notebook.start(3)
    frames += camera.film(4)
    height = max(frame.height for frame in frames)
    pages = []
    for frame in frames:
        page = Image.new("RGB", (frame.width, height), "white")
        page.paste(frame)
        pages.append(page)
    palette = pages[len(pages) // 2].quantize(128)
    pages = [page.quantize(palette=palette, dither=Image.Dither.NONE) for page in pages]
    durations = [1000 // FRAMES_A_SECOND] * (len(pages) - 1) + [2500]
    pages[0].save(path, save_all=True, append_images=pages[1:], duration=durations, loop=0, optimize=True)


def verdicts(notebook: Notebook, path: Path) -> None:
    """Photograph what `check` says of the starting code, in section 1's notebook as a learner has it."""
    cells = [cell.id for cell in nbformat.read(RELEASED, as_version=4).cells]
    check = cells.index("1_1-check")
    for cell in ("1_1-start", "1_1-solution"):
        notebook.run(cells.index(cell))
    notebook.run(check)
    notebook.page.evaluate("document.activeElement.blur()")
    output = notebook.output(check)
    output.get_by_text("items hold").first.wait_for()
    output.scroll_into_view_if_needed()
    notebook.page.mouse.move(0, 0)  # off the cell, whose edge shows a handle
    Camera(notebook, check, check).shoot().save(path, optimize=True)


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    leaky, fixed = section_1("1_1-leaky"), section_1("1_1-solution")
    with tempfile.TemporaryDirectory() as home, browser() as chromium:
        root = Path(home, "notebooks")
        root.mkdir()
        server = Server(root, Path(home))
        try:
            for number, (name, code, theme, take) in enumerate(
                [
                    ("leak.png", [FETCH, leaky, RUN], "light", still),
                    ("fixed.png", [FETCH, fixed, RUN], "light", still),
                    ("leak-dark.png", [FETCH, leaky, RUN], "dark", still),
                    ("leak.gif", [FETCH, leaky, RUN, COLLECT], "light", moving),
                    ("verdicts.png", RELEASED, "light", verdicts),
                ]
            ):
                server.set_theme(theme)
                scale = 1 if name.endswith("gif") else 2
                context = chromium.new_context(viewport=SIZE, device_scale_factor=scale)
                path = root / f"{number}.ipynb"
                shutil.copy(code, path) if isinstance(code, Path) else write_notebook(path, code)
                take(Notebook(context.new_page(), server, path), folder / name)
                context.close()
                print(f"{folder / name}: {(folder / name).stat().st_size / 1000:.0f} kB")
        finally:
            server.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "images")
