"""What was done, counted."""

from feedwatch.metrics.counters import Counters
from feedwatch.metrics.reporter import Reporter

__all__ = ["Counters", "Reporter"]
