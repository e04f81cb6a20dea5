"""`live.playground()`: an error of the learner's code in one line."""

import asyncio
import linecache
import threading

import pytest

from course import live

SOLUTION = """# solution: 1.1


def first(urls):
    return urls["no such"]
"""


@pytest.fixture
def first():
    """A learner's function, as a notebook's cell defines it."""
    name = "<cell of the learner>"
    linecache.cache[name] = (len(SOLUTION), None, SOLUTION.splitlines(keepends=True), name)
    module = {}
    exec(compile(SOLUTION, name, "exec"), module)
    yield module["first"]
    del linecache.cache[name]


def test_an_error_is_one_line_with_its_place_in_the_solution(first, capsys):
    with live.playground():
        first({})
    assert (
        capsys.readouterr().out
        == "\N{BALLOT X} KeyError: 'no such'  (solution 1.1, line 5: return urls[\"no such\"])\n"
    )


def test_of_a_group_the_first_error_is_told_and_of_a_long_message_the_first_line(capsys):
    with live.playground():
        raise ExceptionGroup("several", [ValueError("the first\nand more"), TypeError("the second")])
    assert capsys.readouterr().out == "\N{BALLOT X} ValueError: the first\n"


def test_it_is_recorded_up_to_the_error(first):
    with live.playground() as run:
        first({})
    assert run.ended
    assert run.samples


def test_an_interrupt_passes_through():
    with pytest.raises(KeyboardInterrupt), live.playground():
        raise KeyboardInterrupt


@pytest.mark.asyncio
async def test_a_cancellation_that_the_solution_lets_out_is_one_line(capsys):
    with live.playground():
        waiting = asyncio.create_task(asyncio.sleep(60))
        waiting.cancel()
        await waiting
    assert capsys.readouterr().out == "\N{BALLOT X} CancelledError\n"


@pytest.mark.asyncio
async def test_a_cancellation_of_the_cell_itself_passes_through():
    async def cell():
        with live.playground():
            await asyncio.sleep(60)

    running = asyncio.create_task(cell())
    await asyncio.sleep(0)
    running.cancel()
    await asyncio.wait({running})
    assert running.cancelled()


def test_an_error_that_ends_a_thread_is_one_line_too_and_a_way_out_is_none(first, capsys):
    def leave():
        raise SystemExit

    with live.playground():
        for target, name in ((lambda: first({}), "worker"), (leave, "leaver")):
            thread = threading.Thread(target=target, name=name)
            thread.start()
            thread.join()
    line = '(solution 1.1, line 5: return urls["no such"])'
    told = f"\N{BALLOT X} KeyError: 'no such'  {line}, which ended the thread 'worker'\n"
    assert capsys.readouterr() == (told, "")
