"""What a module's code is, without its words: a checksum of its syntax tree, and the names that it imports.

Reading some 250 modules takes seconds, so what was found is remembered beside Python's own compiled files, as
long as a file keeps its times and its size.
"""

from __future__ import annotations

import ast
import hashlib
import json
import os
import sys
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib.util import cache_from_source
from pathlib import Path

MEMORY = Path(cache_from_source(__file__)).with_name("tradeplume-code.json")

ROOMS = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Code:
    """checksum: of the syntax tree without docstrings; comments and layout do not count.

    names: of all modules that it imports when it runs, anywhere in its text, and of what it takes from them.
    """

    checksum: str
    names: tuple[str, ...]


def read_code(path: Path) -> Code:
    """The code of a Python file. Raises SyntaxError, and OSError when it cannot be read."""
    return memory_in(MEMORY).code_of(path)


def remember() -> None:
    """Keep what was read for later processes, where the folder can be written to."""
    memory_in(MEMORY).save()


@dataclass
class Memory:
    """What was found in earlier processes and in this one: path to state and code."""

    file: Path
    known: dict[str, tuple[list[int], Code]] = field(default_factory=dict)
    has_news: bool = False

    def code_of(self, path: Path) -> Code:
        """The code of a file, read anew when its times or its size have changed."""
        status = path.stat()
        state = [status.st_mtime_ns, status.st_ctime_ns, status.st_size]
        before = self.known.get(str(path))
        if before is not None and before[0] == state:
            return before[1]
        found = _code_in(path.read_text(encoding="utf-8"))
        self.known[str(path)] = (state, found)
        self.has_news = True
        return found

    def load(self) -> None:
        """Take over what the file has, if it was written by this method of reading."""
        try:
            kept = json.loads(self.file.read_text(encoding="utf-8"))
            if kept["method"] == _method():
                self.known = {
                    path: (list(state), Code(checksum, tuple(names)))
                    for path, state, checksum, names in kept["files"]
                }
        except (OSError, ValueError, KeyError, TypeError):
            self.known = {}  # not there, or of another hand: everything is read again

    def save(self) -> None:
        """Write what is known of our own rooms, where the folder can be written to."""
        if not self.has_news:
            return
        files = [
            [path, state, code.checksum, code.names]
            for path, (state, code) in self.known.items()
            if Path(path).is_relative_to(ROOMS)
        ]
        text = json.dumps({"method": _method(), "files": files})
        try:
            self.file.parent.mkdir(exist_ok=True)
            handle, name = tempfile.mkstemp(dir=self.file.parent)
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text)
            Path(name).replace(self.file)
        except OSError:
            return  # an installation that others own
        self.has_news = False


@cache
def memory_in(file: Path) -> Memory:
    """What a file remembers, read once a process."""
    memory = Memory(file)
    memory.load()
    return memory


@cache
def _method() -> str:
    """How code is read: by this file, under this Python."""
    return f"{sys.version} {hashlib.sha256(Path(__file__).read_bytes()).hexdigest()}"


def _code_in(text: str) -> Code:
    tree = ast.parse(text)
    names = tuple(sorted(set(_names(tree))))
    plain = json.dumps(_plain(tree))
    return Code(hashlib.sha256(plain.encode()).hexdigest(), names)


def _plain(node: object) -> object:
    """A syntax tree as nested lists, without docstrings and empty fields.

    Whatever string stands alone as a statement does nothing when it runs. Newer Pythons add fields that stay
    empty.
    """
    if isinstance(node, ast.AST):
        filled = ((name, value) for name, value in ast.iter_fields(node) if value not in (None, []))
        return [type(node).__name__, *([name, _plain(value)] for name, value in filled)]
    if isinstance(node, list):
        return [_plain(each) for each in node if not _is_docstring(each)]
    return repr(node)


def _is_docstring(node: object) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def _names(tree: ast.Module) -> Iterator[str]:
    for node in _running(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _running(node: ast.AST) -> Iterable[ast.AST]:
    """All nodes but those that only type checkers read."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and ast.unparse(child.test).endswith("TYPE_CHECKING"):
            continue
        yield child
        yield from _running(child)
