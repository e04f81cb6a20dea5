"""Run the server of a notebook's cell as a process of its own, watch it from inside, and send it clients and signals.

    server = serve(run, delay=2, grace=5)     # draws in this cell's output
    await server.started()
    answer = await server.get()               # "200 hi, after 2.0 s"
    server.signal("SIGTERM")
    await server.ended()

The process counts its own tasks, with `course.live`, and its own connections, and sends the figures to the notebook.
"""

import asyncio
import inspect
import json
import linecache
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from html import escape

EVERY = 0.1  # seconds between two figures, and two pictures
WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 860, 180, 40, 30, 36, 24
SHOWN = 30.0  # seconds that are in the picture

_serving = None


def serve(run, *, delay=2.0, grace=5.0, deaf=False):
    """Start `run` of a cell in a new process, and draw its tasks and connections. Ends the one before it.

    `deaf` gives it a `work` of 60 s that goes on when it is cancelled.
    """
    global _serving
    if _serving is not None:
        _serving.close()
    lines = linecache.getlines(inspect.unwrap(run).__code__.co_filename)
    _serving = Server("".join(lines), delay, grace, deaf)
    return _serving


class Server:
    """A server's process. Its clients are told in lines below the picture."""

    def __init__(self, source, delay, grace, deaf):
        self.address = _free_address()
        self.begun = time.monotonic()
        self.samples = []  # (seconds, tasks, connections)
        self.marks = []  # (seconds, text)
        self.clients = []  # [what it does, what came of it]
        self.printed = []
        self._waiting = set()
        self.process = subprocess.Popen(
            [sys.executable, "-u", __file__, *map(str, (*self.address, delay, grace)), *["deaf"] * deaf],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.process.stdin.write(source)
        self.process.stdin.close()
        self._show()
        for function in (self._read, self._draw_again_and_again):
            threading.Thread(target=function, name="autograder-server-process", daemon=True).start()

    def __repr__(self):
        return f"<server process, {self._state()}>"

    async def started(self, within=10.0):
        """Wait until it accepts connections."""
        end = time.monotonic() + within
        while time.monotonic() < end and self.process.poll() is None:
            try:
                _, writer = await asyncio.open_connection(*self.address)
            except OSError:
                await asyncio.sleep(0.05)
            else:
                writer.close()
                return
        while self.process.poll() is not None and not self.marks:
            await asyncio.sleep(0.01)  # until what it said is here
        raise RuntimeError("\n".join(["the server does not accept connections", *self.printed[-3:]]))

    async def ended(self, within=60.0):
        """Wait until the process has ended, and return its exit code; None if it has not."""
        end = time.monotonic() + within
        while self.process.poll() is None and time.monotonic() < end:
            await asyncio.sleep(0.02)
        return self.process.returncode

    def signal(self, name):
        """Send it a signal, such as "SIGTERM"."""
        if self.process.poll() is None:
            self._mark(name)
            self.process.send_signal(getattr(signal, name))

    async def get(self):
        """A client that waits for its answer."""
        return await self._client("asks and waits", self._ask)

    async def leave(self, after=0.2):
        """A client that leaves before its answer comes."""

        async def ask_and_leave(reader, writer):
            writer.write(_REQUEST + b"\r\n")
            await asyncio.sleep(after)
            return "left"

        return await self._client(f"asks and leaves after {after:g} s", ask_and_leave)

    async def trickle(self, seconds=6.0):
        """A client that sends the headers of its request a byte every quarter of a second."""

        async def drip(reader, writer):
            began = time.monotonic()
            writer.write(_REQUEST)
            while time.monotonic() < began + seconds:
                writer.write(b"x")
                await writer.drain()
                try:
                    async with asyncio.timeout(0.25):
                        if not await reader.read(65536):
                            return f"was cut off after {time.monotonic() - began:.1f} s"
                except TimeoutError:
                    pass
            return f"had its connection for {seconds:g} s, and left"

        return await self._client("sends its headers byte by byte", drip)

    async def idle(self, seconds=6.0):
        """A client that keeps its connection after the answer, and asks nothing more."""

        async def ask_and_stay(reader, writer):
            answer = await self._ask(reader, writer)
            began = time.monotonic()
            try:
                async with asyncio.timeout(seconds):
                    await reader.read(1)
            except TimeoutError:
                return f"{answer}; kept its connection for {seconds:g} s more"
            return f"{answer}; was cut off {time.monotonic() - began:.1f} s later"

        return await self._client("asks, and keeps its connection", ask_and_stay)

    def close(self):
        """End the process, if it has not ended, and the picture."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        for task in list(self._waiting):
            task.cancel()

    async def _ask(self, reader, writer):
        began = time.monotonic()
        writer.write(_REQUEST + b"\r\n")
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        length = next(
            int(line.split(":")[1]) for line in head.splitlines() if line.lower().startswith("content-length")
        )
        body = await reader.readexactly(length)
        return f"{head.split()[1]} {body.decode()}, after {time.monotonic() - began:.1f} s"

    async def _client(self, what, does):
        row = [what, "…"]
        self.clients.append(row)
        try:
            reader, writer = await asyncio.open_connection(*self.address)
            try:
                row[1] = await does(reader, writer)
            finally:
                writer.transport.abort()
        except ConnectionRefusedError:
            row[1] = "was refused"
        except (OSError, asyncio.IncompleteReadError):
            row[1] = "was cut off without an answer"
        except asyncio.CancelledError:
            row[1] = "was given up"
            raise
        return row[1]

    def _read(self):
        for line in self.process.stdout:
            if line.startswith("\0"):
                self.samples.append((time.monotonic() - self.begun, *json.loads(line[1:])))
            else:
                self.printed.append(line.rstrip())
        self.process.wait()
        self._mark("end")
        self.samples.append((self.marks[-1][0], 0, 0))

    def _mark(self, text):
        self.marks.append((time.monotonic() - self.begun, text))

    def _state(self):
        code = self.process.poll()
        if code is None:
            return "it runs"
        signals = [at for at, text in self.marks if text.startswith("SIG")]
        ends = [at for at, text in self.marks if text == "end"]
        how = f"ended by {signal.Signals(-code).name}" if code < 0 else f"ended, exit code {code}"
        return how + (f", {ends[-1] - signals[-1]:.1f} s after the signal" if signals and ends else "")

    def _show(self):
        try:
            import ipywidgets
            from IPython.display import display
        except ImportError:
            self._html = None
            return
        self._html = ipywidgets.HTML(self._page())
        buttons = [
            self._button(ipywidgets, "a request", self.get),
            self._button(ipywidgets, "a slow client", self.trickle),
            self._button(ipywidgets, "a client that leaves", self.leave),
            self._button(ipywidgets, "Ctrl+C (SIGINT)", lambda: self.signal("SIGINT")),
            self._button(ipywidgets, "SIGTERM", lambda: self.signal("SIGTERM")),
        ]
        display(ipywidgets.VBox([ipywidgets.HBox(buttons), self._html]))

    def _button(self, ipywidgets, text, action):
        def clicked(_):
            waiting = action()
            if waiting is not None:
                task = asyncio.ensure_future(waiting)
                self._waiting.add(task)
                task.add_done_callback(self._waiting.discard)

        button = ipywidgets.Button(description=text, layout=ipywidgets.Layout(width="auto"))
        button.on_click(clicked)
        return button

    def _draw_again_and_again(self):
        after = 0
        while self._html is not None and after < 3 / EVERY:
            # A while longer than the process: its clients have something to say, too.
            after += self.process.poll() is not None
            self._html.value = self._page()
            time.sleep(EVERY)

    def _page(self):
        tasks, connections = self.samples[-1][1:] if self.samples and self.process.poll() is None else (0, 0)
        said = f"{self._state()} · {tasks} tasks · {connections} connections"
        rows = [f"client {number}: {what}: {came}" for number, (what, came) in enumerate(self.clients, 1)]
        rows = [*rows[-8:], *(f"it says: {line}" for line in self.printed[-4:])]
        cells = "".join(f"<div>{escape(row)}</div>" for row in rows)
        return (
            f'{self._svg(said)}<div style="line-height:1.4"><b>{escape(said)}</b></div>'
            f'<div style="display:grid;grid-template-columns:1fr 1fr;gap:0 2em;line-height:1.4">{cells}</div>'
        )

    def _svg(self, said):
        now = self.marks[-1][0] if self.process.poll() is not None and self.marks else time.monotonic() - self.begun
        first = max(0.0, now - SHOWN)
        top = max([4, *(max(sample[1:]) for sample in self.samples if sample[0] >= first)])

        def x(seconds):
            return LEFT + (seconds - first) / SHOWN * (WIDTH - LEFT - RIGHT)

        def y(count):
            return HEIGHT - BOTTOM - count / top * (HEIGHT - BOTTOM - TOP)

        ink = "var(--jp-ui-font-color1, #333)"
        parts = [
            f'<svg role="img" aria-label="{escape(said)}" width="{WIDTH}" height="{HEIGHT}" '
            f'viewBox="0 0 {WIDTH} {HEIGHT}" style="max-width:100%;font:13px sans-serif">',
            f'<line x1="{LEFT}" y1="{y(0)}" x2="{WIDTH - RIGHT}" y2="{y(0)}" stroke="{ink}" stroke-opacity=".4"/>',
        ]
        for count in (0, top):
            parts.append(f'<text x="{LEFT - 8}" y="{y(count) + 4}" text-anchor="end" fill="{ink}">{count}</text>')
        for seconds in range(int(first / 5) * 5, int(first + SHOWN) + 1, 5):
            if seconds >= first:
                parts.append(
                    f'<text x="{x(seconds)}" y="{HEIGHT - 6}" text-anchor="middle" fill="{ink}">{seconds} s</text>'
                )
        lines = (("tasks", 1, "#1f77b4", ""), ("connections", 2, "#d9730d", ' stroke-dasharray="7 4"'))
        for place, (name, column, color, dash) in enumerate(lines):
            steps = [f"{x(sample[0]):.1f},{y(sample[column]):.1f}" for sample in self.samples if sample[0] >= first]
            parts.append(
                f'<polyline points="{" ".join(steps)}" fill="none" stroke="{color}" stroke-width="2.5"{dash}/>'
            )
            parts.append(f'<text x="{WIDTH - 190 + 60 * place}" y="12" font-weight="600" fill="{color}">{name}</text>')
        for place, (at, text) in enumerate(self.marks):
            if at >= first:
                parts.append(
                    f'<line x1="{x(at)}" y1="4" x2="{x(at)}" y2="{y(0)}" stroke="{ink}" stroke-dasharray="2 3"/>'
                )
                parts.append(f'<text x="{x(at) + 4}" y="{12 + 15 * (place % 2)}" fill="{ink}">{text}</text>')
        return "".join(parts) + "</svg>"


_REQUEST = b"GET /hello HTTP/1.1\r\nHost: localhost\r\n"


def _free_address():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return taken.getsockname()


async def _deaf_work():
    end = time.monotonic() + 60
    while (left := end - time.monotonic()) > 0:
        try:
            await asyncio.sleep(left)
        except asyncio.CancelledError:
            print("the handler was cancelled, and goes on")
    return "at last"


def _in_the_process(host, port, delay, grace, work):
    """What runs in the process: the cell's source from standard input, its `run`, and a thread that counts."""
    import psutil

    from course import live

    source = sys.stdin.read()
    linecache.cache["your cell"] = len(source), None, source.splitlines(keepends=True), "your cell"
    module = {"__name__": "server"}
    exec(compile(source, "your cell", "exec"), module)
    process = psutil.Process()
    told = []

    def on_shutdown(connection):
        told.append(connection)
        print(f"on_shutdown, connection {len(told)}")

    def count(run):
        while True:
            here = [each for each in process.net_connections("tcp") if each.raddr and each.laddr.port == port]
            tasks = run.samples[-1].tasks if run.samples else 0
            os.write(1, b"\0" + json.dumps([tasks, len(here)]).encode() + b"\n")
            time.sleep(EVERY)

    async def watched():
        with live.record() as run:
            threading.Thread(target=count, args=(run,), daemon=True).start()
            await module["run"](host, port, delay=delay, grace=grace, work=work, on_shutdown=on_shutdown)

    asyncio.run(watched())


if __name__ == "__main__":
    _host, _port, _delay, _grace, *_deaf = sys.argv[1:]
    _in_the_process(_host, int(_port), float(_delay), float(_grace), _deaf_work if _deaf else None)
