"""What checks of threads observe with. `autograder.probes.tasks` says the same of asyncio, in the same words."""

from autograder.probes.threads.calls import Call, at_once
from autograder.probes.threads.closing import close_waits
from autograder.probes.threads.leftovers import nothing_left
from autograder.probes.threads.moments import until, worst_moment
from autograder.probes.threads.queues import WatchedQueue
from autograder.probes.threads.started import Started, entry, runs, seconds_to_end
from autograder.probes.threads.stopping import stop_ends
from autograder.probes.threads.stuck import all_return, is_free
from autograder.probes.threads.work import Work

__all__ = [
    "Call",
    "Started",
    "WatchedQueue",
    "Work",
    "all_return",
    "at_once",
    "close_waits",
    "entry",
    "is_free",
    "nothing_left",
    "runs",
    "seconds_to_end",
    "stop_ends",
    "until",
    "worst_moment",
]
