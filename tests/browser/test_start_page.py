"""The start page in JupyterLab: the table leads to the tasks, in both themes, and what leaked is kept by its cells."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import expect

from course.kept import file
from tests.browser.lab import Notebook

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def open_released(lab_server, chromium, tmp_path_factory):
    """Opens a released notebook among its neighbours, with the whole of JupyterLab."""
    file.place().unlink(missing_ok=True)  # other tests have checked solutions
    course = Path(shutil.copytree(ROOT / "release", lab_server.root / "released", dirs_exist_ok=True))
    contexts = []

    def opened(name, theme):
        lab_server.set_theme(theme)
        lab_server.set_windowing(True)
        contexts.append(chromium.new_context(viewport={"width": 1366, "height": 768}))
        return Notebook(contexts[-1].new_page(), lab_server, course / name, whole_lab=True)

    yield opened
    for context in contexts:
        context.close()
    file.place().unlink(missing_ok=True)


def numbers(notebook):
    return {cell["id"]: number for number, cell in enumerate(json.loads(notebook.path.read_text())["cells"])}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_table_is_in_sight_as_a_whole_and_leads_to_the_task_to_go_on_with(open_released, theme):
    notebook = open_released("00-start-here/start-here.ipynb", theme)
    cell = numbers(notebook)["progress"]
    notebook.run(cell)
    table = notebook.output(cell).locator("table")
    table.scroll_into_view_if_needed()
    assert table.bounding_box()["height"] < 600
    link = table.locator("caption a")
    expect(link).to_have_text("1.1 A sender on a full queue")
    link.click()
    expect(notebook.page.get_by_role("heading", name="1.1 A sender on a full queue")).to_be_in_viewport(timeout=60_000)


def test_how_a_task_leaked_is_kept_by_its_watch_cell_and_drawn_at_the_end(open_released):
    warm_up = open_released("01-warm-up/warm-up.ipynb", "light")
    for cell in ("1_1-start", "1_1-leaky", "1_1-watch"):
        warm_up.run(numbers(warm_up)[cell], 60)
    assert file.read()["runs"]["1.1"]["leaky"]["left"] == 60
    with file.changed() as kept:
        kept["runs"]["1.1"]["yours"] = {"seconds": 2.0, "left": 0, "points": [[0, 0], [2, 0]]}

    start = open_released("00-start-here/start-here.ipynb", "light")
    start.run(numbers(start)["progress"])
    start.cell(numbers(start)["certificate"]).scroll_into_view_if_needed()
    start.cell(numbers(start)["certificate"]).locator(".jp-InputArea-prompt").first.click()
    start.page.keyboard.press("Control+Enter")
    expect(start.output(numbers(start)["certificate"]).get_by_text("60 left")).to_be_visible()
    assert (start.path.parent / "certificate.html").exists()
