"""`tradeplume synth` on the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.main import main

ROLES = {
    "gtap_flow",
    "provincial_mrio",
    "trade",
    "sector_output",
    "sector_emission",
    "subsector_emission",
    "ammonia",
}


def _run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as done:
        main(["synth", *arguments])
    return int(done.value.code or 0)


def test_it_fills_every_role_and_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = _run("--edition", "paper-2017", "--size", "small", "--out", str(tmp_path), "--seed", "2")
    printed = capsys.readouterr().out
    assert code == 0
    landing = tmp_path / "landing" / "paper-2017"
    assert {folder.name for folder in landing.iterdir()} == ROLES
    assert all(f"{role}: " in printed for role in ROLES)
    assert "Synthetic files" in printed
    assert len(list((tmp_path / "truth").glob("*.parquet"))) == 3


def test_it_never_mixes_with_files_that_are_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "landing" / "paper-2017" / "trade"
    folder.mkdir(parents=True)
    own = folder / "mine.csv"
    own.write_bytes(b"licensed")
    assert _run("--out", str(tmp_path)) == 3
    assert "holds files already" in capsys.readouterr().err
    assert [file for file in (tmp_path / "landing").rglob("*") if file.is_file()] == [own]


def test_an_unknown_size_or_edition_is_a_usage_error(tmp_path: Path) -> None:
    assert _run("--out", str(tmp_path), "--size", "huge") == 2
    assert _run("--out", str(tmp_path), "--edition", "open-2007") == 2
