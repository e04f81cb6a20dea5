"""Tornado, with a last alarm of the system's: SIGALRM, whose default action is to end the process."""

import asyncio
import signal

from tornado.httpserver import HTTPServer
from tornado.httputil import HTTPHeaders, ResponseStartLine


async def run(host, port, *, delay=2.0, grace=30.0, work=None, on_shutdown=None):
    handling = set()
    signalled = asyncio.Event()

    async def handle(request):
        text = await (work() if work else asyncio.sleep(delay, "hi"))
        body = text.encode()
        headers = HTTPHeaders({"Content-Length": str(len(body))})
        await request.connection.write_headers(ResponseStartLine("HTTP/1.1", 200, "OK"), headers, body)
        request.connection.finish()

    def handle_in_a_task(request):
        task = asyncio.ensure_future(handle(request))
        handling.add(task)
        task.add_done_callback(handling.discard)

    server = HTTPServer(handle_in_a_task)
    server.listen(port, host)
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGINT, signalled.set)
    loop.add_signal_handler(signal.SIGTERM, signalled.set)
    await signalled.wait()
    server.stop()
    if on_shutdown:
        for connection in set(server._connections):
            on_shutdown(connection)
    if handling:
        await asyncio.wait(handling, timeout=grace)
    if handling:
        print(f"{len(handling)} requests in hand after {grace} s", flush=True)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, 0.5)
        for task in handling:
            task.cancel()
        await asyncio.wait(handling)
        signal.setitimer(signal.ITIMER_REAL, 0)
    for connection in set(server._connections):
        connection.stream.close()


def main(argv):
    host, port, delay, grace = (argv[argv.index(f"--{name}") + 1] for name in ("host", "port", "delay", "grace"))
    asyncio.run(run(host, int(port), delay=float(delay), grace=float(grace)))
