"""The live plot on JupyterLab's page."""

import re
import time

from playwright.sync_api import Locator, expect

WATCH = "from course import live\nlive.watch()"
LEAK = """
import asyncio, gc, threading, time
gc.disable()

async def first(urls):
    results = asyncio.Queue(maxsize=1)

    async def send(url):
        await results.put(url)

    for url in urls:
        asyncio.create_task(send(url))
    return await results.get()

await first(range(5))
"""
BLOCK = "import time; time.sleep(3)"
LEFT = "task first.<locals>.send \N{MULTIPLICATION SIGN}3, waiting in Queue.put"


def status(notebook, index: int = 0) -> Locator:
    return notebook.output(index).get_by_role("status")


def picture(notebook, index: int = 0) -> Locator:
    """The saved picture."""
    return notebook.output(index).locator("figure img")


def button(notebook, name: str, index: int = 0) -> Locator:
    return notebook.output(index).get_by_role("button", name=name)


def plot_threads(notebook, index: int) -> str:
    """What the notebook prints, in that cell, of the plots' threads."""
    notebook.type(index, "import threading; print([t.name for t in threading.enumerate() if 'course' in t.name])")
    notebook.run(index)
    return notebook.output(index).inner_text().strip()


def frames_in_a_second(notebook) -> int:
    return (
        notebook.output(0)
        .locator(".live-frame")
        .evaluate(
            """frame => new Promise(done => {
                let frames = 0;
                const seen = new MutationObserver(() => frames++);
                seen.observe(frame, {childList: true});
                setTimeout(() => { seen.disconnect(); done(frames); }, 1000);
            })"""
        )
    )


def ground(notebook) -> int:
    """How bright the plot's ground is: the sum of its red, green and blue."""
    color = notebook.output(0).locator(".live-frame .paper").evaluate("paper => getComputedStyle(paper).fill")
    return sum(map(int, re.findall(r"\d+", color)[:3]))


def test_from_a_clean_notebook_to_a_leak_and_to_the_saved_file(lab):
    notebook = lab([WATCH, LEAK, BLOCK])
    notebook.run(0)
    expect(status(notebook)).to_have_text("Nothing is left after cell [1].")
    expect(notebook.output(0).locator(".live-numbers")).to_have_text("tasks 0, threads 0, destroyed while pending 0")
    assert ground(notebook) == 3 * 255

    notebook.run(1)
    expect(status(notebook)).to_have_text("3 tasks are left after cell [2].", timeout=2000)
    expect(notebook.output(0).get_by_role("listitem")).to_have_text(LEFT, timeout=2000)

    # While a cell blocks the kernel's main thread frames go on to come, and the page can stop the plot.
    notebook.start(2)
    expect(status(notebook)).to_have_text("Cell [3] is running: 3 tasks.", timeout=2000)
    assert frames_in_a_second(notebook) >= 4
    button(notebook, "Stop").click()
    expect(picture(notebook)).to_be_visible()
    assert notebook.cell(2).locator(".jp-InputPrompt").inner_text() == "[*]:"  # The cell blocks still.
    expect(picture(notebook)).to_have_attribute("alt", re.compile("Cell .3. was running when the plot ended: 3 tasks"))
    notebook.wait_for_kernel()

    outputs = notebook.save()["cells"][0]["outputs"]
    assert {kind for output in outputs for kind in output["data"]} == {"text/html", "text/plain"}
    assert any("Cell [3] was running when the plot ended" in "".join(o["data"]["text/html"]) for o in outputs)


def test_keyboard_dark_theme_and_twice_the_size(lab):
    """A window half as wide is what a page at 200 % zoom has."""
    notebook = lab([WATCH, LEAK, ""], theme="dark", viewport={"width": 640, "height": 900}, device_scale_factor=2)
    notebook.run(0)
    notebook.run(1)
    expect(notebook.output(0).get_by_role("listitem")).to_have_text(LEFT)
    frame = notebook.output(0).locator(".live-frame")
    expect(frame.locator("svg")).to_have_attribute("width", str(frame.evaluate("frame => frame.clientWidth")))
    texts = frame.locator("text").evaluate_all("texts => texts.map(text => text.getBoundingClientRect().height)")
    assert min(texts) >= 12  # pixels of the page: the text is not scaled down with the plot
    assert ground(notebook) < 150

    whole, stop = button(notebook, "Whole run"), button(notebook, "Stop")
    whole.focus()
    notebook.page.keyboard.press("Enter")
    expect(whole).to_have_attribute("aria-pressed", "true")
    frames_in_a_second(notebook)
    expect(whole).to_be_focused()
    notebook.page.keyboard.press("Space")
    expect(whole).to_have_attribute("aria-pressed", "false")
    notebook.page.keyboard.press("Tab")
    expect(stop).to_be_focused()
    notebook.page.keyboard.press("Enter")
    expect(picture(notebook)).to_be_visible()
    assert plot_threads(notebook, 2) == "[]"


def test_page_loaded_again_kernel_restarted_and_no_kernel(lab):
    notebook = lab([WATCH, LEAK])
    notebook.run(0)
    notebook.run(1)
    stays = "3 tasks are left after cell [2]."
    expect(status(notebook)).to_have_text(stays)
    alternative = re.compile(re.escape(stays))
    expect(picture(notebook)).to_have_attribute("alt", alternative)  # The document has it, though it is not shown.
    expect(picture(notebook)).not_to_be_visible()
    notebook.save()

    notebook.open()
    expect(status(notebook)).to_have_text(stays, timeout=20_000)
    expect(picture(notebook)).not_to_be_visible()

    notebook.restart_kernel()
    expect(picture(notebook)).to_be_visible()
    expect(picture(notebook)).to_have_attribute("alt", alternative)
    expect(status(notebook)).to_have_count(0)

    notebook.shut_down_kernel()
    notebook.open(kernel=False)
    expect(picture(notebook)).to_have_attribute("alt", alternative)
    expect(picture(notebook)).to_be_visible()
    assert notebook.output(0).inner_text().split("\n") == [stays, "tasks 3, threads 0, destroyed while pending 0", LEFT]


def test_two_plots_one_run_again_and_both_cleared_away(lab):
    notebook = lab([WATCH, "live.watch()", LEAK, ""])
    for index in range(3):
        notebook.run(index)
    for index in (0, 1):
        expect(status(notebook, index)).to_have_text("3 tasks are left after cell [3].")
    notebook.run(1)
    for index in (0, 1):
        expect(status(notebook, index)).to_have_text("3 tasks are left after cell [4].")
    assert plot_threads(notebook, 3) == "['course.live', 'course.live']"

    notebook.clear_outputs()
    deadline = time.monotonic() + 30  # A plot ends when its output has been gone for ten seconds.
    while plot_threads(notebook, 3) != "[]":
        assert time.monotonic() < deadline
        time.sleep(1)
