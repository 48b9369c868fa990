"""sqlfluff over the SQL of the models, the dbt project and the atlas; what has passed once is not read again.

    python -m tests.sql_lint

Ends with 1 when sqlfluff finds something. A file has passed under the checksum of its text, of sqlfluff's
version and of what decides its rendering (sqlfluff's tables in pyproject.toml, the macros of rules).
`tests/sql_passed.txt` keeps the checksums and is committed with the SQL, so that a fresh checkout reads what is
new alone. A sixteenth of the files is read each time nevertheless: a record that is wrong shows.
`make test-heavy` reads every file.
"""

from __future__ import annotations

import gc
import hashlib
import json
import sys
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).parents[1]
FOLDERS = ("models", "dbt_project", "atlas/sql")
MACROS = ("dbt_project/macros/rules",)
PACKAGES = ("sqlfluff", "sqlfluffrs", "jinja2")
RECORD = "tests/sql_passed.txt"
ALWAYS_READ = "0"
"""Files whose checksum begins with it are read whatever the record says. With another text, others are."""


def files_in(root: Path, places: Iterable[str], pattern: str) -> list[Path]:
    """Files of some folders, and the places that are files themselves, in order."""
    found = (root / place for place in places)
    return sorted(
        path for place in found for path in ([place] if place.is_file() else place.rglob(pattern))
    )


def checksums(root: Path) -> dict[Path, str]:
    """Every file to be judged and what its judgement depends on."""
    common = hashlib.sha256(repr([version(package) for package in PACKAGES]).encode())
    settings = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    rules = settings.get("tool", {}).get("sqlfluff", {})
    common.update(json.dumps(rules, sort_keys=True).encode())
    for path in files_in(root, MACROS, "*.sql"):
        common.update(repr((path.name, path.read_bytes())).encode())
    of_all = common.digest()
    return {
        path: hashlib.sha256(of_all + path.read_bytes()).hexdigest()
        for path in files_in(root, FOLDERS, "*.sql")
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
    """Judge what has not passed yet, and a sample; returns the exit code."""
    known = checksums(root)
    record = root / RECORD
    passed = checksums_in(record.read_text(encoding="utf-8")) if record.exists() else set()
    new = [path for path, checksum in known.items() if checksum not in passed]
    sample = [
        path
        for path, checksum in known.items()
        if checksum in passed and checksum.startswith(ALWAYS_READ)
    ]
    if (new or sample) and not lint(sorted([*new, *sample])):
        return 1
    keep(record, root, known)
    print(
        f"{len(known)} files of SQL are in order, {len(new)} of them new and read now,"
        f" {len(sample)} read again."
    )
    if new:
        print(f"Commit {RECORD} with them.")
    return 0


def checksums_in(record: str) -> set[str]:
    """The checksums of a record: a line has the file and its checksum; two branches may both add one."""
    return {line.split()[-1] for line in record.splitlines() if line}


def keep(record: Path, root: Path, known: Mapping[Path, str]) -> None:
    """Remember what has passed; files that are gone are forgotten."""
    lines = [f"{path.relative_to(root).as_posix()} {known[path]}\n" for path in sorted(known)]
    record.write_text("".join(lines), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
