"""`choose("12.1")`: buttons for what happens in a program and why; `quiz()`: all programs of section 12, on time."""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from collections.abc import Callable, Mapping
from html import escape
from types import SimpleNamespace
from typing import Any

from ipywidgets import HTML, Button, HBox, Layout, ToggleButtons, VBox

from course.asking import WrongCall, name_of
from course.markdown import Markdown
from course.programs import NoPrograms, Program, all_programs, principles, program

_STYLE = """<style>
.course-choice .jupyter-button { white-space: normal; height: auto; width: auto; min-height: 28px; line-height: 1.4;
  padding: 4px 10px; margin: 2px; text-align: left; }
.course-choice.course-long .jupyter-button { width: calc(100% - 4px); }
.course-choice { max-width: 60rem; }
pre.course-code { font-family: var(--jp-code-font-family, monospace); font-size: 12px; line-height: 1.35;
  margin: 4px 0; overflow-x: auto; white-space: pre; word-break: normal; }
</style>"""


def choose(number: str | None = None) -> Any:
    """Show buttons for what happens in a program, such as `"12.1"`, and why; and the two lines for its solution."""
    try:
        chosen = program(name_of(number, "choose", "12.1"))
        why = principles()
    except (WrongCall, NoPrograms) as error:
        return Markdown(str(error))
    lines = HTML()
    happens, principle = _buttons(chosen.observations, long=True), _buttons(why)

    def show(_: object = None) -> None:
        lines.value = _code(f'happens = "{happens.value or ""}"\nprinciple = "{principle.value or ""}"')

    for buttons in (happens, principle):
        buttons.observe(show, "value")
    show()
    put = HTML(f"Put these two lines into the cell that begins with <code># solution: {chosen.number}</code>:")
    return VBox([HTML(_STYLE), HTML("<b>What happens?</b>"), happens, HTML("<b>Why?</b>"), principle, put, lines])


def quiz(*, seconds: float = 20) -> Any:
    """Show the programs of section 12 one after the other, in random order, each for at most so many `seconds`.

    At the end it says how many choices were right, where the autograder is installed. A second quiz ends the first.
    """
    global _open
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not seconds >= 1:
        return Markdown("A program is shown for a number of seconds, 1 or more: quiz(seconds=20).")
    try:
        loop = asyncio.get_running_loop()
        programs, why = list(all_programs().values()), principles()
    except RuntimeError:
        return Markdown("The quiz is played in a notebook.")
    except NoPrograms as error:
        return Markdown(str(error))
    if _open is not None:
        _open.close()
    with contextlib.suppress(ImportError):
        import autograder.catalogue  # noqa: F401 - it takes its time, which is nobody's at this moment
    random.shuffle(programs)
    _open = Quiz(programs, why, float(seconds), loop)
    return _open.box


_open: Quiz | None = None


