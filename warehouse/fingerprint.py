"""What a step was made from, as checksums, so that only what changed is made again."""

from __future__ import annotations

import ast
import hashlib
import json
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent


def chain(previous: str, parts: Mapping[str, str]) -> str:
    """The fingerprint of a step: of its own parts and of the step before it."""
    return digest([previous, sorted(parts.items())])


def digest(content: object) -> str:
    """The SHA-256 of anything JSON can say."""
    text = json.dumps(content, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def version_parts() -> dict[str, str]:
    """The versions that every result depends on: ours and DuckDB's."""
    return {f"version of {name}": _version(name) for name in ("tradeplume", "duckdb")}


def file_parts(files: Iterable[Path], kind: str = "file") -> dict[str, str]:
    """A checksum for each file (those of a folder, too), named by kind and path."""
    found = [
        (f"{kind} {_short(path)}{'' if path == file else f'/{file.relative_to(path)}'}", file)
        for path in files
        for file in ([path] if path.is_file() else sorted(path.rglob("*")))
        if file.is_file()
    ]
    return {name: _file_checksum(*_state(file)) for name, file in found}


def code_parts(patterns: Iterable[str], root: Path = REPOSITORY) -> dict[str, str]:
    """A checksum for each module that matches a pattern, and for every module of ours it imports.

    Following the imports means that no list of "files that matter" can be forgotten.
    Raises ValueError for a pattern that matches nothing.
    """
    waiting: list[Path] = []
    for pattern in patterns:
        matches = sorted(root.glob(pattern))
        if not matches:
            raise ValueError(f"no file matches {pattern!r} below {root}")
        waiting += matches
    found: set[Path] = set()
    while waiting:
        path = waiting.pop()
        if path not in found:
            found.add(path)
            waiting += [root / name for name in _imports(root, *_state(path))]
    return {
        f"code {path.relative_to(root).as_posix()}": _file_checksum(*_state(path))
        for path in sorted(found)
    }


def _short(path: Path) -> str:
    return path.relative_to(REPOSITORY).as_posix() if path.is_relative_to(REPOSITORY) else path.name


def _state(path: Path) -> tuple[Path, int, int]:
    """A path with what changes when the file does: the key under which its checksum is kept."""
    status = path.stat()
    return path, status.st_mtime_ns, status.st_size


@cache
def _file_checksum(path: Path, _mtime_ns: int, _size: int) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@cache
def _imports(root: Path, path: Path, _mtime_ns: int, _size: int) -> tuple[str, ...]:
    """The files of our own modules that a module imports, anywhere in its text."""
    if path.suffix != ".py":
        return ()
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    own = [name.replace(".", "/") for name in sorted(names) if _is_room(root, name.split(".")[0])]
    candidates = [f"{name}{ending}" for name in own for ending in (".py", "/__init__.py")]
    return tuple(name for name in candidates if (root / name).is_file())


@cache
def _is_room(root: Path, name: str) -> bool:
    """Whether a package of that name lies in the repository: every room counts, none is listed."""
    return (root / name / "__init__.py").is_file()


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"
