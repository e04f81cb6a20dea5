"""`live.watch()` in a kernel, without a page: what the notebook's document keeps."""

import base64
import io
import re

import nbformat
import pytest
from nbclient import NotebookClient
from nbconvert import HTMLExporter
from nbconvert.preprocessors import CSSHTMLHeaderPreprocessor
from nbgrader.converters import GenerateFeedback
from nbgrader.coursedir import CourseDirectory
from PIL import Image

from course import live

LEAK = """
import asyncio

async def first(urls):
    results = asyncio.Queue(maxsize=1)

    async def send(url):
        await results.put(url)

    for url in urls:
        asyncio.create_task(send(url))
    return await results.get()

await first(range(5))
await asyncio.sleep(0.1)
"""
QUIET = "import gc; gc.collect(); gc.disable()"


def run(*sources: str) -> nbformat.NotebookNode:
    """A notebook of these cells, after all have run."""
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    notebook = nbformat.v4.new_notebook(cells=cells)
    NotebookClient(notebook, timeout=60, kernel_name="python3", store_widget_state=False).execute()
    return notebook


def pictures(cell) -> list[str]:
    """The HTML of the pictures in a cell's outputs."""
    shown = [output["data"].get("text/html", "") for output in cell.outputs if output.output_type == "display_data"]
    return [html for html in shown if "<img" in html]


def alternative(html: str) -> str:
    return re.search('alt="([^"]*)"', html)[1]


def printed(cell) -> str:
    return "".join(output.text for output in cell.outputs if output.output_type == "stream" and output.name == "stdout")


@pytest.fixture(scope="module")
def leaky() -> nbformat.NotebookNode:
    return run(
        f"from course import live\n{QUIET}",
        "live.watch()",
        LEAK,
        "live.close()  # at once: what is left is still that of the cell before",
    )


def test_the_document_keeps_one_picture_with_alternative_text(leaky):
    [html] = pictures(leaky.cells[1])
    assert "3 tasks are left after cell [3]." in alternative(html)
    assert "task first.&lt;locals&gt;.send \N{MULTIPLICATION SIGN}3, waiting in Queue.put" in alternative(html)
    [source] = re.findall('src="data:image/png;base64,([^"]*)"', html)
    Image.open(io.BytesIO(base64.b64decode(source))).verify()


def test_the_picture_is_also_kept_without_html(leaky):
    [output] = [output for output in leaky.cells[1].outputs if "image/png" in output.get("data", {})]
    assert output.data["image/png"] in output.data["text/html"]
    words = output.data["text/plain"]
    assert "3 tasks are left after cell [3]." in words
    assert output.metadata["image/png"]["alt"] == words
    without_html = nbformat.from_dict(output)
    del without_html.data["text/html"]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(outputs=[without_html])])
    page, _ = HTMLExporter().from_notebook_node(notebook)
    assert f'src="data:image/png;base64,{output.data["image/png"]}' in page


def test_no_widget_is_left_in_the_document(leaky):
    types = {kind for cell in leaky.cells for output in cell.outputs for kind in output.get("data", {})}
    assert types == {"image/png", "text/html", "text/plain"}


def test_the_picture_shows_where_notebooks_are_turned_into_pages(leaky):
    page, _ = HTMLExporter().from_notebook_node(leaky)
    assert len(re.findall(r'<img[^>]*alt="Live tasks and threads', page)) == 1


def test_the_picture_shows_in_nbgraders_feedback(leaky):
    exporter = HTMLExporter(config=GenerateFeedback(CourseDirectory()).config)
    exporter.register_preprocessor(CSSHTMLHeaderPreprocessor, enabled=True)
    marks = {"notebook": "leaky", "score": 0, "max_score": 0, "late_penalty": 0}
    page, _ = exporter.from_notebook_node(leaky, resources={"nbgrader": marks})
    assert len(re.findall(r'<img[^>]*alt="Live tasks and threads', page)) == 1


