"""How leaks read."""

import asyncio

from course import leaks


async def stuck(event):
    await event.wait()


def test_a_leak_is_a_few_lines_with_what_where_from_and_where_now():
    async def main():
        with leaks.tracking():
            before = leaks.ignore_current()
            event = asyncio.Event()
            task = asyncio.create_task(stuck(event), name="reader")
            await asyncio.sleep(0)
            (leak,) = leaks.find(before)
            task.cancel()
        here = "tests/leaks/test_report.py"
        created, waiting = leak.created.line, leak.waiting[0].line
        assert str(leak).splitlines() == [
            "task 'reader', running stuck",
            f'  created at {here}:{created} in main: task = asyncio.create_task(stuck(event), name="reader")',
            f"  waiting in Event.wait at {here}:{waiting} in stuck: await event.wait()",
        ]

    asyncio.run(main())


def test_an_unnamed_task_reads_as_what_it_runs():
    class Service:
        async def run(self):
            await asyncio.Event().wait()

    async def main():
        before = leaks.ignore_current()
        task = asyncio.create_task(Service().run())
        await asyncio.sleep(0)
        (leak,) = leaks.find(before)
        task.cancel()
        assert str(leak).splitlines()[0] == f"task '{task.get_name()}', running Service.run"

    asyncio.run(main())


def test_leaks_of_one_place_are_one_entry_in_the_order_of_their_names():
    async def main():
        with leaks.tracking():
            before = leaks.ignore_current()
            tasks = [asyncio.create_task(stuck(asyncio.Event()), name=f"t{n}") for n in range(12)]
            await asyncio.sleep(0)
            found = leaks.find(before)
            for task in tasks:
                task.cancel()
        assert [leak.name for leak in found] == [f"t{n}" for n in range(12)]
        text = str(leaks.LeakError(found))
        assert text.startswith("12 leaks found\n  12 tasks ('t0', 't1', 't2', …), running stuck\n")
        assert text.count("created at") == 1

    asyncio.run(main())


def test_very_many_places_are_cut_and_counted():
    found = [leaks.Leak("thread", f"thread-{n}", note=str(n)) for n in range(25)]
    text = str(leaks.LeakError(found))
    assert "thread-19" in text
    assert "thread-20" not in text
    assert "and 5 more" in text


def test_a_frame_reads_its_source_line_and_says_so_if_it_cannot():
    assert leaks.Frame(__file__, 1, "f").code == '"""How leaks read."""'
    assert leaks.Frame("nowhere.py", 1, "f").code == ""
    assert str(leaks.Frame("/a/nowhere.py", 1, "f")) == "nowhere.py:1 in f"


def test_a_comprehension_is_not_a_function_to_the_reader():
    async def main():
        with leaks.tracking():
            before = leaks.ignore_current()
            tasks = list(asyncio.create_task(stuck(asyncio.Event())) for _ in range(1))  # noqa: C400
            (leak,) = leaks.find(before)
            tasks[0].cancel()
        assert leak.created.function == "main"

    asyncio.run(main())
