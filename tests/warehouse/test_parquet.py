"""Parquet copies of the published tables: whole, current, and read by other libraries."""

from __future__ import annotations

from pathlib import Path

import duckdb
import polars as pl
import pyarrow.parquet as pq
import pytest

from tests.warehouse.test_publish import make_home, make_working
from warehouse import parquet
from warehouse.errors import HomeUnusable
from warehouse.publish import publish


def test_every_table_is_there_with_the_same_rows(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    publish(home, make_working(home, "open-2007", 2007, rows=5))
    assert not parquet.are_current(home)
    copies = parquet.write_copies(home)
    assert copies.written == ("dim_sector", "fct_output")
    assert parquet.are_current(home)
    frame = pl.read_parquet(copies.folder / "fct_output.parquet")
    assert sorted(frame["output_musd"]) == [i / 7 for i in range(5)]
    assert pq.read_table(copies.folder / "fct_output.parquet").num_rows == 5
    assert {path.name for path in copies.folder.iterdir()} == {
        "dim_sector.parquet",
        "fct_output.parquet",
    }


def test_only_what_changed_is_written_again(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    publish(home, make_working(home, "open-2007", 2007))
    folder = parquet.write_copies(home).folder
    before = (folder / "dim_sector.parquet").stat().st_mtime_ns
    publish(home, make_working(home, "open-2007", 2007, extra=", 1 as new_column"))
    assert not parquet.are_current(home)
    copies = parquet.write_copies(home)
    assert copies.written == ("fct_output",)
    assert copies.kept == ("dim_sector",)
    assert (folder / "dim_sector.parquet").stat().st_mtime_ns == before
    assert "new_column" in pl.read_parquet(folder / "fct_output.parquet").columns


def test_a_damaged_or_foreign_file_is_made_again_and_one_too_many_removed(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    publish(home, make_working(home, "open-2007", 2007))
    folder = parquet.write_copies(home).folder
    whole = (folder / "fct_output.parquet").read_bytes()
    (folder / "fct_output.parquet").write_bytes(whole[: len(whole) // 2])
    pl.DataFrame({"code": [1]}).write_parquet(folder / "dim_sector.parquet")
    pl.DataFrame({"code": [1]}).write_parquet(folder / "fct_gone.parquet")
    assert set(parquet.write_copies(home).written) == {"dim_sector", "fct_output"}
    assert not (folder / "fct_gone.parquet").exists()
    assert pl.read_parquet(folder / "fct_output.parquet").height == 3


def test_a_folder_that_cannot_be_made_is_said_and_the_published_file_stays(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    publish(home, make_working(home, "open-2007", 2007))
    parquet.folder(home).write_text("in the way")
    before = home.published_file.read_bytes()
    with pytest.raises(HomeUnusable):
        parquet.write_copies(home)
    assert home.published_file.read_bytes() == before


def test_the_view_that_most_readers_come_for_is_a_file_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = make_home(tmp_path)
    working = make_working(home, "open-2007", 2007, rows=5)
    with duckdb.connect(str(working.path)) as connection:
        connection.execute(
            "create view marts.doubled as select 2 * output_musd as twice from marts.fct_output"
        )
    monkeypatch.setattr(parquet, "VIEWS", {"doubled": ("fct_output",), "absent": ("fct_none",)})
    publish(home, working)
    copies = parquet.write_copies(home)
    assert copies.written == ("dim_sector", "fct_output", "doubled")
    assert sorted(pl.read_parquet(copies.folder / "doubled.parquet")["twice"]) == [
        2 * i / 7 for i in range(5)
    ]
    assert parquet.are_current(home)
    publish(home, make_working(home, "open-2007", 2007, rows=4))
    assert not parquet.are_current(home)
