"""A generator counts, and says where a look is due; `any` and `iter` are left in peace."""


def checkpoints(n):
    for number in range(n):
        if number % 12_345 == 12_344:
            yield number + 1


def count(n: int, stop) -> int:
    for number in checkpoints(n):
        if stop.is_set():
            return number
    return n
