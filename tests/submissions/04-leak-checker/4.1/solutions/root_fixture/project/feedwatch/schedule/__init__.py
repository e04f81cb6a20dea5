"""When things happen, and who is told."""

from feedwatch.schedule.bus import Bus, Subscription
from feedwatch.schedule.scheduler import Scheduler

__all__ = ["Bus", "Scheduler", "Subscription"]
