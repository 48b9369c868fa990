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
    for folder in (*sql_lint.FOLDERS, *sql_lint.MACROS, "tests"):
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
    monkeypatch.setattr(sql_lint, "ALWAYS_READ", "-")  # which is in no checksum
    return calls


def test_what_has_passed_is_read_again_when_it_or_what_decides_has_changed(
    root: Path, read: list[list[str]]
) -> None:
    assert sql_lint.main(root) == 0
    assert sql_lint.main(root) == 0
    (root / "models" / "two.sql").write_text(f"-- other words\n{GOOD}")
    assert sql_lint.main(root) == 0
    project = (root / "pyproject.toml").read_text()
    (root / "pyproject.toml").write_text(f"{project}\n[tool.another]\nline-length = 1\n")
    assert sql_lint.main(root) == 0
    (root / "pyproject.toml").write_text(project.replace("max_line_length = 120", ""))
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


def test_a_record_that_is_wrong_shows_in_the_sample(
    root: Path, read: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    (root / "models" / "one.sql").write_text(BAD)
    sql_lint.keep(root / sql_lint.RECORD, root, sql_lint.checksums(root))
    assert sql_lint.main(root) == 0
    monkeypatch.setattr(sql_lint, "ALWAYS_READ", "")  # every checksum begins so
    assert sql_lint.main(root) == 1
    assert read == [["one.sql", "two.sql"]]


def test_two_branches_may_both_add_to_the_record(root: Path, read: list[list[str]]) -> None:
    assert sql_lint.main(root) == 0
    record = root / sql_lint.RECORD
    record.write_text(record.read_text() + f"models/one.sql {'f' * 64}\n")
    assert sql_lint.main(root) == 0
    assert read == [["one.sql", "two.sql"]]
    assert record.read_text().count("models/one.sql") == 1


@pytest.mark.heavy
def test_every_file_is_in_order_whatever_the_record_says() -> None:
    assert sql_lint.lint([*sql_lint.checksums(sql_lint.ROOT)])


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