def test_a_clean_notebook_reads_zero_and_zero_and_the_bands_have_the_cells_numbers():
    notebook = run(
        "from course import live",
        "plot = live.watch()",
        "import asyncio; await asyncio.sleep(0.3)",
        "print({(s.tasks, s.threads) for s in plot.run.samples}, plot.run.lost)",
        "print([cell.number for cell in plot.run.cells], [cell.end is None for cell in plot.run.cells])",
    )
    assert [cell.execution_count for cell in notebook.cells] == [1, 2, 3, 4, 5]
    assert printed(notebook.cells[3]) == "{(0, 0)} []\n"
    assert printed(notebook.cells[4]) == "[2, 3, 4, 5] [False, False, False, True]\n"


def test_what_an_earlier_cell_left_is_said_and_does_not_squash_the_plot():
    notebook = run(
        f"from course import live\n{QUIET}",
        LEAK,
        "plot = live.watch()",
        "print(plot.run.samples[0].tasks)",
    )
    assert printed(notebook.cells[3]) == "0\n"
    assert "Not counted: 3 tasks from earlier cells" in alternative(pictures(notebook.cells[2])[0])


def test_asyncio_does_not_log_what_the_plot_shows_and_a_handler_of_ones_own_still_hears_it():
    notebook = run(
        f"from course import live\n{QUIET}",
        LEAK,
        "plot = live.watch(); gc.collect(); print(len(plot.run.lost))",
        LEAK,
        "heard = []\n"
        "asyncio.get_running_loop().set_exception_handler(lambda loop, context: heard.append(context['message']))\n"
        "gc.collect(); print(heard)",
    )
    assert printed(notebook.cells[2]) == "3\n"
    assert [output for output in notebook.cells[2].outputs if output.get("name") == "stderr"] == []
    assert printed(notebook.cells[4]) == f"{['Task was destroyed but it is pending!'] * 3}\n"


def test_it_leaves_nothing_behind():
    notebook = run(
        "from course import leaks, live; import asyncio, gc, threading",
        "live.watch(); live.close()",  # loads what it needs
        "shell, loop = get_ipython(), asyncio.get_running_loop()\n"
        "events = shell.events.callbacks\n"
        "state = lambda: (list(gc.callbacks), sorted(vars(loop)), {name: list(events[name]) for name in events})\n"
        "before, was = leaks.ignore_current(), state()",
        "plot = live.watch(cpu=True)",
        "second = live.watch()\nawait asyncio.sleep(0.5)\nprint(state() == was)",
        "live.close(); plot.close()\nawait leaks.verify_none_async(before)\nprint(state() == was)",
    )
    assert [printed(cell) for cell in notebook.cells[4:]] == ["False\n", "True\n"]


def test_a_plot_ends_when_another_opens_and_when_its_cell_runs_again():
    """As JupyterLab does it: the same cell id comes with another run."""
    from jupyter_client.manager import start_new_kernel

    manager, client = start_new_kernel()
    try:

        def execute(code: str, cell: str) -> str:
            message = client.session.msg(
                "execute_request",
                {"code": code, "silent": False, "store_history": True, "user_expressions": {}, "allow_stdin": False},
            )
            message["metadata"] = {"cellId": cell}
            client.shell_channel.send(message)
            text = ""
            while True:
                reply = client.get_iopub_msg(timeout=30)
                if reply["parent_header"].get("msg_id") != message["header"]["msg_id"]:
                    continue
                if reply["msg_type"] == "stream":
                    text += reply["content"]["text"]
                if reply["msg_type"] == "status" and reply["content"]["execution_state"] == "idle":
                    return text

        execute("from course import live; plots = []", "a")
        execute("plots.append(live.watch())", "b")
        execute("plots.append(live.watch())", "c")
        assert execute("print(plots)", "d") == "[<live plot, closed>, <live plot>]\n"
        execute("1 + 1", "c")
        assert execute("print(plots)", "d") == "[<live plot, closed>, <live plot, closed>]\n"
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def test_outside_a_notebook_it_says_what_to_do_instead(capsys):
    plot = live.watch()
    plot.close()
    live.close()
    assert capsys.readouterr().out == (
        "live.watch() draws in a notebook. Here, record instead: with live.record() as run: …\n"
    )
