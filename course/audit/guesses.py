"""A guess at who owns what is started, what stops it and what waits for its end, each with the line that made it.

The guess goes by names: what is started is kept under a name (`self._task`, `tasks`); what the file does with that name
is the evidence. It does not know whether that code is ever run.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from course.audit.places import Start
from course.audit.summary import children, own_nodes

_STOPS = {
    "task": ("cancel",),
    "timer": ("cancel", "cancel_dump_traceback_later"),
    "thread": ("stop", "close", "cancel", "shutdown"),
    "process": ("terminate", "kill", "send_signal", "stop", "shutdown"),
    "executor": ("shutdown", "close", "terminate"),
    "server": ("close", "shutdown", "stop", "cleanup"),
}
_WAITS = {
    "task": ("result",),
    "timer": ("join",),
    "thread": ("join", "result", "stop"),
    "process": ("join", "wait", "communicate"),
    "executor": ("shutdown", "join"),
    "server": ("wait_closed", "server_close", "cleanup", "stop"),
}
_COLLECTS = (
    "append",
    "add",
    "put",
    "put_nowait",
    "setdefault",
    "appendleft",
    "push",
    "enter_context",
    "enter_async_context",
)
_WAITING_FUNCTIONS = ("gather", "wait", "wait_for", "shield", "as_completed", "run_until_complete", "join_all")
_ENDINGS = ("stop", "close", "shutdown", "exit", "cancel", "terminate", "aclose", "join", "quit", "cleanup", "finish")


@dataclass(frozen=True)
class Guess:
    """Yes or no, and the line that made the guess: 0 and empty where there is none."""

    yes: bool
    line: int = 0
    why: str = ""

    def __str__(self) -> str:
        return "Y" if self.yes else "N"


class Guesser:
    """Guesses for the starts of one file."""

    def __init__(self, tree: ast.Module) -> None:
        self._parents: dict[ast.AST, ast.AST] = {}
        self._functions: dict[ast.AST, ast.AST | None] = {}
        self._calls: list[ast.Call] = []
        self._awaits: list[ast.Await] = []
        self._entries: list[ast.withitem] = []
        self._bound: list[tuple[ast.AST, ast.AST, ast.AST]] = []
        self._read(tree)

    def _read(self, tree: ast.Module) -> None:
        waiting: list[tuple[ast.AST, ast.AST | None]] = [(tree, None)]
        while waiting:
            node, function = waiting.pop()
            self._functions[node] = function
            if isinstance(node, ast.Call):
                self._calls.append(node)
            elif isinstance(node, ast.Await):
                self._awaits.append(node)
            elif isinstance(node, ast.withitem):
                self._entries.append(node)
            self._bound += [(node, *pair) for pair in _bindings(node)]
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
                function = node
            for child in children(node):
                self._parents[child] = node
                waiting.append((child, function))

    def guess(self, start: Start) -> tuple[Guess, Guess, Guess]:
        """Owner, stop and wait."""
        if start.scoped:
            block = Guess(True, start.node.lineno, "started in a group, whose block cancels it and waits for it")
            return block, block, block
        names = self._names(start)
        if isinstance(manager := self._parents.get(start.node), ast.withitem):
            block = Guess(True, manager.context_expr.lineno, "a `with` block")
            return block, block, block
        stop = self._first(self._calls_on(names, _STOPS[start.kind]))
        wait = self._waits(start, names)
        if start.kind == "thread" and not stop.yes:
            stop = self._told_to_stop(start)
        if start.kind == "timer" and stop.yes and not start.what.startswith("threading"):
            wait = stop
        if start.kind == "executor" and (entered := self._entered(names)):
            stop = wait = entered
        if wait.yes and start.kind in ("task", "process") and self._is_awaited(start.node):
            stop = wait  # whoever cancels the one that waits, cancels what it waits for
        owner = self._owner(start, names)
        if not owner.yes and (wait.yes or stop.yes):
            owner = Guess(True, (wait if wait.yes else stop).line, "somebody stops it or waits for it")
        return owner, stop, wait

    def _names(self, start: Start) -> set[tuple[str, str]]:
        """The names under which what is started is kept, each `("attribute", "_task")` or `("name", "task")`."""
        names: set[tuple[str, str]] = set()
        node: ast.AST = start.node
        if (
            start.what.endswith(".start")
            and isinstance(start.node, ast.Call)
            and isinstance(start.node.func, ast.Attribute)
        ) and (found := _name_of(start.node.func.value)):
            names.add(found)
        while (parent := self._parents.get(node)) is not None and not isinstance(parent, ast.stmt):
            if (
                isinstance(parent, ast.Call)
                and isinstance(parent.func, ast.Attribute)
                and parent.func.attr in _COLLECTS
            ):
                names.update(filter(None, [_name_of(parent.func.value)]))
            if isinstance(parent, ast.NamedExpr | ast.withitem | ast.comprehension):
                break
            node = parent
        if isinstance(parent, ast.Assign | ast.AnnAssign) and parent.value is not None:
            targets = parent.targets if isinstance(parent, ast.Assign) else [parent.target]
            names.update(name for target in targets for name in _names_in(target))
        if isinstance(parent, ast.NamedExpr):
            names.update(_names_in(parent.target))
        if isinstance(parent, ast.withitem) and parent.optional_vars:
            names.update(_names_in(parent.optional_vars))
        return self._aliases(names, start)

    def _aliases(self, names: set[tuple[str, str]], start: Start) -> set[tuple[str, str]]:
        """The names, and those that are bound to them or hold them: plain names in the same functions only."""
        function = self._functions[start.node]
        for _ in range(3):
            before = len(names)
            for node, kept, value in self._bound:
                local = self._functions[node] is function
                if any(name in names and (name[0] == "attribute" or local) for name in _names_in(value)):
                    names |= set(_names_in(kept))
            for call in self._calls:
                if (
                    self._functions[call] is function
                    and isinstance(call.func, ast.Attribute)
                    and call.func.attr in _COLLECTS
                ):
                    held = {name for argument in call.args for name in _names_in(argument)}
                    if held & names and (holder := _name_of(call.func.value)):
                        names.add(holder)
            if len(names) == before:
                break
        return names

    def _calls_on(self, names: set[tuple[str, str]], methods: tuple[str, ...]) -> Iterator[ast.Call]:
        for node in self._calls:
            if (
                isinstance(node.func, ast.Attribute)
                and node.func.attr in methods
                and _name_of(node.func.value) in names
            ):
                yield node

    def _first(self, calls: Iterator[ast.AST]) -> Guess:
        node = next(calls, None)
        return Guess(False) if node is None else Guess(True, node.lineno, _text(node))  # type: ignore[attr-defined]

    def _waits(self, start: Start, names: set[tuple[str, str]]) -> Guess:
        if self._is_awaited(start.node) and start.kind in ("task", "thread"):
            return Guess(True, start.node.lineno, "awaited where it is started")
        calls = (call for call in self._calls_on(names, _WAITS[start.kind]) if not _does_not_wait(call))
        found = self._first(calls)
        return found if found.yes or start.kind == "executor" else self._first(self._awaited(names))

    def _is_awaited(self, node: ast.AST) -> bool:
        parent = self._parents.get(node)
        while isinstance(
            parent, ast.Call | ast.Starred | ast.List | ast.Tuple | ast.Set | ast.ListComp | ast.GeneratorExp
        ):
            if isinstance(parent, ast.Call) and _called(parent) not in _WAITING_FUNCTIONS:
                return False
            node, parent = parent, self._parents.get(parent)
        return isinstance(parent, ast.Await)

    def _awaited(self, names: set[tuple[str, str]]) -> Iterator[ast.AST]:
        yield from (node for node in self._awaits if _name_of(node.value) in names)
        for node in self._calls:
            if _called(node) in _WAITING_FUNCTIONS and any(
                name in names for argument in node.args for name in _names_in(argument)
            ):
                yield node

    def _entered(self, names: set[tuple[str, str]]) -> Guess | None:
        entries = (entry.context_expr for entry in self._entries if _name_of(entry.context_expr) in names)
        return next((Guess(True, entry.lineno, "a `with` block") for entry in entries), None)

    def _told_to_stop(self, start: Start) -> Guess:
        """Whether a method that ends things sets an event or a flag, or sends a mark, in the class of a thread."""
        node: ast.AST | None = start.node
        while node is not None and not isinstance(node, ast.ClassDef):
            node = self._parents.get(node)
        if node is None:
            return Guess(False)
        for method in node.body:
            if isinstance(method, ast.FunctionDef | ast.AsyncFunctionDef) and _ends_things(method.name):
                for step in own_nodes(method):
                    if isinstance(step, ast.Call) and _called(step) in (
                        "set",
                        "put",
                        "put_nowait",
                        "notify_all",
                        "send",
                    ):
                        return Guess(True, step.lineno, _text(step))
                    if (
                        isinstance(step, ast.Assign)
                        and isinstance(step.value, ast.Constant)
                        and isinstance(step.value.value, bool)
                    ):
                        return Guess(True, step.lineno, _text(step))
        return Guess(False)

    def _owner(self, start: Start, names: set[tuple[str, str]]) -> Guess:
        statement: ast.AST = start.node
        while not isinstance(statement, ast.stmt):
            statement = self._parents[statement]
        if any(kind == "attribute" for kind, _ in names):
            return Guess(True, start.node.lineno, "kept in an attribute")
        if isinstance(statement, ast.Return) and not self._is_awaited(start.node):
            return Guess(True, statement.lineno, "returned to the caller")
        return Guess(False)


def _name_of(expression: ast.AST) -> tuple[str, str] | None:
    while isinstance(expression, ast.Subscript | ast.Starred | ast.Await):
        expression = expression.value
    if isinstance(expression, ast.Attribute):
        return ("attribute", expression.attr)
    return ("name", expression.id) if isinstance(expression, ast.Name) else None


def _names_in(expression: ast.AST) -> Iterator[tuple[str, str]]:
    """The names that an expression is made of: of `[*self._tasks, task]` both."""
    if found := _name_of(expression):
        yield found
    elif isinstance(expression, ast.Tuple | ast.List | ast.Set):
        for element in expression.elts:
            yield from _names_in(element)
    elif isinstance(expression, ast.ListComp | ast.GeneratorExp | ast.SetComp):
        yield from _names_in(expression.elt)
    elif isinstance(expression, ast.Call) and isinstance(expression.func, ast.Name):
        if expression.func.id in ("list", "set", "tuple", "reversed", "enumerate", "zip", "filter", "map", "sorted"):
            for argument in expression.args:
                yield from _names_in(argument)
    elif isinstance(expression, ast.Call) and _called(expression) in ("values", "copy", "pop", "items", "get"):
        yield from _names_in(expression.func.value)  # type: ignore[attr-defined]


def _bindings(node: ast.AST) -> Iterator[tuple[ast.AST, ast.AST]]:
    """What is bound in a node, and to what."""
    if isinstance(node, ast.Assign):
        for target in node.targets:
            if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                yield from zip(target.elts, node.value.elts, strict=False)
            else:
                yield target, node.value
    elif isinstance(node, ast.For | ast.AsyncFor | ast.comprehension):
        yield node.target, node.iter
    elif isinstance(node, ast.NamedExpr):
        yield node.target, node.value


def _called(node: ast.Call) -> str:
    if isinstance(node.func, ast.Attribute):
        return node.func.attr
    return node.func.id if isinstance(node.func, ast.Name) else ""


def _does_not_wait(node: ast.Call) -> bool:
    """Whether it is an executor's `shutdown(wait=False)`."""
    return any(
        keyword.arg == "wait" and isinstance(keyword.value, ast.Constant) and not keyword.value.value
        for keyword in node.keywords
    )


def _ends_things(name: str) -> bool:
    return any(word in name.lower() for word in _ENDINGS)


def _text(node: ast.AST) -> str:
    return ast.unparse(node).partition("\n")[0]
