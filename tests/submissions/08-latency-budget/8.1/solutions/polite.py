"""Gives way with `stop.wait(0.001)` after each block."""

from itertools import repeat


def count(n, stop):
    counted = 0
    for size in [30_000] * (n // 30_000) + [n % 30_000]:
        for _ in repeat(None, size):
            counted += 1
        if counted < n and stop.wait(0.001):
            break
    return counted
