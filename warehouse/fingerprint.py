"""What a table was made from, as checksums, so that only what changed is made again."""

from __future__ import annotations

import ast
import hashlib
import json
from collections.abc import Iterable
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent


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
    closure: set[Path] = set()
    while waiting:
        path = waiting.pop()
        if path not in closure:
            closure.add(path)
            waiting += [root / name for name in _imports(root, *_state(path))]
    return {
        f"code {path.relative_to(root).as_posix()}": _code_checksum(*_state(path))
        for path in sorted(closure)
    }


def code_part(module: str, root: Path = REPOSITORY) -> dict[str, str]:
    """The checksum of one module's own code, without what it imports."""
    return {
        f"code {path.relative_to(root).as_posix()}": _code_checksum(*_state(path))
        for path in _files_of(root, module)
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
def _code_checksum(path: Path, mtime_ns: int, size: int) -> str:
    """Of the syntax tree without docstrings: comments and layout do not count."""
    tree = _tree(path, mtime_ns, size)
    return hashlib.sha256(_dump_without_docstrings(tree).encode()).hexdigest()


@cache
def _tree(path: Path, _mtime_ns: int, _size: int) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _dump_without_docstrings(tree: ast.Module) -> str:
    # Whatever string stands alone as a statement is a docstring: it does nothing when it runs.
    class Without(ast.NodeTransformer):
        def visit_Expr(self, node: ast.Expr) -> ast.AST | None:
            is_text = isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
            return None if is_text else node

    return json.dumps(_plain(Without().visit(tree)))


def _plain(node: object) -> object:
    """A syntax tree as nested lists, without its empty fields: newer Pythons add fields that stay empty."""
    if isinstance(node, ast.AST):
        filled = ((name, value) for name, value in ast.iter_fields(node) if value not in (None, []))
        return [type(node).__name__, *([name, _plain(value)] for name, value in filled)]
    if isinstance(node, list):
        return [_plain(each) for each in node]
    return repr(node)


@cache
def _imports(root: Path, path: Path, mtime_ns: int, size: int) -> tuple[str, ...]:
    """The files of our own modules that a module imports when it runs, anywhere in its text."""
    names: set[str] = set()
    for node in _running(_tree(path, mtime_ns, size)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    own = [name for name in sorted(names) if _is_room(root, name.split(".")[0])]
    return tuple(
        file.relative_to(root).as_posix() for name in own for file in _files_of(root, name)
    )


def _running(node: ast.AST) -> Iterable[ast.AST]:
    """All nodes but those that only type checkers read."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and ast.unparse(child.test).endswith("TYPE_CHECKING"):
            continue
        yield child
        yield from _running(child)


def _files_of(root: Path, module: str) -> list[Path]:
    """The file of a module or package of ours; none for a name that is neither."""
    stem = module.replace(".", "/")
    return [
        path for ending in (".py", "/__init__.py") if (path := root / f"{stem}{ending}").is_file()
    ]


@cache
def _is_room(root: Path, name: str) -> bool:
    """Whether a package of that name lies in the repository: every room counts, none is listed."""
    return (root / name / "__init__.py").is_file()


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"
