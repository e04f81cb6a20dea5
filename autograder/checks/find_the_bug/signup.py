"""Program 12.5: `Signup(store, mailer)`, whose tasks nobody knows."""

from __future__ import annotations

import asyncio
import gc
import weakref
from types import SimpleNamespace
from typing import Any

from autograder.checking import Task, where
from autograder.checks.find_the_bug._choices import broken_principle, observation
from autograder.probes.stubs import AsyncStub
from autograder.probes.tasks import Call, nothing_left
from autograder.probes.words import count, duration, require

task = Task("12.5", needs=("Signup(store, mailer)",))

happens = observation(
    task,
    a="`register` starts a task, and returns without waiting for it.",
    b="`close()` waits for what is in `self._sending`. What is in it?",
    c="Each task ends when its mail is sent, or was in vain.",
)

principle = broken_principle(
    task,
    "a",
    b="The mails need not be stopped: they shall be sent. Who knows that they are on their way?",
    c="There is a wait point: `close()` waits for what is in its set. What is in it?",
    g="What was taken here that would have to be given back? The connection is closed, and that too soon.",
    h="`send` raises nothing here, and a mail is lost all the same.",
)


SECONDS = {"ada@example.org": 60.0, "bob@example.org": 30.0, "cy@example.org": 1.0}
"""How long each mail takes: the last one is the first to be sent."""


@task.item("c")
async def close_lets_the_mails_be_sent(solution: Any) -> None:
    """Mended: `register` does not wait for the mail, and `close()` does, before it ends the connection."""
    for addresses in ([*SECONDS], []):
        async with nothing_left("after `close()`"):
            store, send = AsyncStub("store(address)", latency=0.1), AsyncStub("send(address)", latency=SECONDS.get)
            at_quit: list[int] = []
            quit = AsyncStub("quit()", returns=lambda send=send, at_quit=at_quit: at_quit.append(len(send.in_flight)))
            signup = solution.Signup(store.function, SimpleNamespace(send=send.function, quit=quit.function))
            for address in addresses:
                call = Call(signup.register, address)
                await call.returned()
                seen = f"it took {duration(call.took)}, where `store` takes 100 ms and `send` a second or more."
                require(call.took <= 0.2, "`register` does not wait for the mail.", seen, call.place)
                require(address in store.arguments, "`register` stores the address.", "it did not.", call.place)
            gc.collect()
            call = Call(signup.close)
            await call.returned(within=200)
            sent = [each.argument for each in send.calls if each.ending == "returned"]
            seen = f"of {count(len(addresses), 'mail')}, {len(sent)} had been sent when it returned."
            expected = "`close()` returns when each mail has been sent, once."
            require(sorted(sent) == sorted(addresses), expected, seen, call.place)
            seen = f"it was called {count(len(at_quit), 'time')}, with {sum(at_quit)} mails on their way."
            require(at_quit == [0], "`close()` calls `mailer.quit()` once, after the last mail.", seen, call.place)
    await what_is_done_is_let_go(solution)


async def what_is_done_is_let_go(solution: Any) -> None:
    class Address(str):
        """Text that a weak reference may point to."""

    async def nothing(address: str = "") -> str:
        return address  # a task keeps its result

    signup = solution.Signup(nothing, SimpleNamespace(send=nothing, quit=nothing))
    kept = []
    for number in range(20):
        address = Address(f"{number}@example.org")
        kept.append(weakref.ref(address))
        await signup.register(address)
        await asyncio.sleep(0.1)
    del address
    gc.collect()
    left = sum(reference() is not None for reference in kept)
    seen = f"of 20 that had been sent, {left} were still in memory."
    require(left < 10, "a task whose mail has been sent is let go.", seen, where(signup.register))
    await signup.close()
