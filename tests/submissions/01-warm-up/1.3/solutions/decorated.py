"""Decorated, so that the name `consume` is a wrapper."""

import functools
import logging


def logged(function):
    @functools.wraps(function)
    async def wrapper(*args, **kwargs):
        logging.debug("%s starts", function.__name__)
        try:
            return await function(*args, **kwargs)
        finally:
            logging.debug("%s ends", function.__name__)

    return wrapper


@logged
async def consume(jobs, handle):
    job = await jobs.get()
    while True:
        handle(job)
        job = await jobs.get()
