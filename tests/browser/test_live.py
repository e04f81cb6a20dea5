"""The live plot on JupyterLab's page: a test for each thing that it promises there."""

import io
import json
import re
import time

from nbconvert import HTMLExporter
from PIL import Image
from playwright.sync_api import Locator, expect

WATCH = "from course import live\nplot = live.watch()"
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
await asyncio.sleep(0.5)  # a band is as wide as its cell is long, unless that is too short to be seen
"""
SAMPLES = """
def samples_while(block):
    "The most samples in one second of the block."
    before = len(plot.run.samples)
    block()
    times = [sample.time for sample in plot.run.samples[before:]]
    return max(sum(start <= time < start + 1 for time in times) for start in times)

def spin():
    until = time.monotonic() + 2
    while time.monotonic() < until:
        pass

def hash_():
    hashlib.pbkdf2_hmac("sha256", b"password", b"salt", rounds)  # releases Python's lock, and takes about 2 s

import hashlib
begun = time.perf_counter()
hashlib.pbkdf2_hmac("sha256", b"password", b"salt", 100_000)
rounds = int(100_000 * 2 / (time.perf_counter() - begun))
"""
LEFT = "task first.<locals>.send \N{MULTIPLICATION SIGN}3, waiting in Queue.put"


def status(notebook, index: int = 0) -> Locator:
    return notebook.output(index).locator(".live-status")


def picture(notebook, index: int = 0) -> Locator:
    """The saved picture."""
    return notebook.output(index).locator("figure img")


def is_dark(image: Locator) -> bool:
    """Whether an image is dark at its edge."""
    seen = Image.open(io.BytesIO(image.screenshot()))
    return sum(seen.convert("RGB").getpixel((5, 5))) < 150


def button(notebook, name: str, index: int = 0) -> Locator:
    return notebook.output(index).get_by_role("button", name=name)


def plot_threads(notebook, index: int) -> str:
    """What the notebook prints, in that cell, of the plots' threads."""
    notebook.type(index, "import threading; print([t.name for t in threading.enumerate() if 'course' in t.name])")
    notebook.run(index)
    return notebook.output(index).inner_text().strip()


def draws_four_times_a_second(notebook, index: int = 0) -> bool:
    """Whether four frames come in some second of the next three."""
    return (
        notebook.output(index)
        .locator(".live-frame")
        .evaluate(
            """frame => new Promise(done => {
                const times = [];
                const seen = new MutationObserver(() => {
                    times.push(performance.now());
                    if (times.at(-1) - times.at(-5) <= 1000) done(true);
                });
                seen.observe(frame, {childList: true});
                setTimeout(() => { seen.disconnect(); done(false); }, 3000);
            })"""
        )
    )


def ground(notebook) -> int:
    """How bright the plot's ground is: the sum of its red, green and blue."""
    color = (
        notebook.output(0)
        .locator(".live-frame")
        .evaluate("frame => getComputedStyle(frame.querySelector('.paper')).fill")
    )
    return sum(map(int, re.findall(r"\d+", color)[:3]))


def visible(image: Locator) -> bool:
    """Whether the image has been decoded and is shown."""
    expect(image).to_be_visible()
    return image.evaluate("image => image.decode().then(() => image.naturalWidth > 0)")


def tick_labels(notebook, index: int) -> list[int]:
    """The times at the plot's lower edge, in seconds."""
    texts = notebook.output(index).locator(".live-frame text").all_text_contents()
    return [int(text.removesuffix(" s")) for text in texts if text.endswith(" s")]


