"""What belongs to pytest, a Jupyter kernel, a debugger or matplotlib is nobody's leak."""

import re
import subprocess
import sys
import threading

import pytest
import zmq
from jupyter_client.manager import start_new_kernel
from zmq.auth.thread import ThreadAuthenticator

from course import leaks


@pytest.fixture(scope="module")
def run():
    """Run code in a Jupyter kernel and return what it has printed."""
    manager, client = start_new_kernel(kernel_name="python3")

    def run(code: str) -> str:
        printed = []

        def keep(message):
            content = message["content"]
            printed.append(content.get("text", "") or "\n".join(content.get("traceback", [])))

        client.execute_interactive(code, timeout=60, output_hook=keep)
        return "".join(printed)

    run.client = client
    run("from course import leaks")
    yield run
    client.stop_channels()
    manager.shutdown_kernel(now=True)


@pytest.mark.parametrize("find", ["leaks.find()", "await leaks.find_async()"])
def test_a_kernels_own_threads_tasks_and_timers_are_no_leaks(run, find):
    assert run(f"print('some output'); print({find})") == "some output\n[]\n"
    assert run("import threading; print(threading.active_count() > 3)") == "True\n"


def test_threads_of_matplotlib_and_of_widgets_are_no_leaks(run):
    run("%matplotlib inline\nimport matplotlib.pyplot as plt\nplt.plot([1, 2]); plt.show()")
    run("import ipywidgets\nipywidgets.IntSlider()")
    assert run("print(leaks.find())") == "[]\n"


# As ipykernel 6 has it, which wraps the run of every thread to know whose output it prints.
KERNELS_RUN = """
class IPythonKernel:
    def _initialize_thread_hooks(self, run):
        def run_closure(thread):
            run(thread)

        return run_closure
"""


@pytest.mark.parametrize("target", ["own", "library"])
def test_threads_with_a_target_are_found_under_ipykernel_6_and_wait_where_they_wait(target, start, stop, monkeypatch):
    def work():
        stop.wait()

    namespace = {"__name__": "ipykernel.ipkernel"}
    exec(KERNELS_RUN, namespace)
    wrapped = namespace["IPythonKernel"]()._initialize_thread_hooks(threading.Thread.run)
    monkeypatch.setattr(threading.Thread, "run", wrapped)
    before = leaks.ignore_current()
    start(work if target == "own" else stop.wait, name="mine")
    (leak,) = leaks.find(before, seconds=0.05)
    assert leak.name == "mine"
    assert leak.blocked_in == "Event.wait"
    assert [frame.function for frame in leak.waiting] == (["work"] if target == "own" else [])


def test_matplotlibs_timer_that_warns_of_a_slow_font_cache_is_no_leak(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(
        "import threading\n"
        "from matplotlib import font_manager\n"
        "from course import leaks\n"
        "def slow(*args, **kwargs):\n"
        "    print(leaks.find(seconds=0.05), threading.active_count())\n"
        "    raise SystemExit\n"
        "font_manager.findSystemFonts = slow\n"
        "font_manager._load_fontmanager(try_read_cache=False)\n"
    )
    result = subprocess.run([sys.executable, script], capture_output=True, text=True, timeout=60)
    assert result.stdout == "[] 2\n", result.stderr


def test_a_leak_of_the_learner_is_found_in_a_kernel_with_the_cells_line(run):
    run("tracked = leaks.tracking(); tracked.__enter__()")
    run("import asyncio\nasync def leak(): await asyncio.Event().wait()\ntask = asyncio.create_task(leak())")
    found = run("for leak in await leaks.find_async(seconds=0.02): print(leak)")
    assert re.search(r"created at cell \[\d+\], line 3 in <module>: task = asyncio.create_task\(leak\(\)\)", found)
    assert "waiting in Event.wait" in found
    assert run("task.cancel(); print(await leaks.find_async())") == "[]\n"
    run("import threading\nstop = threading.Event()\nthreading.Thread(target=stop.wait).start()")
    assert run("print(len(leaks.find(seconds=0.02)))") == "1\n"
    assert run("stop.set(); print(leaks.find())") == "[]\n"
    run("tracked.__exit__(None, None, None)")


def test_the_debuggers_threads_in_a_kernel_are_no_leaks(run):
    client = run.client
    for seq, (command, arguments) in enumerate(
        [("initialize", {"clientID": "test", "adapterID": "", "pathFormat": "path"}), ("attach", {})], 1
    ):
        request = {"type": "request", "seq": seq, "command": command, "arguments": arguments}
        client.control_channel.send(client.session.msg("debug_request", request))
        if command == "initialize":
            assert client.get_control_msg(timeout=60)["content"]["success"]
    assert run("import sys; print('pydevd' in sys.modules)") == "True\n"
    assert run("print(leaks.find())") == "[]\n"


def test_a_debuggers_threads_and_processes_are_no_leaks(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(
        "import sys, threading\n"
        "from course import leaks\n"
        "print('pydevd' in sys.modules, leaks.find())\n"
        "stop = threading.Event()\n"
        "thread = threading.Thread(target=stop.wait, name='own')\n"
        "thread.start()\n"
        "print([leak.name for leak in leaks.find(seconds=0.05)])\n"
        "stop.set()\n"
    )
    command = [sys.executable, "-Xfrozen_modules=off", "-m", "debugpy", "--listen", "127.0.0.1:0", str(script)]
    result = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert result.stdout == "True []\n['own']\n", result.stderr


def test_a_user_thread_that_only_has_the_name_of_a_machines_is_a_leak(start, stop):
    before = leaks.ignore_current()
    start(stop.wait, name="IOPub")
    start(stop.wait, name="pydevd.Writer")
    assert len(leaks.find(before, seconds=0.05)) == 2
    assert threading.active_count() > 2


def test_a_thread_of_pyzmq_that_a_user_has_asked_for_is_a_leak():
    authenticator = ThreadAuthenticator(zmq.Context())
    with pytest.raises(leaks.LeakError, match="ThreadAuthenticator"), leaks.no_leaks(seconds=0.05):
        authenticator.start()
    authenticator.stop()
    authenticator.context.term()


def test_the_thread_of_a_cell_in_bash_is_no_leak_and_not_in_the_plot(run):
    run("from course import live\nrecording = live.record(); seen = recording.__enter__()")
    run("%%bash\ntrue")
    assert run("print(leaks.find())") == "[]\n"
    assert run("recording.__exit__(None, None, None); print(seen.left, seen.samples[-1].threads)") == "[] 0\n"
