"""The kinds of things that leak, a module each.

A kind has a `NAME`. `alive(claimed)` gives the things that are alive; it adds to `claimed` those of other
kinds that it answers for, and leaves out those that are in it. `in_loop(thing)` says whether the thing
lives in an event loop, `ALL_IN_LOOP` whether everything of the kind does, and `may_end(thing, let_run)`
whether pausing can help, where the caller lets its loop run or does not. `leak(thing)` describes it.
`install(strong)` and `uninstall()` start and end recording.
"""

from types import ModuleType

from course.leaks.kinds import asyncgens, connections, executors, processes, servers, tasks, threads, timers

# In the order of asking: a kind that answers for things of another comes before it, and those that live in event
# loops altogether come last.
ALL: dict[str, ModuleType] = {
    kind.NAME: kind for kind in (executors, connections, timers, threads, processes, servers, tasks, asyncgens)
}
