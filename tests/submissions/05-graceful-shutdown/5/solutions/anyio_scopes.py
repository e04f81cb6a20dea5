"""AnyIO: listeners, cancel scopes, signals as an async iterator, h11 for the parsing."""

import argparse
import contextlib
import os
import signal
import sys

import anyio
import h11

HEADER_TIMEOUT = 2
BODY_TIMEOUT = 2
WRITE_TIMEOUT = 2
IDLE_TIMEOUT = 2


class Connection:
    def __init__(self, stream):
        self.stream = stream
        self.scope = anyio.CancelScope()
        self.busy = False


async def run(host, port, *, delay=2.0, grace=30.0, work=None, on_shutdown=None):
    connections = set()
    draining = False
    finished = anyio.Event()

    async def respond(stream, parser, status, text):
        body = text.encode()
        data = parser.send(
            h11.Response(
                status_code=status,
                headers=[("content-length", str(len(body))), *([("connection", "close")] if draining else [])],
            )
        )
        data += parser.send(h11.Data(data=body)) + parser.send(h11.EndOfMessage())
        with anyio.fail_after(WRITE_TIMEOUT):
            await stream.send(data)

    async def next_event(stream, parser, kinds):
        while True:
            event = parser.next_event()
            if event is h11.NEED_DATA:
                try:
                    data = await stream.receive(65536)
                except anyio.EndOfStream:
                    data = b""
                parser.receive_data(data)
            elif isinstance(event, (*kinds, h11.ConnectionClosed)):
                return event

    async def one_request(connection, parser):
        stream = connection.stream
        with anyio.fail_after(min(IDLE_TIMEOUT, HEADER_TIMEOUT)):
            request = await next_event(stream, parser, [h11.Request])
        if isinstance(request, h11.ConnectionClosed):
            return False
        connection.busy = True
        with anyio.fail_after(BODY_TIMEOUT):
            await next_event(stream, parser, [h11.EndOfMessage])
        if (request.method, request.target) != (b"GET", b"/hello"):
            await respond(stream, parser, 404, "")
        else:
            text = None
            async with anyio.create_task_group() as group:

                async def watch():
                    try:
                        data = await stream.receive(65536)
                        parser.receive_data(data)
                    except (anyio.EndOfStream, anyio.BrokenResourceError):
                        group.cancel_scope.cancel()

                group.start_soon(watch)
                if work is None:
                    await anyio.sleep(delay)
                    text = "hi"
                else:
                    text = await work()
                group.cancel_scope.cancel()
            if text is None:
                return False
            await respond(stream, parser, 200, text)
        connection.busy = False
        if draining or parser.our_state is h11.MUST_CLOSE:
            return False
        parser.start_next_cycle()
        return True

    async def serve(stream):
        connection = Connection(stream)
        connections.add(connection)
        try:
            with connection.scope:
                parser = h11.Connection(h11.SERVER)
                while await one_request(connection, parser):
                    pass
        except (TimeoutError, h11.ProtocolError, anyio.BrokenResourceError, anyio.ClosedResourceError):
            pass
        finally:
            connections.discard(connection)
            stream._transport.abort()
            if draining and not connections:
                finished.set()

    async def accept(group):
        with contextlib.suppress(anyio.ClosedResourceError):
            while True:
                group.start_soon(serve, await listener.accept())

    (listener,) = (await anyio.create_tcp_listener(local_host=host, local_port=port)).listeners
    with anyio.open_signal_receiver(signal.SIGINT, signal.SIGTERM) as signals:
        async with anyio.create_task_group() as group:
            group.start_soon(accept, group)
            async for _ in signals:
                break
            draining = True
            await listener.aclose()
            for connection in list(connections):
                if on_shutdown:
                    on_shutdown(connection)
                if not connection.busy:
                    connection.scope.cancel()
            if connections:
                with anyio.move_on_after(grace):
                    await finished.wait()
            busy = sum(connection.busy for connection in connections)
            if busy:
                print(f"deadline: {busy} connection(s) in hand", file=sys.stderr)
                for connection in list(connections):
                    connection.scope.cancel()
                with anyio.move_on_after(0.3):
                    await finished.wait()
                if connections:
                    os._exit(1)
            group.cancel_scope.cancel()


def main(argv):
    parser = argparse.ArgumentParser()
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument("--delay", type=float, default=2.0)
    parser.add_argument("--grace", type=float, default=30.0)
    options = parser.parse_args(argv)
    anyio.run(lambda: run(options.host, options.port, delay=options.delay, grace=options.grace))
