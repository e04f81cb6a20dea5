"""Blocks of 10 000 numbers, each a bare loop, and a look before each."""

import threading

BLOCK = 10_000


def count(n: int, stop: threading.Event) -> int:
    done = 0
    while done < n and not stop.is_set():
        block = min(BLOCK, n - done)
        for _ in range(block):
            pass
        done += block
    return done
