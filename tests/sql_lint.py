"""sqlfluff over the SQL of the models, the dbt project and the atlas; what has passed once is not read again.

    python -m tests.sql_lint

Ends with 1 when sqlfluff finds something. A file has passed under the checksum of its text, of sqlfluff's
version and of what decides its rendering (pyproject.toml, the macros of rules). `.sqlfluff_cache` keeps the
checksums. A fresh checkout lacks it: there every file is read.
"""

from __future__ import annotations

import gc
import hashlib
import sys
from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).parents[1]
FOLDERS = ("models", "dbt_project", "atlas/sql")
DECIDES = ("pyproject.toml", "dbt_project/macros/rules")
PACKAGES = ("sqlfluff", "sqlfluffrs")
CACHE = ".sqlfluff_cache"
# sqlfluff's Jinja does not know dbt's tag `materialization`: what stands there is calls of macros, not SQL.
UNREADABLE = "dbt_project/macros/materializations"


def files_in(root: Path, places: Iterable[str], pattern: str) -> list[Path]:
    """Files of some folders, and the places that are files themselves, in order."""
    found = (root / place for place in places)
    return sorted(
        path for place in found for path in ([place] if place.is_file() else place.rglob(pattern))
    )


def checksums(root: Path) -> dict[Path, str]:
    """Every file to be judged and what its judgement depends on."""
    common = hashlib.sha256(repr([version(package) for package in PACKAGES]).encode())
    for path in files_in(root, DECIDES, "*.sql"):
        common.update(repr((path.name, path.read_bytes())).encode())
    of_all = common.digest()
    return {
        path: hashlib.sha256(of_all + path.read_bytes()).hexdigest()
        for path in files_in(root, FOLDERS, "*.sql")
        if not path.is_relative_to(root / UNREADABLE)
    }


def lint(paths: Sequence[Path]) -> bool:
    """Whether sqlfluff finds nothing in these files; it prints what it finds."""
    from sqlfluff.cli.commands import lint as sqlfluff_lint

    # A parsed file is a big tree that goes when the next one comes: looking for circles in it takes a
    # quarter of the time.
    gc.disable()
    arguments = ["--disable-progress-bar", *(str(path) for path in paths)]
    try:
        sqlfluff_lint.main(arguments, prog_name="sqlfluff lint")
    except SystemExit as end:
        return not end.code
    finally:
        gc.enable()
    return True


def main(root: Path = ROOT) -> int:
    """Judge what has not passed yet; returns the exit code."""
    known = checksums(root)
    cache = root / CACHE
    passed = {*cache.read_text().split()} if cache.exists() else set()
    new = {path: checksum for path, checksum in known.items() if checksum not in passed}
    if new and not lint([*new]):
        return 1
    keep(cache, known)
    print(f"{len(known)} files of SQL are in order, {len(new)} of them read now.")
    return 0


def keep(cache: Path, known: Mapping[Path, str]) -> None:
    """Remember what has passed; files that are gone are forgotten."""
    cache.write_text("".join(f"{checksum}\n" for checksum in sorted(known.values())))


if __name__ == "__main__":
    sys.exit(main())