class Quiz:
    """One game: `box` is what is shown. It ends by itself, since each program has its time; `close()` ends it early."""

    def __init__(
        self,
        programs: list[Program],
        why: Mapping[str, str],
        seconds: float,
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        self._programs, self._why, self._seconds, self._loop = programs, why, seconds, loop
        self._answers: list[tuple[Program, str, str]] = []
        self._clock = HTML()
        self._timer: asyncio.TimerHandle | None = None
        self.box = VBox()
        self._next()

    def close(self) -> None:
        """End the game where it is, and say how it went. May be called twice."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
            self._show(HTML(_result(self._answers)))

    def _next(self) -> None:
        """The next program, or the end."""
        if len(self._answers) == len(self._programs):
            self.close()
            return
        shown = self._programs[len(self._answers)]
        short = {letter: text.partition(":")[0] for letter, text in self._why.items()}
        self._happens, self._principle = _buttons(shown.observations, long=True), _buttons(short)
        stop = Button(description="Stop here", layout=Layout(margin="12px 0 0 0"))
        # A click is heard in a thread of the kernel's own where it has subshells: all is done on the loop.
        for buttons in (self._happens, self._principle):
            buttons.observe(lambda _: self._soon(self._answered, shown), "value")
        stop.on_click(lambda _: self._soon(self.close))
        self._ends = time.monotonic() + self._seconds
        title = HTML(f"<b>{escape(shown.title)}</b>{_code(shown.code)}", layout=Layout(flex="1 1 0", min_width="0"))
        question, why = HTML(_plain(shown.question)), HTML("<b>Why?</b>")
        choices = VBox([question, self._happens, why, self._principle, stop], layout=Layout(flex="0 0 24rem"))
        self._show(HTML(_STYLE), self._clock, HBox([title, choices]))
        self._tick()

    def _soon(self, function: Callable[..., None], *arguments: Any) -> None:
        self._loop.call_soon_threadsafe(function, *arguments)

    def _tick(self) -> None:
        """Once a second: the time that is left, or the next program when there is none."""
        left = self._ends - time.monotonic()
        if left <= 0:
            self._note()
            return
        place = f"{len(self._answers) + 1} of {len(self._programs)}"
        self._clock.value = f"Program {place}. <b>{left:.0f} s</b> left."
        self._timer = self._loop.call_later(min(left, 1.0), self._tick)

    def _answered(self, shown: Program) -> None:
        still_shown = self._timer is not None and shown is self._programs[len(self._answers)]
        if still_shown and self._happens.value and self._principle.value:
            self._note()

    def _note(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        shown = self._programs[len(self._answers)]
        self._answers.append((shown, self._happens.value or "", self._principle.value or ""))
        self._next()

    def _show(self, *widgets: Any) -> None:
        before = self.box.children
        self.box.children = widgets
        for widget in before:
            if widget not in widgets:
                _close(widget)


def _buttons(texts: Mapping[str, str], long: bool = False) -> ToggleButtons:
    """A button for each letter; none is chosen yet."""
    options = [(f"{letter}) {text.replace('`', '')}", letter) for letter, text in texts.items()]
    buttons = ToggleButtons(options=options, value=None)
    buttons.add_class("course-choice")
    if long:
        buttons.add_class("course-long")
    return buttons


def _result(answers: list[tuple[Program, str, str]]) -> str:
    """How it went, in HTML: how many choices were right, and why the others were not."""
    try:
        from autograder import catalogue
        from autograder.verdict import Failed
    except ImportError:
        lines = "".join(
            f'<li>{escape(shown.title)}: happens = "{happens}", principle = "{principle}"</li>'
            for shown, happens, principle in answers
        )
        return (
            "The autograder is not installed here. Put your letters into the solution cells, and run "
            f"<code>check</code> or hand them in.<ul>{lines}</ul>"
        )
    wrong, right = [], 0
    for shown, happens, principle in answers:
        for item in catalogue.select(shown.number):
            letter = {"happens": happens, "principle": principle}.get(item.choice)
            if letter is None:
                continue
            try:
                item.run(SimpleNamespace(**{item.choice: letter}))
                right += 1
            except Failed as failed:
                seen = str(failed).partition("Seen: ")[2]
                wrong.append(f"<li>{escape(shown.title)}, <code>{item.choice}</code>: {_plain(seen)}</li>")
    return f"<b>{right} of {2 * len(answers)} choices were right.</b><ul>{''.join(wrong)}</ul>"


def _close(widget: Any) -> None:
    """Close a widget and all that is in it."""
    for child in getattr(widget, "children", ()):
        _close(child)
    widget.close()


def _code(text: str) -> str:
    return f'<pre class="course-code">{escape(text)}</pre>'


def _plain(text: str) -> str:
    """Markdown's code and bold text as HTML; enough for a question."""
    words = escape(text).replace("**", "").split("`")
    return "".join(f"<code>{word}</code>" if number % 2 else word for number, word in enumerate(words))
