"""What checks of asyncio observe with. `autograder.probes.threads` says the same of threads, in the same words."""

from autograder.probes.tasks.accepting import runs_if_accepted
from autograder.probes.tasks.calls import Call, all_ended
from autograder.probes.tasks.cancelling import cancelling_reaches, ends_as_cancelled, sees_cancellation
from autograder.probes.tasks.closing import close_waits
from autograder.probes.tasks.groups import group_membership
from autograder.probes.tasks.leftovers import nothing_left
from autograder.probes.tasks.moments import until, worst_moment
from autograder.probes.tasks.started import Started
from autograder.probes.tasks.timers import timers_left
from autograder.probes.tasks.waiting import waits_in
from autograder.probes.tasks.wakeups import WakeUps, nobody_spins

__all__ = [
    "Call",
    "Started",
    "WakeUps",
    "all_ended",
    "cancelling_reaches",
    "close_waits",
    "ends_as_cancelled",
    "group_membership",
    "nobody_spins",
    "nothing_left",
    "runs_if_accepted",
    "sees_cancellation",
    "timers_left",
    "until",
    "waits_in",
    "worst_moment",
]
