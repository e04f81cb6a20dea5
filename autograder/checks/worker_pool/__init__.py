"""Section 6, worker pool."""

SECTION = "06-worker-pool"
