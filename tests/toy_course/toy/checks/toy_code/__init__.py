"""Section 91, toy code: a task for asyncio and one for threads, with limits of three seconds, to try bad code on."""

SECTION = "91-toy-code"
