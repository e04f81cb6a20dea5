"""What the expressions of a module stand for: names through imports and aliases, attributes through what was assigned
to them, calls through what they give.

It is no type checker: it follows every assignment to a name, whatever the order, and knows nothing of branches.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from course.audit import spawners
from course.audit.summary import Class, Module, children, dotted, imported, own_nodes

COROUTINE = "<coroutine>"
"""What a call of an `async def` gives."""

_DEEPEST = 60
_DEEPEST_ALIAS = 8
_MOST_STEPS = 100_000
_ADDING = ("append", "add", "put", "put_nowait", "appendleft", "insert", "setdefault")


@dataclass(frozen=True)
class Place:
    """Lines of a file."""

    file: str
    first: int
    last: int


@dataclass(frozen=True)
class Ref:
    """What an expression may stand for: a module, class or function by its full name, or an object of a class.

    `made` says where such an object was made.
    """

    name: str
    instance: bool = False
    made: frozenset[Place] = frozenset()


Refs = frozenset[Ref]
_NOTHING: Refs = frozenset()


def _union(several: Iterable[Refs]) -> Refs:
    return frozenset(ref for refs in several for ref in refs)


def _classes(refs: Refs) -> Refs:
    return frozenset(Ref(ref.name) for ref in refs if ref.instance)


class Index:
    """All modules of a project, by name."""

    def __init__(self, modules: Iterable[Module]) -> None:
        self.modules = {module.name: module for module in modules}
        self._resolved: dict[str, str] = {}
        self._bases: dict[str, list[str]] = {}
        self.heirs = self._heirs()

    def _heirs(self) -> frozenset[str]:
        """The last words of the project's own names for what starts something."""
        words = set()
        for module in self.modules.values():
            for name in module.classes:
                bases = self.mro(f"{module.name}.{name}")[1:]
                if any(base in spawners.STARTED or spawners.kind_of(base) for base in bases):
                    words.add(name.rpartition(".")[2])
            for name, (made, _) in module.returns.items():
                if made.rpartition(".")[2] in spawners.WORDS:
                    words.add(name)
        return frozenset(words)

    def resolve(self, name: str) -> str:
        """Return the name under which a thing is defined, for one that other modules pass on."""
        if name not in self._resolved:
            self._resolved[name] = self._resolve(name, 0)
        return self._resolved[name]

    def _resolve(self, name: str, depth: int) -> str:
        name = spawners.canonical(name)
        module, rest = self._split(name)
        if module is None or not rest or depth > _DEEPEST_ALIAS:
            return name
        first, _, after = rest.partition(".")
        if first in module.classes or first in module.functions:
            return name
        if first in module.imports:
            found = self.in_module(module, module.imports[first] + (f".{after}" if after else ""))
            return name if found == name else self._resolve(found, depth + 1)
        for star in module.stars:
            found = f"{star}.{rest}"
            if star in self.modules or spawners.kind_of(spawners.canonical(found)) or found in spawners.CLASSES:
                return self._resolve(found, depth + 1)
        return name

    def in_module(self, module: Module, name: str) -> str:
        """Return a name as it is written at the top of a module, in full."""
        first = name.partition(".")[0]
        if first in module.classes or first in module.functions:
            return f"{module.name}.{name}" if module.name else name
        if first in module.imports and module.imports[first].partition(".")[0] != first:
            return module.imports[first] + name[len(first) :]
        return name

    def class_named(self, name: str) -> tuple[Module, Class] | None:
        """Return the project's class of this full name."""
        module, rest = self._split(name)
        return (module, module.classes[rest]) if module and rest in module.classes else None

    def mro(self, name: str) -> list[str]:
        """Return the class of this full name and its bases, the project's own and those of libraries."""
        if name not in self._bases:
            self._bases[name] = []  # a class that is its own base has none
            self._bases[name] = self._mro(self.resolve(name))
        return self._bases[name]

    def _mro(self, name: str) -> list[str]:
        if (found := self.class_named(name)) is None:
            return spawners.mro(name)
        module, made = found
        return [name, *(base for written in made.bases for base in self.mro(self.in_module(module, written)))]

    def function(self, name: str) -> str:
        """`async` or `def` for a function or method of the project; else empty."""
        module, rest = self._split(name)
        if module is None:
            return ""
        owner, _, method = rest.rpartition(".")
        if owner in module.classes:
            return module.classes[owner].methods.get(method, "")
        return module.functions.get(rest, "")

    def returned(self, name: str) -> tuple[str, Place] | None:
        """Return the full name of the class or function whose call a function of the project returns, and where."""
        module, rest = self._split(name)
        if module is None or rest not in module.returns:
            return None
        made, line = module.returns[rest]
        return self.resolve(self.in_module(module, made)), Place(module.file, line, line)

    def _split(self, name: str) -> tuple[Module | None, str]:
        """The module in which a name lies, and the rest of it."""
        parts = name.split(".")
        for length in range(len(parts), 0, -1):
            module = self.modules.get(".".join(parts[:length]))
            if module is not None:
                return module, ".".join(parts[length:])
        return None, name


