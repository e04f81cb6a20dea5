"""What a newcomer sees first, as `make lab` sets it up."""

from __future__ import annotations

import subprocess
import sys

from playwright.sync_api import expect

from tests.browser.lab import ROOT


def test_the_first_page_asks_nothing_has_nothing_unsaved_and_nothing_is_wrong_in_the_log(lab, lab_server, tmp_path):
    subprocess.run([sys.executable, ROOT / "tools" / "work.py", tmp_path], env=lab_server.environment, check=True)
    said_before = len(lab_server.warnings())
    notebook = lab(tmp_path / "00-start-here" / "start-here.ipynb")
    # The kernel is there: what it changes of the notebook has been changed.
    expect(notebook.page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]")).to_be_visible()
    assert notebook.page.locator(".jp-mod-dirty").count() == 0
    assert notebook.page.locator(".Toastify__toast").count() == 0
    # The course's folder has one, these notebooks' has not.
    warnings = [line for line in lab_server.warnings()[said_before:] if "nbgrader_config.py" not in line]
    assert warnings == []
