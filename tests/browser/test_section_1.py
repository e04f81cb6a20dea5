"""A learner works through task 1.1 in JupyterLab: sees the leak, asks, mends the code by typing, asks again."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.cases import solution_cell

ROOT = Path(__file__).parent.parent.parent
NOTEBOOK = ROOT / "release" / "01-warm-up" / "warm-up.ipynb"
MENDED = solution_cell("01-warm-up/1.1/solutions/cancel_and_await")


@pytest.fixture(scope="module")
def numbers():
    """The number of each cell, by its id."""
    return {cell["id"]: number for number, cell in enumerate(json.loads(NOTEBOOK.read_text())["cells"])}


def test_a_learner_sees_the_leak_mends_it_and_reads_the_verdicts(lab, numbers, tmp_path):
    notebook = lab(NOTEBOOK)
    for cell in ("1_1-start", "1_1-leaky", "1_1-watch"):
        notebook.run(numbers[cell])
    plot = notebook.output(numbers["1_1-watch"])
    plot.get_by_text("60").first.wait_for()
    plot.scroll_into_view_if_needed()
    plot.screenshot(path=tmp_path / "leak.png")

    verdicts = notebook.output(numbers["1_1-check"])
    notebook.run(numbers["1_1-solution"])
    notebook.run(numbers["1_1-check"])
    verdicts.get_by_text("0 of 3 items pass, 0 of 6 points").wait_for()
    assert verdicts.get_by_text("cell 1.1, line").first.is_visible()
    verdicts.screenshot(path=tmp_path / "verdicts.png")

    notebook.type(numbers["1_1-solution"], MENDED)
    notebook.run(numbers["1_1-solution"])
    notebook.run(numbers["1_1-check"])
    verdicts.get_by_text("3 of 3 items pass, 6 of 6 points").wait_for()
    assert verdicts.get_by_text("✓ 1.1a").is_visible()
    for name in ("leak.png", "verdicts.png"):
        shutil.copy(tmp_path / name, tmp_path.parent / name)


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (1440, 900)])
def test_going_on_with_shift_enter_the_plot_is_in_sight_while_the_leak_happens(lab, width, height):
    notebook = lab(NOTEBOOK, whole_lab=True, viewport={"width": width, "height": height})
    cells = json.loads(NOTEBOOK.read_text())["cells"]
    leaking = next(number for number, cell in enumerate(cells) if cell["id"] == "1_1-watch")
    notebook.cell(0).click(position={"x": 200, "y": 10})
    for cell in cells[: leaking + 1]:
        notebook.page.keyboard.press("Shift+Enter")
        if cell["cell_type"] == "code" and cell is not cells[leaking]:
            notebook.wait_for_kernel()
    frame = notebook.output(leaking).locator(".live-frame")
    notebook.output(leaking).get_by_text(re.compile(r"is running: \d+ tasks")).wait_for()
    plot, panel = frame.bounding_box(), notebook.page.locator(".jp-WindowedPanel-outer").bounding_box()
    assert panel["y"] <= plot["y"]
    assert plot["y"] + plot["height"] <= panel["y"] + panel["height"]


def test_a_bar_of_a_run_that_failed_leads_to_its_line_by_mouse_and_keyboard(lab):
    cells = json.loads(NOTEBOOK.read_text())["cells"]
    [untouched] = ["".join(cell["source"]) for cell in cells if cell["id"] == "1_1-solution"]
    notebook = lab(["from course import replay", untouched, *["pass"] * 20, 'replay("1.1a")'], theme="dark")
    for number in (0, 1, 22):
        notebook.run(number)
    bar = notebook.output(22).locator("rect.stays[data-line]")
    number = int(bar.get_attribute("data-line"))
    line = notebook.cell(1).locator(".cm-line").nth(number - 1)
    assert "results.put" in line.inner_text()
    for press in (bar.click, lambda: bar.press("Enter")):
        notebook.cell(22).scroll_into_view_if_needed()
        bar.scroll_into_view_if_needed()
        press()
        expect(line).to_be_in_viewport()
