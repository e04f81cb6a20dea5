"""The kinds of things that leak, a module each.

A kind has a ``NAME`` and ``IN_LOOP``, whether it lives in an event loop. ``alive(claimed)`` gives the things
that are alive; it adds to `claimed` those of other kinds that it answers for, and leaves out those that are
in it. ``may_end(thing, let_run)`` says whether pausing can help, where the caller lets its loop run or does
not. ``leak(thing)`` describes it. ``install(strong)`` and ``uninstall()`` start and end recording.
"""

from types import ModuleType

from course.leaks.kinds import asyncgens, executors, processes, tasks, threads, timers

# In the order of asking: a kind that answers for things of another comes before it.
ALL: dict[str, ModuleType] = {kind.NAME: kind for kind in (executors, timers, threads, processes, tasks, asyncgens)}
