"""Section 2, the start/stop object."""

SECTION = "02-start-stop"
