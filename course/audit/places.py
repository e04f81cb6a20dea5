"""The places of one module at which something is started."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from course.audit import spawners
from course.audit.inference import COROUTINE, Inference, Place, Scope
from course.audit.summary import SCOPES, children, dotted

_ABOUT_TYPES = ("isinstance", "issubclass", "hasattr", "getattr", "cast", "TypeVar", "patch", "object")


@dataclass(frozen=True)
class Start:
    """A place at which something is started.

    `what` is its full name, `made` where the object was made that is started; `only_made` says that its start was not
    seen. `node` is the call, or the name that is handed on.
    """

    kind: str
    what: str
    node: ast.expr
    scope: Scope
    place: Place
    made: frozenset[Place] = frozenset()
    only_made: bool = False
    scoped: bool = False


class Finder:
    """Finds the starts in one module."""

    def __init__(self, tree: ast.Module, inference: Inference) -> None:
        self._tree = tree
        self._inference = inference
        self._words = inference.words() | {"__class__", "type"}

    def starts(self) -> Iterator[Start]:
        """Yield the starts, in the order of the text."""
        waiting: list[tuple[ast.AST, Scope]] = [(self._tree, self._inference.top)]
        while waiting:
            node, scope = waiting.pop()
            if isinstance(node, ast.Call):
                if self._may_start(node.func):
                    yield from self._call(node, scope)
                yield from self._handed_on(node, scope)
            elif isinstance(node, ast.Return) and node.value is not None:
                yield from self._named(node.value, scope)
            elif isinstance(node, SCOPES):
                scope = self._inference.scope_of(node)
            waiting += [(child, scope) for child in reversed(children(node))]

    def _may_start(self, name: ast.expr) -> bool:
        """Whether it ends in a word that counts; what is no name may be anything."""
        if isinstance(name, ast.Attribute):
            return name.attr in self._words
        return name.id in self._words if isinstance(name, ast.Name) else True

    def _call(self, node: ast.Call, scope: Scope) -> Iterator[Start]:
        refs = self._inference.infer(node.func, scope)
        made = frozenset(place for ref in refs for place in ref.made)
        called = {ref.name for ref in refs if not ref.instance}
        for name in sorted({ref.name for ref in refs}):
            if kind := self._kind(name):
                if not _only_connects(name, node):
                    yield self._start(kind, name, node, scope, made)
                return
            if name in spawners.IF_COROUTINE and self._starts_coroutine(node, scope, spawners.IF_COROUTINE[name]):
                yield self._start("task", name, node, scope)
                return
            if name in called and (kind := self._kind_when_started(name)):
                yield self._start(kind, name, node, scope, only_made=True)
                return
        if not refs and isinstance(node.func, ast.Attribute):
            yield from self._unknown_receiver(node, node.func, scope)

    def _kind(self, name: str) -> str:
        """What a call of a function, method or class starts at once."""
        if kind := spawners.kind_of(name):
            return kind
        if self._inference.index.class_named(name):
            return next(filter(None, map(spawners.kind_of, self._inference.index.mro(name)[1:])), "")
        return ""

    def _kind_when_started(self, name: str) -> str:
        """What an object of a class starts at its `start()`, if it is such a class and does not start itself."""
        bases = self._inference.index.mro(name)
        if not set(bases) & set(spawners.STARTED):
            return ""
        known = next(base for base in bases if spawners.kind_of(f"{base}.start"))
        return "" if self._starts_itself(bases) else spawners.kind_of(f"{known}.start")

    def _starts_itself(self, bases: list[str]) -> bool:
        """Whether a class calls `self.start()` in its `__init__`: then that is where it starts."""
        own = f"{self._inference.module.name}."
        for node in ast.walk(self._tree):
            if isinstance(node, ast.ClassDef) and own + self._inference.scope_of(node).owner in bases:
                for method in node.body:
                    if isinstance(method, ast.FunctionDef) and method.name == "__init__":
                        return any(
                            dotted(step.func) == "self.start" for step in ast.walk(method) if isinstance(step, ast.Call)
                        )
        return False

    def _starts_coroutine(self, node: ast.Call, scope: Scope, count: int | None) -> bool:
        return any(self._is_coroutine(argument, scope, count is not None) for argument in node.args[:count])

    def _is_coroutine(self, argument: ast.expr, scope: Scope, unless_known: bool) -> bool:
        if isinstance(argument, ast.Starred):
            return self._is_coroutine(argument.value, scope, False)
        if isinstance(argument, ast.List | ast.Tuple | ast.Set):
            return any(self._is_coroutine(element, scope, unless_known) for element in argument.elts)
        refs = self._inference.infer(argument, scope)
        if refs:
            return any(ref.name == COROUTINE for ref in refs)
        if isinstance(argument, ast.ListComp | ast.GeneratorExp | ast.SetComp):
            return self._is_coroutine(argument.elt, scope, unless_known)
        if isinstance(argument, ast.Call):
            return not (isinstance(argument.func, ast.Name) and argument.func.id in ("list", "set", "tuple", "map"))
        if isinstance(argument, ast.Name):
            values = [binding.value for binding in scope.bound.get(argument.id, []) if not binding.is_annotation]
            calls = [value for value in values if isinstance(value, ast.Call | ast.ListComp | ast.GeneratorExp)]
            return unless_known or any(self._is_coroutine(value, scope, False) for value in calls)
        return unless_known

    def _unknown_receiver(self, node: ast.Call, method: ast.Attribute, scope: Scope) -> Iterator[Start]:
        called = f"{dotted(method.value) or '…'}.{method.attr}"
        receiver = called.rpartition(".")[0].lower().replace("_", "")
        kind = spawners.ANY_RECEIVER.get(method.attr, "")
        if not kind:
            kinds = spawners.NAMED_RECEIVERS.items()
            kind = next(
                (
                    kind
                    for (name, word), kind in kinds
                    if name == method.attr and word.replace("_", "") in receiver.rpartition(".")[2]
                ),
                "",
            )
        if kind and not _only_connects(called, node):
            scoped = method.attr in ("start_soon", "start") or any(word in receiver for word in ("group", "nursery"))
            yield self._start(kind, called, node, scope, scoped=scoped and kind == "task")

    def _handed_on(self, node: ast.Call, scope: Scope) -> Iterator[Start]:
        if dotted(node.func).rpartition(".")[2] in _ABOUT_TYPES:
            return
        for argument in [*node.args, *(keyword.value for keyword in node.keywords)]:
            yield from self._named(argument, scope)

    def _named(self, expression: ast.expr, scope: Scope) -> Iterator[Start]:
        """A function that starts something, named as a value."""
        if not isinstance(expression, ast.Name | ast.Attribute) or not self._may_start(expression):
            return
        refs = self._inference.infer(expression, scope)
        for ref in sorted(refs, key=lambda ref: ref.name):
            is_class = ref.name.rpartition(".")[2][:1].isupper()
            if not ref.instance and not is_class and (kind := spawners.kind_of(ref.name)):
                yield self._start(kind, ref.name, expression, scope)
                return
        if not refs and isinstance(expression, ast.Attribute) and expression.attr in spawners.ANY_RECEIVER:
            kind = spawners.ANY_RECEIVER[expression.attr]
            yield self._start(kind, f"{dotted(expression.value) or '…'}.{expression.attr}", expression, scope)

    def _start(
        self, kind: str, what: str, node: ast.expr, scope: Scope, made: frozenset[Place] = frozenset(), *,
        only_made: bool = False, scoped: bool = False,
    ) -> Start:  # fmt: skip
        place = Place(self._inference.module.file, node.lineno, node.end_lineno or node.lineno)
        made = made if what.endswith(".start") and kind != "task" else frozenset()
        return Start(kind, what, node, scope, place, made, only_made, scoped or what in spawners.SCOPED)


def _only_connects(name: str, node: ast.Call) -> bool:
    """Whether it is a datagram endpoint that talks to one address: a connection, no server."""
    arguments = {keyword.arg for keyword in node.keywords}
    return name.endswith("create_datagram_endpoint") and "remote_addr" in arguments and "local_addr" not in arguments


def started(starts: list[Start]) -> list[Start]:
    """Return the starts without the constructors of what is seen to start elsewhere: it is one start."""
    seen = {place for start in starts if not start.only_made for place in start.made}
    return [start for start in starts if not (start.only_made and start.place in seen)]
