"""The clocks and `sleep`, on the kernel's time."""

from __future__ import annotations

import asyncio
import datetime
import os
import sys
import time
from typing import Any

from autograder.run.threads import real
from autograder.run.threads.kernel import kernel

STOPS_A_LOOP = 0.05
"""Seconds of sleep in a coroutine that are noted: all other tasks of its loop stand still meanwhile."""


def sleep(seconds: float, /) -> None:
    if seconds < 0:
        raise ValueError("sleep length must be non-negative")
    if seconds >= STOPS_A_LOOP and kernel.stopped_loop is None and asyncio._get_running_loop() is not None:
        caller = sys._getframe(1)
        if caller.f_code.co_filename in kernel.own_files:
            kernel.stopped_loop = seconds, caller.f_code, caller.f_lineno
    kernel.step()
    if seconds == 0:
        kernel.pause()
    else:
        kernel.block(float(seconds))


def monotonic() -> float:
    return kernel.read_clock()


def monotonic_ns() -> int:
    return round(kernel.read_clock() * 1e9)


def wall() -> float:
    return kernel.epoch + kernel.read_clock()


def wall_ns() -> int:
    return round(wall() * 1e9)


def gettime(clock: int, /) -> float:
    return wall() if clock == time.CLOCK_REALTIME else kernel.read_clock()


def process_time() -> float:
    return kernel.worked + kernel.now - kernel.resumed_at


def thread_time() -> float:
    return kernel.current.cpu + kernel.now - kernel.resumed_at


def times() -> os.times_result:
    return os.times_result((process_time(), 0.0, 0.0, 0.0, monotonic()))


def _of_now(original: Any) -> Any:
    def call(seconds: float | None = None, /) -> Any:
        return original(wall() if seconds is None else seconds)

    return call


class _DatetimeType(type):
    def __instancecheck__(cls, value: object) -> bool:
        return isinstance(value, real.Datetime)

    def __subclasscheck__(cls, other: type) -> bool:
        return issubclass(other, real.Datetime)


class Datetime(real.Datetime, metaclass=_DatetimeType):
    """`datetime.datetime`, whose instances are the ordinary ones."""

    @classmethod
    def now(cls, tz: Any = None) -> Any:
        return real.Datetime.fromtimestamp(wall(), tz)

    @classmethod
    def utcnow(cls) -> Any:
        return real.Datetime.fromtimestamp(wall(), datetime.UTC).replace(tzinfo=None)

    @classmethod
    def today(cls) -> Any:
        return cls.now()


Datetime.__name__ = Datetime.__qualname__ = "datetime"

REPLACEMENTS = [
    (time.monotonic, monotonic),
    (time.perf_counter, monotonic),
    (time.monotonic_ns, monotonic_ns),
    (time.perf_counter_ns, monotonic_ns),
    (time.time, wall),
    (time.time_ns, wall_ns),
    (time.clock_gettime, gettime),
    (time.process_time, process_time),
    (time.thread_time, thread_time),
    (os.times, times),
    (time.sleep, sleep),
    (time.localtime, _of_now(real.localtime)),
    (time.gmtime, _of_now(real.gmtime)),
    (time.ctime, _of_now(real.ctime)),
    (real.Datetime, Datetime),
]