@dataclass
class Scope:
    """A function, class or module: what is bound in it, and the scope around it."""

    node: ast.AST
    outer: Scope | None
    owner: str = ""
    bound: dict[str, list[Binding]] = field(default_factory=dict)
    imports: dict[str, str] = field(default_factory=dict)
    local: dict[str, Ref] = field(default_factory=dict)


@dataclass(frozen=True)
class Binding:
    """What a name is bound to: an expression, in the scope in which it stands, or the annotation of the name."""

    value: ast.AST
    scope: Scope
    is_annotation: bool = False


class Inference:
    """The expressions of one module."""

    def __init__(self, tree: ast.Module, module: Module, index: Index) -> None:
        self.module = module
        self.index = index
        self._scopes: dict[ast.AST, Scope] = {}
        self._attributes: dict[str, dict[str, list[Binding]]] = {}
        self._classes: dict[str, Scope] = {}
        self._known: dict[tuple[ast.AST, int], Refs] = {}
        self._open: dict[tuple[ast.AST, int], int] = {}
        self._cut = sys.maxsize
        self._steps = 0
        self._calls: list[tuple[ast.Call, Scope]] = []
        self.top = self._enter(tree, None, "")
        self._pass_arguments()

    def scope_of(self, node: ast.AST) -> Scope:
        """Return the scope that a function, class or module makes."""
        return self._scopes[node]

    def words(self) -> frozenset[str]:
        """Return the names by which this module may know what starts something: last words, and those bound to them."""
        words = set(spawners.WORDS | self.index.heirs)
        bound = [
            (name, binding) for scope in self._scopes.values() for name, to in scope.bound.items() for binding in to
        ]
        bound += [
            (name, binding) for names in self._attributes.values() for name, to in names.items() for binding in to
        ]
        imports = [(name, full) for scope in self._scopes.values() for name, full in scope.imports.items()]
        words.update(name for name, full in imports if self.index.resolve(full).rpartition(".")[2] in words)
        for _ in range(3):
            words.update(name for name, binding in bound if not binding.is_annotation and _names(binding.value) & words)
        return frozenset(words)

    def _enter(self, node: ast.AST, outer: Scope | None, owner: str) -> Scope:
        scope = self._scopes[node] = Scope(node, outer, owner)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            for argument in [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]:
                if argument.annotation:
                    scope.bound.setdefault(argument.arg, []).append(Binding(argument.annotation, scope, True))
            positional = [*node.args.posonlyargs, *node.args.args]
            for argument, default in zip(reversed(positional), reversed(node.args.defaults), strict=False):
                scope.bound.setdefault(argument.arg, []).append(Binding(default, scope))
        for step in own_nodes(node):
            self._bind(step, scope)
            if isinstance(step, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
                if not isinstance(step, ast.Lambda):
                    nested = Ref("<async>" if isinstance(step, ast.AsyncFunctionDef) else "<def>")
                    scope.local[step.name] = nested if outer is not None else Ref(f"{self.module.name}.{step.name}")
                self._enter(step, scope, owner)
            elif isinstance(step, ast.ClassDef):
                qualified = f"{owner}.{step.name}" if owner else step.name
                scope.local[step.name] = Ref(f"{self.module.name}.{qualified}")
                self._classes[qualified] = self._enter(step, scope, qualified)
        return scope

    def _bind(self, step: ast.AST, scope: Scope) -> None:
        if isinstance(step, ast.Import | ast.ImportFrom):
            scope.imports.update(imported(step, self.module.name, self.module.file.endswith("__init__.py")))
        elif isinstance(step, ast.Assign):
            for target in step.targets:
                self._bind_target(target, Binding(step.value, scope))
        elif isinstance(step, ast.AnnAssign):
            self._bind_target(step.target, Binding(step.annotation, scope, True))
            if step.value:
                self._bind_target(step.target, Binding(step.value, scope))
        elif isinstance(step, ast.NamedExpr):
            self._bind_target(step.target, Binding(step.value, scope))
        elif isinstance(step, ast.For | ast.AsyncFor | ast.comprehension):
            self._bind_target(step.target, Binding(step.iter, scope))
        elif isinstance(step, ast.withitem) and step.optional_vars:
            self._bind_target(step.optional_vars, Binding(step.context_expr, scope))
        elif isinstance(step, ast.Call):
            self._calls.append((step, scope))
            if isinstance(step.func, ast.Attribute) and step.func.attr in _ADDING and step.args:
                self._bind_target(step.func.value, Binding(step.args[-1], scope))

    def _bind_target(self, target: ast.AST, to: Binding) -> None:
        scope, value = to.scope, to.value
        if isinstance(target, ast.Name):
            scope.bound.setdefault(target.id, []).append(to)
        elif isinstance(target, ast.Subscript | ast.Starred):
            self._bind_target(target.value, to)
        elif isinstance(target, ast.Attribute) and scope.owner and dotted(target.value) in ("self", "cls"):
            self._attributes.setdefault(scope.owner, {}).setdefault(target.attr, []).append(to)
        elif isinstance(target, ast.Tuple | ast.List):
            values = value.elts if isinstance(value, ast.Tuple | ast.List) else []
            for number, element in enumerate(target.elts):
                # Of several values that come as one, each may be any: `for number, thread in enumerate(threads)`.
                self._bind_target(element, Binding(values[number], scope) if number < len(values) else to)

    def _pass_arguments(self) -> None:
        """Binds the parameters of the module's functions to what its own calls pass for them."""
        functions = {
            (scope.outer.owner if isinstance(scope.outer.node, ast.ClassDef) else "", node.name): scope
            for node, scope in self._scopes.items()
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and scope.outer is not None
        }
        for call, scope in self._calls:
            for owner, method, bound in self._called(call, scope):
                if target := functions.get((owner, method)):
                    parameters = [argument.arg for argument in target.node.args.args][bound:]  # type: ignore[attr-defined]
                    given = [
                        *zip(parameters, call.args, strict=False),
                        *((word.arg, word.value) for word in call.keywords),
                    ]
                    for name, value in given:
                        if name and not isinstance(value, ast.Starred):
                            target.bound.setdefault(name, []).append(Binding(value, scope))
                    break

    def _called(self, call: ast.Call, scope: Scope) -> Iterator[tuple[str, str, int]]:
        """The class, if any, the function and the number of arguments it has already, that a call may mean."""
        written = dotted(call.func)
        if written in self.module.functions:
            yield "", written, 0
        elif written in self.module.classes:
            yield from ((owner, "__init__", 1) for owner in self._own_bases(written))
        elif written.startswith("self.") and scope.owner:
            yield from ((owner, written[5:], 1) for owner in self._own_bases(scope.owner))
        elif scope.owner and isinstance(call.func, ast.Attribute) and _is_super(call.func.value):
            yield from ((owner, call.func.attr, 1) for owner in self._own_bases(scope.owner)[1:])

    def _own_bases(self, owner: str) -> list[str]:
        own = f"{self.module.name}."
        return [name[len(own) :] for name in self.index.mro(own + owner) if name.startswith(own)]

    def infer(self, expression: ast.AST, scope: Scope) -> Refs:
        """Return what an expression may stand for; empty where that cannot be seen."""
        key = (expression, id(scope))
        if key in self._known:
            return self._known[key]
        depth = self._open.get(key, len(self._open))
        if key in self._open or depth > _DEEPEST:
            self._cut = min(self._cut, depth)  # what is defined by itself is nothing more
            return _NOTHING
        self._open[key] = depth
        found = self._infer(expression, scope)
        del self._open[key]
        self._steps += 1
        # A result in which something still open was left out is not the whole one, unless it was this itself.
        if self._cut >= depth or self._steps > _MOST_STEPS:
            self._known[key] = found
            self._cut = sys.maxsize
        return found

    def _infer(self, node: ast.AST, scope: Scope) -> Refs:
        match node:
            case ast.Name():
                return self._name(node.id, scope)
            case ast.Attribute():
                return self._attribute(node, scope)
            case ast.Call():
                return self._call(node, scope)
            case ast.Await() | ast.Starred() | ast.Subscript() | ast.NamedExpr():
                return self.infer(node.value, scope)
            case ast.IfExp():
                return self.infer(node.body, scope) | self.infer(node.orelse, scope)
            case ast.BoolOp():
                return _union(self.infer(value, scope) for value in node.values)
            case ast.List() | ast.Tuple() | ast.Set():
                return _union(self.infer(element, scope) for element in node.elts)
            case ast.Dict():
                return _union(self.infer(value, scope) for value in node.values)
            case ast.ListComp() | ast.SetComp() | ast.GeneratorExp():
                return self.infer(node.elt, scope)
            case ast.DictComp():
                return self.infer(node.value, scope)
            case ast.BinOp():
                return self.infer(node.left, scope) | self.infer(node.right, scope)
        return _NOTHING

    def _name(self, name: str, scope: Scope) -> Refs:
        here: Scope | None = scope
        while here is not None:
            if here is scope or not isinstance(here.node, ast.ClassDef):
                if name in here.bound:
                    found = _union(self._bound(binding) for binding in here.bound[name])
                    if found or isinstance(here.node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
                        return found
                if name in here.imports:
                    return frozenset([Ref(self.index.resolve(here.imports[name]))])
                if name in here.local:
                    return frozenset([here.local[name]])
                if name == self._first_argument(here):
                    return frozenset([Ref(f"{self.module.name}.{here.owner}", instance=name != "cls")])
            here = here.outer
        for star in self.module.stars:
            found_name = self.index.resolve(f"{star}.{name}")
            if self._is_class(found_name) or spawners.kind_of(found_name) or self.index.function(found_name):
                return frozenset([Ref(found_name)])
        return _NOTHING

    @staticmethod
    def _first_argument(scope: Scope) -> str:
        node = scope.node
        is_method = scope.outer is not None and isinstance(scope.outer.node, ast.ClassDef)
        if is_method and isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.args.args:
            return node.args.args[0].arg
        return ""

    def _bound(self, binding: Binding) -> Refs:
        if binding.is_annotation:
            return self._annotated(binding.value, binding.scope)
        return self.infer(binding.value, binding.scope)

    def _annotated(self, annotation: ast.AST, scope: Scope) -> Refs:
        """Objects of the classes that an annotation names: of `Thread`, `Thread | None`, `list[Thread]`, `"Thread"`."""
        match annotation:
            case ast.Constant(value=str(text)):
                try:
                    annotation = ast.parse(text, mode="eval").body
                except (SyntaxError, ValueError, RecursionError, MemoryError):
                    return _NOTHING
                return self._annotated(annotation, scope)
            case ast.BinOp():
                return self._annotated(annotation.left, scope) | self._annotated(annotation.right, scope)
            case ast.Subscript():
                if dotted(annotation.value).rpartition(".")[2] in ("type", "Type", "Callable", "Literal"):
                    return _NOTHING
                inside = annotation.slice.elts if isinstance(annotation.slice, ast.Tuple) else [annotation.slice]
                found = _union(self._annotated(part, scope) for part in inside)
                return found | self._annotated(annotation.value, scope)
            case ast.Name() | ast.Attribute():
                return frozenset(Ref(ref.name, True) for ref in self.infer(annotation, scope) if not ref.instance)
        return _NOTHING

    def _attribute(self, node: ast.Attribute, scope: Scope) -> Refs:
        found: set[Ref] = set()
        if node.attr == "__class__":
            return _classes(self.infer(node.value, scope))
        for ref in self.infer(node.value, scope):
            if not ref.instance and not ref.name.startswith("<"):
                found.add(Ref(self.index.resolve(f"{ref.name}.{node.attr}")))
                found.update(self._attribute_of(ref.name, node.attr))
            elif ref.instance:
                found.update(self._member(ref, node.attr))
        return frozenset(found)

    def _member(self, ref: Ref, attribute: str) -> Iterator[Ref]:
        for base in self.index.mro(ref.name):
            found = self.index.class_named(base)
            if found is None:
                if base in spawners.CLASSES:
                    yield Ref(spawners.canonical(f"{base}.{attribute}"), made=ref.made)
                    return
                continue
            assigned = list(self._attribute_of(base, attribute))
            yield from assigned
            if attribute in found[1].methods:
                yield Ref(f"{base}.{attribute}", made=ref.made)
            if assigned or attribute in found[1].methods:
                return

    def _attribute_of(self, name: str, attribute: str) -> Iterator[Ref]:
        own = f"{self.module.name}." if self.module.name else ""
        if not name.startswith(own):
            return
        owner = name[len(own) :]
        for binding in self._attributes.get(owner, {}).get(attribute, []):
            yield from self._bound(binding)
        if owner in self._classes:
            for binding in self._classes[owner].bound.get(attribute, []):
                yield from self._bound(binding)

    def _call(self, node: ast.Call, scope: Scope) -> Refs:
        if _is_super(node):
            return _NOTHING
        if dotted(node.func) == "type" and len(node.args) == 1:
            return _classes(self.infer(node.args[0], scope))
        found: set[Ref] = set()
        place = Place(self.module.file, node.lineno, node.end_lineno or node.lineno)
        for ref in self.infer(node.func, scope):
            if ref.instance:
                continue
            if ref.name == "functools.partial" and node.args:
                found.update(value for value in self.infer(node.args[0], scope) if self._is_class(value.name))
            elif ref.name in ("enumerate", "list", "tuple", "reversed", "sorted", "zip") and node.args:
                found.update(*(self.infer(argument, scope) for argument in node.args))
            elif ref.name == "multiprocessing.get_context":
                found.add(Ref("multiprocessing"))
            else:
                found.update(self._result(ref, place))
        if (
            not found
            and isinstance(node.func, ast.Name)
            and node.func.id in ("enumerate", "list", "tuple", "reversed", "zip")
        ):
            found.update(*(self.infer(argument, scope) for argument in node.args))
        if (
            not found
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in ("pop", "get", "copy", "values", "items")
        ):
            found.update(self.infer(node.func.value, scope))
        return frozenset(found)

    def _result(self, ref: Ref, place: Place) -> Iterator[Ref]:
        if ref.name in spawners.RESULTS:
            yield Ref(spawners.RESULTS[ref.name], True, frozenset([place]))
        elif ref.name == "<async>" or self.index.function(ref.name) == "async":
            yield Ref(COROUTINE, True)
        elif self._is_class(ref.name):
            yield Ref(ref.name, True, frozenset([place]))
        elif returned := self.index.returned(ref.name):
            made, where = returned
            if self._is_class(made):
                yield Ref(made, True, frozenset([where]))

    def _is_class(self, name: str) -> bool:
        return name in spawners.CLASSES or self.index.class_named(name) is not None


def _is_super(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and dotted(node.func) == "super"


def _names(value: ast.AST) -> set[str]:
    """The last words of the names that a value is chosen or made from, but not those of what it is the result of."""
    if isinstance(value, ast.Name):
        return {value.id}
    if isinstance(value, ast.Attribute):
        return {value.attr} | (_names(value.value) if value.attr == "__class__" else set())
    if isinstance(value, ast.Call) and dotted(value.func).rpartition(".")[2] not in (
        "partial",
        "type",
        "partialmethod",
    ):
        return set()
    if isinstance(value, ast.Constant | ast.Lambda | ast.JoinedStr):
        return set()
    return {name for child in children(value) for name in _names(child)}


def module_name(file: str, files: set[str] | frozenset[str], root: str) -> str:
    """Return the name under which a file is imported: its path from the outermost folder that is a package."""
    parts = file.removesuffix(".py").split("/")
    if parts[-1] == "__init__":
        parts.pop()
    folders = file.split("/")[:-1]
    start = 0
    for depth in range(len(folders), 0, -1):
        if "/".join([*folders[:depth], "__init__.py"]) not in files:
            start = depth
            break
    else:
        if "__init__.py" in files:
            parts.insert(0, root)
    return ".".join(parts[start:]) or root
