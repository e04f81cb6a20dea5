"""What a module says to others: its names, its classes and their bases, and what its functions return."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
"""What makes a scope of its own."""


@dataclass
class Class:
    """A class of the project: the names of its bases, as they are written, resolved in its module; its methods."""

    bases: list[str] = field(default_factory=list)
    methods: dict[str, str] = field(default_factory=dict)


@dataclass
class Module:
    """A module of the project, in what others need to know of it. Names inside it are dotted by its own."""

    name: str
    file: str
    imports: dict[str, str] = field(default_factory=dict)
    stars: list[str] = field(default_factory=list)
    classes: dict[str, Class] = field(default_factory=dict)
    functions: dict[str, str] = field(default_factory=dict)
    returns: dict[str, tuple[str, int]] = field(default_factory=dict)


def summarise(tree: ast.Module, name: str, file: str, *, deep: bool = True) -> Module:
    """Return what the module of this syntax tree says to others. Functions are `async` or `def`.

    Classes inside functions are among its classes where `deep`, which takes longer.
    """
    module = Module(name, file)
    for node in statements(tree.body):
        if isinstance(node, ast.Import | ast.ImportFrom):
            module.imports.update(imported(node, name, file.endswith("__init__.py")))
            if isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names):
                module.stars.append(_origin(node, name, file.endswith("__init__.py")))
        elif isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            if value := _value(node.value):
                module.imports.setdefault(node.targets[0].id, value)
        elif isinstance(node, ast.ClassDef):
            _add_class(module, node, node.name, deep)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            module.functions[node.name] = _sort(node)
            if deep:
                _look_inside(module, node, "")
    return module


def _value(expression: ast.expr) -> str:
    """What a name stands for that is bound to this: another name, or what `multiprocessing.get_context()` gives."""
    if isinstance(expression, ast.Call) and dotted(expression.func).rpartition(".")[2] == "get_context":
        return dotted(expression.func).removesuffix("get_context").rstrip(".") or "multiprocessing"
    return dotted(expression)


def _add_class(module: Module, node: ast.ClassDef, name: str, deep: bool) -> None:
    bases = [base for expression in node.bases if (base := dotted(_unsubscripted(expression)))]
    made = module.classes[name] = Class(bases)
    for statement in statements(node.body):
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
            made.methods[statement.name] = _sort(statement)
            if deep:
                _look_inside(module, statement, name)
        elif isinstance(statement, ast.ClassDef):
            _add_class(module, statement, f"{name}.{statement.name}", deep)


def _look_inside(module: Module, function: ast.FunctionDef | ast.AsyncFunctionDef, owner: str) -> None:
    """Add the classes inside a function, and what it returns."""
    for step in own_nodes(function):
        if isinstance(step, ast.ClassDef):
            _add_class(module, step, f"{owner}.{step.name}" if owner else step.name, deep=True)
        elif isinstance(step, ast.FunctionDef | ast.AsyncFunctionDef):
            _look_inside(module, step, owner)
        elif not owner and isinstance(step, ast.Return) and isinstance(step.value, ast.Call):
            module.returns[function.name] = (dotted(step.value.func), step.lineno)


def _sort(node: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    if isinstance(node, ast.AsyncFunctionDef):
        # An async generator, or what a decorator makes of it, is no coroutine.
        yields = any(isinstance(step, ast.Yield) for step in own_nodes(node))
        return "def" if yields or _is_context_manager(node) else "async"
    return "def"


def _is_context_manager(node: ast.AsyncFunctionDef) -> bool:
    return any("contextmanager" in (dotted(decorator) or "") for decorator in node.decorator_list)


def _unsubscripted(expression: ast.expr) -> ast.expr:
    return expression.value if isinstance(expression, ast.Subscript) else expression


def statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield the statements of a body, and of `if`, `try` and `with` in it, but not of functions and classes."""
    for statement in body:
        yield statement
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            continue
        for name in ("body", "orelse", "finalbody"):
            yield from statements(getattr(statement, name, []))
        for handler in getattr(statement, "handlers", []) + getattr(statement, "cases", []):
            yield from statements(handler.body)


_SILENT = frozenset(["ctx", "op", "ops", "id", "attr", "arg", "kind", "level", "module", "type_comment"])
"""Fields that say nothing here, operators and contexts, and those that never hold a node."""


@cache
def _fields(kind: type[ast.AST]) -> tuple[str, ...]:
    return tuple(name for name in kind._fields if name not in _SILENT)


def children(node: ast.AST) -> list[ast.AST]:
    """Return the nodes directly inside a node, but for what says nothing here: operators and contexts."""
    found: list[ast.AST] = []
    for name in _fields(type(node)):  # type: ignore[arg-type] # mypy takes AST._fields of a class for no Hashable
        value = getattr(node, name, None)
        if type(value) is list:
            found += [element for element in value if isinstance(element, ast.AST)]
        elif isinstance(value, ast.AST):
            found.append(value)
    return found


def own_nodes(node: ast.AST) -> Iterator[ast.AST]:
    """Yield all that is inside a node but not inside a function, lambda or class in it; in no order."""
    waiting = children(node)
    while waiting:
        child = waiting.pop()
        yield child
        if not isinstance(child, SCOPES):
            waiting.extend(children(child))


def imported(node: ast.Import | ast.ImportFrom, module: str, is_package: bool) -> dict[str, str]:
    """Return the names that an import binds, each with what it stands for in full."""
    if isinstance(node, ast.Import):
        return {
            alias.asname or alias.name.partition(".")[0]: alias.name if alias.asname else alias.name.partition(".")[0]
            for alias in node.names
        }
    origin = _origin(node, module, is_package)
    return {
        alias.asname or alias.name: f"{origin}.{alias.name}" if origin else alias.name
        for alias in node.names
        if alias.name != "*"
    }


def _origin(node: ast.ImportFrom, module: str, is_package: bool) -> str:
    if not node.level:
        return node.module or ""
    parts = module.split(".") if module else []
    up = node.level - is_package
    parts = parts[: len(parts) - up] if up <= len(parts) else []
    return ".".join([*parts, *([node.module] if node.module else [])])


def dotted(expression: ast.AST) -> str:
    """`a.b.c` for an expression that is just that; else empty."""
    parts: list[str] = []
    while isinstance(expression, ast.Attribute):
        parts.append(expression.attr)
        expression = expression.value
    if not isinstance(expression, ast.Name):
        return ""
    return ".".join([expression.id, *reversed(parts)])
