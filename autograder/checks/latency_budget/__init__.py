"""Section 8, a cancellation latency budget."""

SECTION = "08-latency-budget"
