"""Signals are taken by a thread that waits for them; sockets are the loop's own calls."""

import argparse
import asyncio
import os
import signal
import socket
import threading

HEADER_TIMEOUT = 2.0
BODY_TIMEOUT = 2.0
WRITE_TIMEOUT = 2.0
IDLE_TIMEOUT = 2.0


async def run(host, port, *, delay=2.0, grace=30.0, work=None, on_shutdown=None):
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    conns = {}
    numbers = {signal.SIGINT, signal.SIGTERM}
    signal.pthread_sigmask(signal.SIG_BLOCK, numbers)

    def wait_for_signal():
        signal.sigwait(numbers)
        loop.call_soon_threadsafe(stop.set)

    async def recv_until(sock, buffer, end):
        while end not in buffer:
            data = await loop.sock_recv(sock, 4096)
            if not data:
                raise ConnectionResetError
            buffer += data
        index = buffer.index(end) + len(end)
        result = bytes(buffer[:index])
        del buffer[:index]
        return result

    async def client(sock):
        task = asyncio.current_task()
        conns[task] = [sock, False]
        buffer = bytearray()
        try:
            while not stop.is_set():
                async with asyncio.timeout(min(HEADER_TIMEOUT, IDLE_TIMEOUT)):
                    head = await recv_until(sock, buffer, b"\r\n\r\n")
                conns[task][1] = True
                lines = head.decode("latin-1").split("\r\n")
                length = sum(int(line.split(":")[1]) for line in lines if line.lower().startswith("content-length:"))
                async with asyncio.timeout(BODY_TIMEOUT):
                    while len(buffer) < length:
                        data = await loop.sock_recv(sock, 4096)
                        if not data:
                            raise ConnectionResetError
                        buffer += data
                    del buffer[:length]
                job = asyncio.create_task(work() if work else asyncio.sleep(delay, "hi"))
                peek = asyncio.create_task(loop.sock_recv(sock, 4096))
                try:
                    await asyncio.wait([job, peek], return_when="FIRST_COMPLETED")
                    if not job.done():
                        more = peek.result()
                        if not more:
                            raise ConnectionResetError
                        buffer += more
                    body = (await job).encode()
                finally:
                    for each in (job, peek):
                        each.cancel()
                    await asyncio.wait([job, peek])
                status = "200 OK" if lines[0].startswith("GET /hello ") else "404 Not Found"
                async with asyncio.timeout(WRITE_TIMEOUT):
                    await loop.sock_sendall(
                        sock, f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body
                    )
                conns[task][1] = False
        except (OSError, TimeoutError):
            pass
        finally:
            sock.close()
            del conns[task]

    async def accept(listener):
        while True:
            sock, _ = await loop.sock_accept(listener)
            tasks.add(asyncio.create_task(client(sock)))

    tasks = set()
    listener = socket.create_server((host, port))
    listener.setblocking(False)
    threading.Thread(target=wait_for_signal, daemon=True).start()
    async with asyncio.TaskGroup() as group:
        accepting = group.create_task(accept(listener))
        await stop.wait()
        accepting.cancel()
    listener.close()
    for task, (sock, busy) in list(conns.items()):
        if on_shutdown:
            on_shutdown(sock)
        if not busy:
            task.cancel()
    alive = list(conns)
    if alive:
        await asyncio.wait(alive, timeout=grace)
    late = [task for task, (_, busy) in conns.items() if busy]
    if late:
        print("cut:", len(late), flush=True)
        for task in late:
            task.cancel()
        _, deaf = await asyncio.wait(late, timeout=0.4)
        if deaf:
            os.kill(os.getpid(), signal.SIGKILL)


def main(argv):
    parser = argparse.ArgumentParser()
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument("--delay", type=float, default=2.0)
    parser.add_argument("--grace", type=float, default=30.0)
    asyncio.run(run(**vars(parser.parse_args(argv))))
