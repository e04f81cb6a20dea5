"""A `while` loop, with a mask in the place of a division; `stop.wait(0)`."""


def count(n, stop):
    i = 0
    while i < n:
        i += 1
        if not i & 0xFFFF and stop.wait(0):
            break
    return i