def test_from_a_clean_notebook_to_a_leak_to_the_collector_and_to_the_saved_file(lab):
    notebook = lab(
        [WATCH, LEAK, "gc.collect();", "threading.Thread(target=time.sleep, args=[60], daemon=True).start()"]
    )
    frame = notebook.output(0).locator(".live-frame")
    numbers = notebook.output(0).locator(".live-numbers")
    notebook.run(0)
    expect(status(notebook)).to_have_text("Nothing is left after cell [1].")
    expect(numbers).to_have_text("tasks 0, threads 0, destroyed while pending 0")
    expect(frame.locator("path.line")).to_have_count(2)
    assert ground(notebook) == 3 * 255

    notebook.run(1)
    expect(status(notebook)).to_have_text("3 tasks are left after cell [2].")
    expect(notebook.output(0).get_by_role("listitem")).to_have_text(LEFT)
    expect(frame.get_by_text("[2]")).to_be_visible()
    expect(frame.locator("rect.band")).to_have_count(2)
    # The fill is where no cell runs: to the right of the band of cell 2. (One look: the next frame replaces all.)
    fill, filled_from, band_to = frame.evaluate(
        """frame => {
            const band = frame.querySelector("rect.band");  // the latest is painted first
            return [
                getComputedStyle(frame.querySelector("path[clip-path]")).fill,
                Number([...frame.querySelectorAll("clipPath rect")].at(-1).getAttribute("x")),
                Number(band.getAttribute("x")) + Number(band.getAttribute("width")),
            ];
        }"""
    )
    assert fill.startswith("url(")
    assert filled_from >= band_to - 1

    notebook.run(2)
    expect(status(notebook)).to_have_text("Nothing is left after cell [3]. 3 tasks were destroyed while pending.")
    expect(notebook.output(0).get_by_role("listitem")).to_have_text(
        "task first.<locals>.send \N{MULTIPLICATION SIGN}3, destroyed while pending"
    )
    expect(frame.locator("path.lost title")).to_have_text("3 tasks destroyed while pending")
    cut_off = frame.evaluate(
        """frame => {
            const label = [...frame.querySelectorAll("text")].find(text => text.textContent.includes("destroyed 3"));
            const [inner, outer] = [label, frame.querySelector("svg")].map(one => one.getBoundingClientRect());
            return inner.left < outer.left || inner.right > outer.right;
        }"""
    )
    assert not cut_off

    notebook.run(3)
    expect(numbers).to_have_text("tasks 0, threads 1, destroyed while pending 3")
    expect(notebook.output(0).get_by_role("listitem").first).to_contain_text("thread ")

    button(notebook, "Stop").click()
    assert visible(picture(notebook))
    assert frame.count() == 0
    outputs = notebook.save()["cells"][0]["outputs"]
    assert {kind for output in outputs for kind in output["data"]} == {"image/png", "text/html", "text/plain"}

    page, _ = HTMLExporter().from_filename(str(notebook.path))
    notebook.page.set_content(page)
    assert visible(notebook.page.get_by_alt_text("1 thread is left after cell [4]. 3 tasks were destroyed"))


def test_blocked_kernel(lab):
    """While a cell blocks the kernel's main thread samples and frames go on, and the page can stop the plot."""
    cells = ["plot = live.watch(cpu=True)" + LEAK, "print(samples_while(spin))", "print(samples_while(hash_))"]
    imports = "from course import live; import time"
    notebook = lab([imports + SAMPLES, *cells, "print(samples_while(lambda: time.sleep(2)))", "time.sleep(5)"])
    notebook.run(0)
    notebook.run(1)
    for index, uses_cpu in ((2, True), (3, True), (4, False)):
        notebook.start(index)
        expect(status(notebook, 1)).to_have_text(f"Cell [{index + 1}] is running: 3 tasks.")
        assert draws_four_times_a_second(notebook, 1)
        cpu = notebook.output(1).locator(".live-numbers").inner_text()
        assert (int(re.search(r"CPU (\d+)%", cpu)[1]) >= 10) == uses_cpu
        notebook.wait_for_kernel()
        assert int(notebook.output(index).inner_text()) >= 18  # 20, and the machine may be busy
    expect(notebook.output(1).locator("path.cpu")).to_have_count(1)

    notebook.start(5)
    expect(status(notebook, 1)).to_have_text("Cell [6] is running: 3 tasks.")
    button(notebook, "Stop", 1).click()
    expect(picture(notebook, 1)).to_be_visible()
    assert notebook.cell(5).locator(".jp-InputPrompt").inner_text() == "[*]:"  # The cell blocks still.
    ended = re.compile("Cell .6. was running when the plot ended: 3 tasks")
    expect(picture(notebook, 1)).to_have_attribute("alt", ended)


