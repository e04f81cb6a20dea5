"""`find`: reads a tree of files and lists what it starts."""

from __future__ import annotations

import ast
import gc
import re
import warnings
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from course.audit import files, spawners
from course.audit.files import Skipped
from course.audit.guesses import Guess, Guesser
from course.audit.inference import Index, Inference, Place, module_name
from course.audit.places import Finder, Start, started
from course.audit.summary import Module, summarise

_CHUNK = 64
_WORDS = spawners.WORDS - {"start", "listen", "enter", "Task"}
_STARTS = re.compile(r"\.start\(|\.listen\(|\.enter\(|asyncio\.Task\b|import.*\bTask\b|__class__\(|\btype\(")
"""What is common enough to be looked for with care."""
_THINGS = re.compile(
    r"thread|process|timer|nursery|group|scheduler|listener|manager|site|sock|pool|asyncio|server", re.IGNORECASE
)
_word = re.compile(r"\w+")


@dataclass(frozen=True)
class Spawn:
    """A place at which something is started that lives on.

    `file` is relative to what was audited, with `/`; `line` to `end_line` are the lines of the call, and `made` those
    of the constructor where that stands elsewhere: both name the same place. `kind` is one of `KINDS`, `what` the full
    name of what is called, `call` the call as it is written, `function` the function or class that it is in. `owner`,
    `stop` and `wait` are guesses.
    """

    file: str
    line: int
    end_line: int
    kind: str
    what: str
    call: str
    function: str
    owner: Guess
    stop: Guess
    wait: Guess
    made: tuple[Place, ...] = ()

    @property
    def clean(self) -> bool:
        """Whether all three guesses are yes."""
        return self.owner.yes and self.stop.yes and self.wait.yes

    def is_at(self, file: str, line: int) -> bool:
        """Return whether a line of a file names this place: a line of the call or the constructor of what it starts."""
        places = [Place(self.file, self.line, self.end_line), *self.made]
        return any(place.file == file and place.first <= line <= place.last for place in places)


@dataclass
class Audit:
    """What a tree starts: `spawns`, in the order of files and lines, and the files that were `skipped`, and why."""

    path: Path
    spawns: list[Spawn] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    files: int = 0

    def score(self, file: str | None = None) -> float | None:
        """Return the share of places, of all or of one file, at which all three guesses are yes; None of no place."""
        spawns = [spawn for spawn in self.spawns if file in (None, spawn.file)]
        return sum(spawn.clean for spawn in spawns) / len(spawns) if spawns else None


def find(path: Path | str, *, jobs: int = 1) -> Audit:
    """Find every place in a folder, a zip archive or a Python file that starts something, and return the `Audit`.

    `jobs` processes share the work. Files that cannot be read or parsed are skipped, and named. Raises `AuditError` if
    there is nothing to audit.
    """
    path = Path(path)
    audit = Audit(path)
    texts = dict(files.texts(path, audit.skipped))
    audit.files = len(texts)
    root = files.name_of(path)
    names = frozenset(texts)
    with ExitStack() as stack:
        pool = stack.enter_context(ProcessPoolExecutor(jobs)) if jobs > 1 and len(texts) > _CHUNK else None
        modules: dict[str, Module] = {}
        for found, broken in _shared(
            pool, _summaries, [(*pair, module_name(pair[0], names, root)) for pair in texts.items()]
        ):
            modules.update(found)
            audit.skipped += broken
        index = Index(modules.values())
        words = _WORDS | index.heirs
        likely = [file for file in modules if _is_likely(texts[file], words)]
        spawns: list[tuple[Spawn, bool]] = []
        for some in _shared(pool, _spawns, [(texts[file], modules[file]) for file in likely], index):
            spawns += some
    audit.spawns = _once(spawns)
    audit.skipped.sort(key=lambda skipped: skipped.file)
    return audit


def _shared(pool: Executor | None, work: Callable[..., Any], tasks: list[Any], *more: Any) -> Iterator[Any]:
    """What `work` gives for each chunk of the tasks."""
    waiting = iter(tasks)
    chunks = list(iter(lambda: list(islice(waiting, _CHUNK)), []))
    if pool is None:
        return (work(chunk, *more) for chunk in chunks)
    return iter([future.result() for future in [pool.submit(work, chunk, *more) for chunk in chunks]])


@contextmanager
def _no_collector() -> Iterator[None]:
    """Syntax trees are many objects without cycles: the collector would look at all of them again and again."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@_no_collector()
def _summaries(chunk: list[tuple[str, str, str]]) -> tuple[dict[str, Module], list[Skipped]]:
    found, broken = {}, []
    for file, text, name in chunk:
        try:
            found[file] = summarise(_parsed(text), name, file, deep=_is_likely(text, _WORDS))
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            line = f"line {error.lineno}: " if isinstance(error, SyntaxError) and error.lineno else ""
            why = error.msg if isinstance(error, SyntaxError) else str(error)
            broken.append(Skipped(file, f"not Python that can be parsed: {line}{why}"))
    return found, broken


def _parsed(text: str) -> ast.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # an odd escape in a string is the project's affair
        return ast.parse(text)


def _is_likely(text: str, words: frozenset[str]) -> bool:
    return not words.isdisjoint(_word.findall(text)) or bool(_STARTS.search(text) and _THINGS.search(text))


@_no_collector()
def _spawns(chunk: list[tuple[str, Module]], index: Index) -> list[tuple[Spawn, bool]]:
    found = []
    for text, module in chunk:
        tree = _parsed(text)
        inference = Inference(tree, module, index)
        if starts := started(list(Finder(tree, inference).starts())):
            guesser = Guesser(tree)
            found += [(_spawn(start, module.file, guesser), start.only_made) for start in starts]
    return found


def _spawn(start: Start, file: str, guesser: Guesser) -> Spawn:
    call = " ".join(ast.unparse(start.node).split())
    made = tuple(sorted(start.made - {start.place}, key=lambda place: (place.file, place.first)))
    where = (file, start.place.first, start.place.last, start.kind, start.what, call, _inside(start))
    return Spawn(*where, *guesser.guess(start), made)


def _inside(start: Start) -> str:
    names: list[str] = []
    scope: Any = start.scope
    while scope is not None:
        if name := getattr(scope.node, "name", ""):
            names.insert(0, name)
        scope = scope.outer
    return ".".join(names)


def _once(spawns: Iterable[tuple[Spawn, bool]]) -> list[Spawn]:
    """The spawns without constructors of what another file starts, in the order of files and lines."""
    spawns = list(spawns)
    started_elsewhere = {place for spawn, only_made in spawns if not only_made for place in spawn.made}
    kept = [
        spawn
        for spawn, only_made in spawns
        if not (only_made and Place(spawn.file, spawn.line, spawn.end_line) in started_elsewhere)
    ]
    return sorted(kept, key=lambda spawn: (spawn.file, spawn.line))
