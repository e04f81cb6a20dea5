"""`check("1.1")`: a learner judges the cells that they have run; `graded` is what a graded cell says of an item, and
`replay` draws the run that failed it."""

from __future__ import annotations

from typing import Any

from course.asking import WrongCall, name_of, section_of
from course.kept.points import keep_verdicts
from course.markdown import Markdown
from course.marks import mark_of, same_code


def check(name: str | None = None, *, section: int | None = None) -> Any:
    """Say what holds and what does not, item by item: of a task (`"1.1"`), an item (`"1.1a"`) or a `section` (`1`).

    For each task, the cell that was run last and begins with `# solution: 1.1` is judged, in a process of its own: it
    cannot harm the notebook. What holds is kept, for `progress()`. Where the autograder is not installed, it says that
    items are graded after you submit.
    """
    try:
        if section is None:
            name = name_of(name, "check", "1.1", "1.1a")
        elif name is None:
            section = section_of(section, "check")
        else:
            raise WrongCall('Write check("1.1") for a task, or check(section=1) for a section, not both.')
    except WrongCall as error:
        return Markdown(str(error) if section is not None else f"{error} For a whole section: check(section=1).")
    try:
        from autograder import catalogue
        from autograder.classroom import live_notebook
        from autograder.run import judge
        from autograder.show import report
    except ImportError:
        what = f"Section {section}" if name is None else f"`{name}`"
        return Markdown(f"{what} is graded after you submit: the autograder is not installed here.")
    try:
        chosen = catalogue.section(section) if section is not None else catalogue.select(name or "")
        untouched = [task for task, source in live_notebook.submission().tasks.items() if source.untouched]
        submission = live_notebook.submission(untouched_counts=False)
    except catalogue.NotATask as error:
        return Markdown(f"{error}. For all of them: check(section={name})")
    except (catalogue.UnknownItem, live_notebook.NoNotebook) as error:
        return Markdown(str(error))
    replays = frozenset(item.id for item in chosen if judge.is_repeatable(item))
    starting = [task for task in untouched if task in {item.task for item in chosen}]
    note = f"What was judged of {' and '.join(starting)} is the starting code, unchanged." if starting else ""
    verdicts = judge.judge(submission, chosen, sandboxed=False)
    not_kept = keep_verdicts(verdicts)
    return report.Report(verdicts, replays=replays, note=" ".join(filter(None, (note, not_kept))))


def replay(name: str) -> Any:
    """Draw the run that failed an item, such as `"1.4c"`: who did what, waited for what and held what, until it broke.

    The cell that was run last is judged once more. On virtual time the run is the same.
    """
    try:
        name = name_of(name, "replay", "1.4c")
    except WrongCall as error:
        return Markdown(str(error))
    try:
        from autograder import catalogue
        from autograder.classroom import live_notebook
        from autograder.run import judge
        from autograder.show.replay import Replay
    except ImportError:
        return Markdown("The autograder is not installed here, and without it there is no run to show.")
    try:
        chosen = catalogue.select(name)
        submission = live_notebook.submission(untouched_counts=False)
    except (catalogue.UnknownItem, live_notebook.NoNotebook) as error:
        return Markdown(str(error))
    if len(chosen) > 1:
        return Markdown(f'Say which item: replay("{chosen[0].id}"), for example.')
    [item] = chosen
    if not judge.is_repeatable(item):
        return Markdown(f"A run of `{item.id}` cannot be repeated: it is judged {_on_what(item)}.")
    recordings: dict[str, dict] = {}
    [verdict] = judge.judge_task(submission, item.task, chosen, sandboxed=False, recordings=recordings)
    if item.id in recordings:
        return Replay(verdict, recordings[item.id])
    if verdict.status == "passed":
        return Markdown(f"`{item.id}` holds: there is no run that failed.")
    return Markdown(f"There is nothing to draw.\n\n{verdict.message}")


def _on_what(item: Any) -> str:
    if item.grading == "manual":
        return "by a person"
    return "on the machine's own clock" if item.clock == "real" else "by runs of your test with other code"


class ItemDoesNotHold(Exception):
    """What a graded cell raises: a message for the learner and no traceback."""

    def _render_traceback_(self) -> list[str]:
        return str(self).splitlines()


def graded(item: str) -> None:
    """Print the verdict on an item, in its graded cell; raise `ItemDoesNotHold` unless it holds.

    Where the autograder is not installed, it raises where nothing was attempted, and promises no more.
    """
    try:
        from autograder.classroom.graded_cell import verdict_on
        from autograder.show.report import Report
    except ImportError:
        if missing := _not_attempted(item[:-1]):
            raise ItemDoesNotHold(f"○ {item}  not attempted. {missing}") from None
        print(f"{item} is graded after you submit.")
    else:
        verdict = verdict_on(item)
        if verdict.status == "not_attempted":
            raise ItemDoesNotHold(f"○ {item}  not attempted. {verdict.message}")
        if verdict.score < verdict.points:
            raise ItemDoesNotHold(str(Report([verdict])))
        print(Report([verdict]))


def _not_attempted(task: str) -> str:
    """Say why a task counts as not attempted, or nothing if it was."""
    from IPython import get_ipython

    shell = get_ipython()
    ran = {mark_of(cell): cell for cell in (shell.history_manager.input_hist_raw if shell else [])}
    solution = ran.get(("solution", task))
    if solution is None:
        return f"Run the cell that begins with the line '# solution: {task}'."
    return (
        "The starting code has not been changed." if same_code(solution, ran.get(("starting code", task), "")) else ""
    )
