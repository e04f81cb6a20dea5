"""Names in the code by which one reaches what is not one's own: frames, the collector, insides of functions, modules.

>>> marks({"cell 1.1": "import sys\\nframe = sys._getframe(1)"})
["cell 1.1, line 2: `_getframe` looks into others' frames"]
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

_FRAMES = "looks into others' frames"
_COLLECTOR = "looks for others' objects"
_INSIDES = "looks into functions"
_CLASSES = "looks for others' classes"
_EQUAL = "decides itself what it is equal to"
_NAMES = {
    **dict.fromkeys(
        (
            *(
                "_getframe",
                "_current_frames",
                "_current_exceptions",
                "currentframe",
                "getouterframes",
                "getinnerframes",
            ),
            *("f_back", "f_locals", "f_globals", "f_builtins", "tb_frame", "gi_frame", "cr_frame", "ag_frame"),
            *("get_stack", "walk_stack", "walk_tb", "settrace", "setprofile", "_getframemodulename"),
        ),
        _FRAMES,
    ),
    **dict.fromkeys(("get_objects", "get_referrers", "get_referents"), _COLLECTOR),
    **dict.fromkeys(
        (
            *("__closure__", "cell_contents", "__globals__", "__code__", "__defaults__", "__kwdefaults__"),
            *("__builtins__", "getsource", "getsourcelines", "getclosurevars", "getattr_static"),
            *("findsource", "getcomments", "getsourcefile", "get_instructions", "Bytecode", "code_info"),
        ),
        _INSIDES,
    ),
    **dict.fromkeys(
        ("__subclasses__", "__mro__", "__base__", "__bases__", "getmro", "__loader__", "__spec__"), _CLASSES
    ),
    **dict.fromkeys(("__getattribute__", "attrgetter", "methodcaller"), "looks up names that it does not say"),
    **dict.fromkeys(("__eq__", "__ne__", "ANY"), _EQUAL),
    **dict.fromkeys(("addaudithook", "meta_path", "path_hooks", "setswitchinterval"), "changes how Python works"),
}
_MODULES = {
    **dict.fromkeys(("autograder", "course.selfcheck"), "is the grader's"),
    **dict.fromkeys(("dis", "pydoc"), _INSIDES),
    **dict.fromkeys(("ctypes", "_ctypes", "cffi", "marshal", "_testcapi"), "reaches below Python"),
}
_PRIVATE_OF = {"asyncio", "concurrent", "course", "multiprocessing", "queue", "sys", "threading", "time", "weakref"}
_BY_NAME = {"getattr", "setattr", "delattr", "hasattr"}


def marks(files: Mapping[str, str]) -> list[str]:
    """Return what is found, each with its place; a file that does not parse has nothing."""
    found: dict[str, None] = {}
    for name, text in files.items():
        try:
            tree = ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        modules = _imported(tree)
        for node in ast.walk(tree):
            for what, why in _found(node, modules):
                found[f"{name}, line {getattr(node, 'lineno', 0)}: `{what}` {why}"] = None
    return [*found]


def _imported(tree: ast.AST) -> dict[str, str]:
    """The names of imported modules, and which module each is."""
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.asname or alias.name.partition(".")[0]: alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module in ("asyncio", "concurrent", "course"):
            names |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
    return names


def _found(node: ast.AST, modules: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    match node:
        case ast.Import(names=names):
            for alias in names:
                yield from _of_module(alias.name)
        case ast.ImportFrom(module=module, names=names):
            yield from _of_module(module or "")
            for alias in names:
                yield from _of_module(f"{module}.{alias.name}")
                yield from _named(alias.name)
                if _is_private(alias.name) and (module or "").partition(".")[0] in _PRIVATE_OF:
                    yield f"{module}.{alias.name}", "is private to the library"
        case ast.Attribute(value=value, attr=name):
            yield from _named(name)
            root = _root(value)
            module = modules.get(root, "").partition(".")[0]
            if module == "sys" and name == "modules":
                yield "sys.modules", "looks for others' modules"
            if module in _PRIVATE_OF and _is_private(name):
                yield f"{root}.{name}", "is private to the library"
            if module and name == "__dict__":
                yield f"{root}.{name}", "looks up names that it does not say"
        case ast.Name(id=name):
            yield from _named(name)
        case ast.FunctionDef(name=name):
            yield from _named(name)
        case ast.Constant(value=str(text)):
            yield from _named(text)
            if text.partition(".")[0] in ("autograder", "ctypes"):
                yield text, _MODULES[text.partition(".")[0]]
        case ast.Call(func=ast.Name(id=name), args=[_, key, *_]) if name in _BY_NAME:
            if not isinstance(key, ast.Constant):
                yield name, "looks up names that it does not say"
        case ast.Call(func=ast.Name(id="vars"), args=[ast.Name(id=name)]) if name in modules:
            yield f"vars({name})", "is private to the library"


def _named(name: str) -> Iterator[tuple[str, str]]:
    if name in _NAMES:
        yield name, _NAMES[name]


def _of_module(name: str) -> Iterator[tuple[str, str]]:
    for module, why in _MODULES.items():
        if f"{name}.".startswith(f"{module}."):
            yield name, why


def _is_private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__") and name not in _NAMES


def _root(value: ast.AST) -> str:
    while isinstance(value, ast.Attribute):
        value = value.value
    return value.id if isinstance(value, ast.Name) else ""
