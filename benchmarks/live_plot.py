"""What the live plot costs: the share of a core that the kernel uses with it, less what it uses without it.

    python benchmarks/live_plot.py [seconds]

A kernel runs as many waiting tasks as a row says, with and without a plot that a page draws. The aim: 3 % at most.
"""

import sys
import time

from jupyter_client.manager import start_new_kernel

SETUP = """
import asyncio, time
from course import live

async def leak(queue):
    await queue.put(None)

async def share(seconds):
    used = time.process_time()
    await asyncio.sleep(seconds)
    return (time.process_time() - used) / seconds

full = asyncio.Queue(1)
full.put_nowait(None)
"""


class Kernel:
    """A kernel and what it sends."""

    def __init__(self):
        self._manager, self._client = start_new_kernel()
        self.frames = 0
        self._comm = None

    def run(self, code: str) -> str:
        """What the code prints."""
        request = self._client.execute(code)
        printed = ""
        while True:
            message = self._client.get_iopub_msg(timeout=120)
            kind, content = message["msg_type"], message["content"]
            if kind == "comm_open":
                self._comm = content["comm_id"]
            elif kind == "comm_msg" and content["data"].get("method") == "custom":
                self.frames += 1
            elif kind == "error":
                raise RuntimeError("\n".join(content["traceback"]))
            elif message["parent_header"].get("msg_id") == request:
                if kind == "stream":
                    printed += content["text"]
                elif kind == "status" and content["execution_state"] == "idle":
                    return printed

    def answer(self) -> None:
        """Say what the page's script says when it has begun to draw."""
        content = {"comm_id": self._comm, "data": {"method": "custom", "content": {}}}
        self._client.shell_channel.send(self._client.session.msg("comm_msg", content))

    def close(self) -> None:
        self._client.stop_channels()
        self._manager.shutdown_kernel(now=True)


def main(seconds: float) -> None:
    print(f"{'tasks':>6} {'without':>8} {'with':>8} {'cost':>8} {'frames/s':>9} {'samples/s':>10}")
    for tasks in (0, 10, 100, 1000, 10_000):
        kernel = Kernel()
        kernel.run(SETUP)
        kernel.run(f"leaked = [asyncio.create_task(leak(full)) for _ in range({tasks})]")
        without = float(kernel.run(f"print(await share({seconds}))"))
        kernel.run("plot = live.watch()")
        kernel.answer()
        time.sleep(3)
        kernel.run("begun = len(plot.run.samples)")
        kernel.frames = 0
        used, samples = map(float, kernel.run(f"print(await share({seconds}), len(plot.run.samples) - begun)").split())
        print(
            f"{tasks:6} {without:8.2%} {used:8.2%} {used - without:8.2%} "
            f"{kernel.frames / seconds:9.1f} {samples / seconds:10.1f}",
            flush=True,
        )
        kernel.close()


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 10)
