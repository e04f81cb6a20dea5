"""JupyterLab in a headless browser: start it, open a notebook, run its cells, read and photograph the outputs.

Used by the browser tests (through the fixtures of conftest.py) and by tools/pictures.py.
"""

import json
import os
import re
import secrets
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import nbformat
from playwright.sync_api import Browser, Locator, Page, sync_playwright

ROOT = Path(__file__).parent.parent.parent
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
_CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
_QUIET = {
    ("extensionmanager-extension", "plugin"): {"enabled": False},
}
_SHORTCUT_NEXT = "Shift+Enter"


@contextmanager
def browser() -> Iterator[Browser]:
    """A headless Chromium."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=_CHROMIUM_FLAGS)
        try:
            yield chromium
        finally:
            chromium.close()


class Server:
    """A JupyterLab server of its own, on a free port, that serves the folder `root`. Its settings lie in `home`."""

    def __init__(self, root: Path, home: Path):
        self.root = root
        self.token = secrets.token_hex(16)
        settings = home / "lab" / "user-settings"
        self._settings = settings
        for (extension, name), values in _QUIET.items():
            self._set(extension, name, values)
        self.set_windowing(False)
        self.environment = os.environ | {
            "JUPYTERLAB_SETTINGS_DIR": str(settings),
            "JUPYTERLAB_WORKSPACES_DIR": str(home / "lab" / "workspaces"),
            "JUPYTER_CONFIG_DIR": str(home / "config"),
            "JUPYTER_CONFIG_PATH": str(ROOT / "jupyter"),
            "JUPYTER_DATA_DIR": str(home / "data"),
            "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
            "IPYTHONDIR": str(home / "ipython"),
        }
        self._log = (home / "lab.log").open("w+")
        self._process = subprocess.Popen(
            [
                *(sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--port=0"),
                *(f"--IdentityProvider.token={self.token}", f"--ServerApp.root_dir={root}"),
            ],
            env=self.environment,
            stdout=self._log,
            stderr=subprocess.STDOUT,
        )
        self.url = self._wait_for_url(home / "runtime")

    def warnings(self) -> list[str]:
        """The lines of the log, so far, that say that something is wrong."""
        lines = Path(self._log.name).read_text(encoding="utf-8").splitlines()
        return [line for line in lines if re.match(r"\[[WE] |.*\b(WARNING|ERROR)\b", line)]

    def set_theme(self, theme: str) -> None:
        """Give pages that are opened from now on the "light" or the "dark" theme."""
        self._set("apputils-extension", "themes", {"theme": f"JupyterLab {theme.title()}"})

    def set_windowing(self, windowing: bool) -> None:
        """Have pages that are opened from now on leave out cells that are not in view, as JupyterLab does by itself."""
        self._set("notebook-extension", "tracker", {} if windowing else {"windowingMode": "none"})

    def _set(self, extension: str, name: str, values: dict) -> None:
        path = self._settings / "@jupyterlab" / extension / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(values))

    def _wait_for_url(self, runtime: Path, seconds: float = 60) -> str:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            for path in runtime.glob("jpserver-*.json"):
                try:
                    url = json.loads(path.read_text())["url"]
                    urllib.request.urlopen(f"{url}api", timeout=5).close()
                except (ValueError, OSError):
                    continue
                return url
            if self._process.poll() is not None:
                break
            time.sleep(0.1)
        self._log.seek(0)
        self.close()
        raise RuntimeError(f"JupyterLab did not start:\n{self._log.read()}")

    def close(self) -> None:
        """End the server and its kernels."""
        self._process.terminate()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


class Notebook:
    """One notebook, open in a page of its own. Cells are numbered from 0, as `nbformat` has them."""

    def __init__(self, page: Page, server: Server, path: Path, whole_lab: bool = False):
        self.page, self.server, self.path = page, server, path
        self._place = "lab" if whole_lab else "doc"
        self.open()

    def open(self, kernel: bool = True) -> None:
        """Open the notebook in the page (again), and wait until its cells are there, and its kernel.

        With `kernel=False` the page cannot start one.
        """
        if not kernel:
            self.page.route(
                "**/api/sessions*", lambda route: route.abort() if route.request.method == "POST" else route.fallback()
            )
        name = self.path.relative_to(self.server.root).as_posix()
        self.page.goto(f"{self.server.url}{self._place}/tree/{name}?token={self.server.token}&reset")
        self.page.locator(".jp-Notebook .jp-Cell").first.wait_for(timeout=60_000)
        if kernel:
            self.wait_for_kernel()

    def choose(self, menu: str, item: str) -> None:
        """Choose from JupyterLab's menus."""
        self.page.get_by_role("menuitem", name=menu, exact=True).click()
        self.page.locator(".lm-Menu-itemLabel").get_by_text(item, exact=True).click()

    def restart_kernel(self) -> None:
        """Restart the kernel, and wait until it is idle."""
        self.choose("Kernel", "Restart Kernel…")
        self.page.locator(".jp-Dialog").get_by_role("button", name="Confirm").click()
        self.page.get_by_text("(ipykernel) | Idle").wait_for(state="detached", timeout=30_000)
        self.wait_for_kernel()

    def shut_down_kernel(self) -> None:
        """Shut the kernel down, and wait until it has gone."""
        self.choose("Kernel", "Shut Down Kernel")
        self.page.get_by_text("No Kernel |").wait_for(timeout=30_000)

    def clear_outputs(self) -> None:
        """Clear the outputs of all cells."""
        self.choose("Edit", "Clear Outputs of All Cells")

    def wait_for_kernel(self) -> None:
        """Wait until the kernel is idle."""
        self.page.get_by_text("(ipykernel) | Idle").wait_for(timeout=60_000)

    def cell(self, index: int) -> Locator:
        """The cell, input and outputs."""
        return self.page.locator(f'.jp-Notebook .jp-Cell[data-windowed-list-index="{index}"]')

    def output(self, index: int) -> Locator:
        """The cell's outputs."""
        return self.cell(index).locator(".jp-Cell-outputArea")

    def type(self, index: int, source: str) -> None:
        """Replace the cell's source, by typing."""
        self.cell(index).locator(".cm-content").click()
        self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.insert_text(source)

    def start(self, index: int) -> None:
        """Run the cell and do not wait for its end."""
        self.cell(index).locator(".jp-InputArea-prompt").click()
        self.page.keyboard.press(_SHORTCUT_NEXT)

    def run(self, index: int, seconds: float = 30) -> None:
        """Run the cell and wait until it has ended."""
        prompt = self.cell(index).locator(".jp-InputPrompt")
        before = prompt.inner_text()
        self.start(index)
        self.page.wait_for_function(
            "([prompt, before]) => prompt.innerText !== before && /\\[\\d+\\]/.test(prompt.innerText)",
            arg=[prompt.element_handle(), before],
            timeout=seconds * 1000,
        )

    def save(self) -> dict:
        """Save the notebook and return what is in the file."""
        before = self.path.stat().st_mtime_ns
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            self.page.keyboard.press("ControlOrMeta+s")
            self.page.wait_for_timeout(300)
            if self.path.stat().st_mtime_ns != before:
                with suppress(json.JSONDecodeError):  # the server is in the middle of writing it
                    return json.loads(self.path.read_text())
        raise TimeoutError("the notebook was not saved within 20 s")


def write_notebook(path: Path, cells: Sequence[str]) -> Path:
    """A notebook file with these code cells."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in cells])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(notebook, path)
    return path
