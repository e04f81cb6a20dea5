"""Section 5, graceful shutdown of an HTTP server."""

SECTION = "05-graceful-shutdown"