def test_it_scrolls_zooms_says_little_aloud_and_says_when_it_drops_frames(lab):
    """With a window of 3 s rather than 30."""
    notebook = lab(
        [
            "import asyncio; from course.live import picture, plot; picture.WINDOW = 3.0",
            WATCH.replace("plot = ", ""),
            "naps = [await asyncio.sleep(0.1, asyncio.create_task(asyncio.sleep(60))) for _ in range(50)]",
            "plot.BUDGET = 1e-3",
        ]
    )
    notebook.run(0)
    notebook.run(1)
    said = notebook.output(1).get_by_role("status")
    expect(said).to_have_text("Nothing is left after cell [2].")
    said.evaluate(
        """node => { window.said = [];
            new MutationObserver(() => window.said.push(node.textContent)).observe(node, {childList: true}); }"""
    )
    notebook.run(2)
    expect(status(notebook, 1)).to_have_text("50 tasks are left after cell [3].")
    expect(said).to_have_text("50 tasks are left after cell [3].")
    assert notebook.page.evaluate("window.said") == ["Cell [3] is running.", "50 tasks are left after cell [3]."]
    assert min(tick_labels(notebook, 1)) > 0
    button(notebook, "Whole run", 1).click()
    expect(notebook.output(1).locator(".live-frame").get_by_text("0 s", exact=True)).to_be_visible()

    notebook.run(3)
    expect(notebook.output(1).locator(".live-numbers")).to_contain_text(
        re.compile(r"Slowed to [\d.]+ frames and [\d.]+ samples a second, to use no more than")
    )


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
    assert draws_four_times_a_second(notebook)
    expect(whole).to_be_focused()
    notebook.page.keyboard.press("Space")
    expect(whole).to_have_attribute("aria-pressed", "false")
    notebook.page.keyboard.press("Tab")
    expect(stop).to_be_focused()
    notebook.page.keyboard.press("Enter")
    expect(picture(notebook)).to_be_visible()
    assert is_dark(picture(notebook))
    notebook.page.keyboard.press("ArrowDown")  # The keyboard is back where the plot was.
    expect(notebook.cell(1)).to_have_class(re.compile("jp-mod-active"))
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
    expect(status(notebook)).to_have_text(stays)
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

    # A file that comes from elsewhere is not trusted: JupyterLab sanitizes its HTML.
    document = json.loads(notebook.path.read_text())
    for output in document["cells"][0]["outputs"]:
        output["data"]["text/plain"] = "changed, so that no signature fits"
    notebook.path.write_text(json.dumps(document))
    notebook.open(kernel=False)
    expect(notebook.output(0).locator("img")).to_have_attribute("alt", alternative)
    assert visible(notebook.output(0).locator("img"))


def test_a_kernel_restarted_in_mid_run_leaves_no_cell_running_for_good(lab):
    notebook = lab([WATCH + LEAK + "time.sleep(60)"])
    notebook.start(0)
    expect(status(notebook)).to_have_text("Cell [1] is running: 3 tasks.")
    stayed = "Cell [1] was running when this picture was drawn: 3 tasks."
    expect(picture(notebook)).to_have_attribute("alt", re.compile(re.escape(stayed)))
    notebook.restart_kernel()
    expect(picture(notebook)).to_be_visible()
    assert stayed in notebook.output(0).inner_text()
    assert "is running" not in notebook.output(0).inner_text()


def test_a_second_plot_ends_the_first_and_clearing_the_output_ends_it(lab):
    notebook = lab([WATCH, "live.watch()", LEAK, ""])
    for index in range(3):
        notebook.run(index)
    expect(status(notebook, 1)).to_have_text("3 tasks are left after cell [3].")
    expect(picture(notebook, 0)).to_be_visible()
    assert plot_threads(notebook, 3) == "['course.live']"

    notebook.clear_outputs()
    deadline = time.monotonic() + 30  # A plot ends when its output has been gone for five seconds.
    while plot_threads(notebook, 3) != "[]":
        assert time.monotonic() < deadline
        time.sleep(1)


def test_runs_side_by_side_in_the_dark_theme(lab):
    notebook = lab(
        [
            WATCH + LEAK,
            "with live.record() as leaky: await first(range(5)); await asyncio.sleep(0.1)",
            "with live.record() as fixed: await first([1])",
            "live.compare(leaky=leaky, fixed=fixed)",
            "leaky.to_frame()",
            "from matplotlib import pyplot as plt\nplt.plot([1, 2], label='cost')\nplt.title('a budget')\nplt.show()",
        ],
        theme="dark",
    )
    for index in range(6):
        notebook.run(index)
    figure = notebook.output(3).get_by_alt_text("leaky: Live tasks and threads over")
    assert visible(figure)
    expect(figure).to_have_attribute("alt", re.compile("leaky: .*3 tasks are left now.*fixed: .*Nothing is left now"))
    of_pyplot = notebook.output(5).get_by_alt_text("a budget, cost")
    assert is_dark(figure)
    assert is_dark(of_pyplot)
    header = notebook.output(4).locator("thead th")
    expect(header).to_have_text(["", "seconds", "tasks", "threads", "cpu", "lost"])
