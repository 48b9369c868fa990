"""SQL that has passed is not read again, and nothing else is left out."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests import sql_lint

GOOD = "select area.code as area_code from {{ ref('area') }} as area\n"
BAD = "SELECT area.code as area_code from {{ ref('area') }} as area\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project of two files."""
    for folder in (*sql_lint.FOLDERS, "dbt_project/macros/rules"):
        (tmp_path / folder).mkdir(parents=True, exist_ok=True)
    shutil.copy(sql_lint.ROOT / "pyproject.toml", tmp_path)
    for name in ("one", "two"):
        (tmp_path / "models" / f"{name}.sql").write_text(GOOD)
    return tmp_path


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The names of the files that each call reads, in place of sqlfluff; files with BAD fail."""
    calls: list[list[str]] = []

    def lint(paths: Sequence[Path]) -> bool:
        calls.append([path.name for path in paths])
        return all(path.read_text() != BAD for path in paths)

    monkeypatch.setattr(sql_lint, "lint", lint)
    return calls


def test_what_has_passed_is_read_again_when_it_or_what_decides_has_changed(
    root: Path, read: list[list[str]]
) -> None:
    assert sql_lint.main(root) == 0
    assert sql_lint.main(root) == 0
    (root / "models" / "two.sql").write_text(f"-- other words\n{GOOD}")
    assert sql_lint.main(root) == 0
    (root / "pyproject.toml").write_text("")
    assert sql_lint.main(root) == 0
    (root / "dbt_project/macros/rules/new.sql").write_text("")
    assert sql_lint.main(root) == 0
    both = ["one.sql", "two.sql"]
    assert read == [
        both,
        ["two.sql"],
        both,
        ["new.sql", *both],
    ]


def test_what_has_failed_is_read_until_it_passes(root: Path, read: list[list[str]]) -> None:
    (root / "models" / "one.sql").write_text(BAD)
    assert sql_lint.main(root) == 1
    assert sql_lint.main(root) == 1
    (root / "models" / "one.sql").write_text(GOOD)
    assert sql_lint.main(root) == 0
    assert sql_lint.main(root) == 0
    assert read == [["one.sql", "two.sql"]] * 3


@pytest.mark.slow
def test_sqlfluff_is_asked_and_says_what_is_wrong(
    root: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(root)
    assert sql_lint.main(root) == 0
    (root / "models" / "one.sql").write_text(BAD)
    assert sql_lint.main(root) == 1
    said = capfd.readouterr().out
    assert "one.sql" in said
    assert "CP01" in said
