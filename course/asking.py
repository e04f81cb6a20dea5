"""What a learner may pass to `check`, `hint` and `solution`: the name of a task or an item, as text."""

from __future__ import annotations

from typing import Any


class WrongCall(ValueError):
    """A call that names nothing; its text says what to write instead."""


def name_of(given: Any, call: str, *examples: str) -> str:
    """Return the task or item that a call names, or raise `WrongCall`.

    `call` is the function's name and `examples` are names that it takes, such as `"1.1"` and `"1.1a"`.
    """
    usage = " or ".join(f'{call}("{example}")' for example in examples)
    if isinstance(given, str) and given.strip():
        return given.strip()
    if given is None or given == "":
        raise WrongCall(f"Which one? Write {usage}.")
    if isinstance(given, float):
        raise WrongCall(f"A number cannot tell 12.1 from 12.10. Write it in quotes: {usage}.")
    if isinstance(given, int):
        raise WrongCall(f'Write it in quotes: {call}("{given}").')
    raise WrongCall(f"{call} takes a name in quotes, not {type(given).__name__}. Write {usage}.")


def section_of(given: Any, call: str) -> int:
    """Return the number of the section that `call(section=…)` names, or raise `WrongCall`."""
    number = int(given) if isinstance(given, str) and given.isdecimal() else given
    if isinstance(number, int) and not isinstance(number, bool):
        return number
    raise WrongCall(f"A section is a whole number. Write {call}(section=1).")
