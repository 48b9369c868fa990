"""What a table was made from, as checksums, so that only what changed is made again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from warehouse.module_code import read_code, remember

REPOSITORY = Path(__file__).resolve().parent.parent


def digest(content: object) -> str:
    """The SHA-256 of anything JSON can say."""
    text = json.dumps(content, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def version_parts() -> dict[str, str]:
    """The versions that every result depends on: ours and DuckDB's."""
    return package_versions("tradeplume", "duckdb")


def package_versions(*names: str) -> dict[str, str]:
    """The installed version of each package."""
    return {f"version of {name}": _version(name) for name in names}


def file_parts(files: Iterable[Path], kind: str = "file") -> dict[str, str]:
    """A checksum for each file (those of a folder, too), named by kind and path."""
    found = [
        (f"{kind} {_short(path)}{'' if path == file else f'/{file.relative_to(path)}'}", file)
        for path in files
        for file in ([path] if path.is_file() else sorted(path.rglob("*")))
        if file.is_file()
    ]
    return {name: file_checksum(file) for name, file in found}


def module_parts(modules: Iterable[str], root: Path = REPOSITORY) -> dict[str, str]:
    """A checksum of the code of each module and of every module of ours that it imports.

    modules: names such as ``steps.link``.  Following the imports means that no list of rooms or of files that
    matter can be forgotten.  Comments and docstrings do not count.  Raises ValueError for a module that is
    not there.
    """
    waiting: list[Path] = []
    for module in modules:
        found = _files_of(root, module)
        if not found:
            raise ValueError(f"there is no module {module} below {root}")
        waiting += found
    closure: dict[Path, str] = {}
    while waiting:
        path = waiting.pop()
        if path not in closure:
            code = read_code(path)
            closure[path] = code.checksum
            waiting += _imports(root, code.names)
    remember()
    return dict(sorted((_code_name(root, path), checksum) for path, checksum in closure.items()))


def code_part(module: str, root: Path = REPOSITORY) -> dict[str, str]:
    """The checksum of one module's own code, without what it imports."""
    return {_code_name(root, path): read_code(path).checksum for path in _files_of(root, module)}


def file_checksum(path: Path) -> str:
    """The SHA-256 of a file, taken once a process as long as its time and size stay."""
    return _file_checksum(*_state(path))


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
def _imports(root: Path, names: tuple[str, ...]) -> tuple[Path, ...]:
    """The files of our own modules among imported names."""
    own = (name for name in names if _is_room(root, name.split(".")[0]))
    return tuple(file for name in own for file in _files_of(root, name))


@cache
def _files_of(root: Path, module: str) -> tuple[Path, ...]:
    """The file of a module or package of ours; none for a name that is neither."""
    stem = module.replace(".", "/")
    found = (root / f"{stem}.py", root / stem / "__init__.py")
    return tuple(path for path in found if path.is_file())


@cache
def _code_name(root: Path, path: Path) -> str:
    return f"code {path.relative_to(root).as_posix()}"


@cache
def _is_room(root: Path, name: str) -> bool:
    """Whether a package of that name lies in the repository: every room counts, none is listed."""
    return (root / name / "__init__.py").is_file()


@cache
def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"
