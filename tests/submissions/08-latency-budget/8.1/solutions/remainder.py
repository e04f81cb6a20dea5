"""One loop, and a look at every number that a thousand divides; `is_set` is bound early."""


def count(n, stop):
    is_set = stop.is_set
    for number in range(n):
        if number % 1000 == 0 and is_set():
            return number
    return n
