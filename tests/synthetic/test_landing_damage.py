"""A damaged file that is landed stops loading, and what was loaded before stays as it was."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from damage import html

from flows.run import context_of
from flows.steps import load
from warehouse.database import connect
from warehouse.edition import load_edition
from warehouse.errors import InputError
from warehouse.home import locate, prepare

EDITION = "paper-2017"


def _counts(file: Path) -> dict[str, int]:
    with connect(file, read_only=True) as connection:
        tables = connection.execute(
            "select table_name from information_schema.tables where table_schema = 'raw'"
        ).fetchall()
        return {
            name: connection.execute(f'select count(*) from raw."{name}"').fetchall()[0][0]
            for (name,) in tables
        }


def test_a_refused_file_takes_nothing_away(whole_files: Path, tmp_path: Path) -> None:
    home = locate(tmp_path / "home")
    prepare(home)
    landing = home.root / "landing" / EDITION
    shutil.copytree(whole_files, landing)
    context = context_of(load_edition(EDITION, home.root), home)
    report = load(context)
    before = _counts(context.working.path)
    assert before["trade"] > 10_000
    assert before["provenance"] == len([file for file in landing.rglob("*") if file.is_file()])
    assert any("leading zero" in text for text in report.lines)
    html(
        landing / "ammonia" / "nh3_products_2017.csv"
    )  # the last role: the others are read by then
    with pytest.raises(InputError):
        load(context)
    assert _counts(context.working.path) == before
