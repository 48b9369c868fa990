"""Publishing from the blocks of a working file gives what publishing by rows gives, and nothing more."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.warehouse.test_publish import EXTRA_COLUMN, finish, make_home, make_working, read
from warehouse import blocks
from warehouse.database import connect, fetch
from warehouse.gather import is_first_answer
from warehouse.home import Home, WorkingFile
from warehouse.publish import Release, publish

MANY = 400_000
SECRET = "a licensed figure"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return make_home(tmp_path)


def large(home: Home, edition: str, year: int, *, rows: int = MANY, extra: str = "") -> WorkingFile:
    """A working file most of which is one mart, beside licensed sources that nobody may see."""
    working = make_working(home, edition, year, rows=rows, extra=extra)
    with connect(working.path) as connection:
        # As text in the file's bytes, so that a test finds it there.
        connection.execute("set force_compression = 'uncompressed'; create schema raw")
        connection.execute(
            f"create table raw.flow as select '{SECRET} ' || hash(i) as text from range(20000) r(i)"
        )
        connection.execute("create view marts.c as select count(*) as sources from raw.flow")
    return working


def published(
    home: Home, own: WorkingFile, monkeypatch: pytest.MonkeyPatch, *, least: int
) -> Release:
    monkeypatch.setattr(blocks, "WORTH_TAKING", least)
    return publish(home, own)


def test_both_ways_publish_the_same(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    working = large(home, "zulu", 2017)
    make_working(home, "alpha", 2007, rows=5)
    tables = (
        "select table_name, comment from duckdb_tables() where schema_name = 'marts' order by all"
    )
    columns = (
        "select table_name, column_name, data_type, comment from duckdb_columns()"
        " where schema_name = 'marts' order by table_name, column_index"
    )
    views = "select view_name, sql, comment from duckdb_views() where not internal order by all"
    schemas = "select schema_name from duckdb_schemas() where not internal order by all"
    seen = []
    for least in (MANY * 10, 1000):
        release = published(home, working, monkeypatch, least=least)
        seen.append(
            [
                home.checksums_file.read_text(),
                release.rows,
                *(read(home, query) for query in (tables, columns, views, schemas)),
                read(home, "select edition, year, fingerprint from meta.release order by all"),
                read(
                    home,
                    "select tags['storage_version'] from duckdb_databases() where not internal",
                ),
            ]
        )
    assert seen[0] == seen[1]
    assert f"fct_output,{MANY + 5}" in home.checksums_file.read_text()


def test_the_blocks_are_taken_and_no_source_is_left_in_the_file(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    working = large(home, "zulu", 2017)
    assert SECRET.encode() in working.path.read_bytes()
    begun = []
    begin = blocks.begin

    def told(*arguments: object) -> bool:
        begun.append(begin(*arguments))  # type: ignore[arg-type]
        return begun[-1]

    monkeypatch.setattr("warehouse.gather.begin", told)
    published(home, working, monkeypatch, least=1000)
    assert begun == [True]
    assert SECRET.encode() not in home.published_file.read_bytes()
    # The working file is as it was.
    assert SECRET.encode() in working.path.read_bytes()
    with connect(working.path, read_only=True) as connection:
        assert fetch(connection, "select sources from marts.c") == [(20000,)]


@pytest.mark.parametrize("why", ["columns", "other rows", "constraint", "too much else", "format"])
def test_where_blocks_do_not_fit_the_rows_are_copied(
    home: Home, monkeypatch: pytest.MonkeyPatch, why: str
) -> None:
    working = large(home, "zulu", 2017)
    rows = MANY
    with connect(working.path) as connection:
        if why == "other rows":
            connection.execute("insert into marts.fct_output values ('another', 2017, 1, 1.0)")
        if why == "constraint":
            connection.execute("alter table marts.fct_output alter sector set not null")
        if why == "too much else":
            filler = "select hash(i) as x, hash(x) as y from range(1000000) r(i)"
            connection.execute(f"create table raw.filler as {filler}")
    if why == "columns":
        make_working(home, "alpha", 2007, rows=3, extra=EXTRA_COLUMN)
        rows += 3
    if why == "format":
        newest = working.path.with_name("newest.duckdb")
        with connect(None) as connection:
            connection.execute(f"attach '{newest}' as newest (storage_version 'latest')")
            connection.execute(f"attach '{working.path}' as old")
            connection.execute("create schema newest.marts; create schema newest.meta")
            for name in ("marts.fct_output", "marts.dim_sector", "meta.step", "meta.check_result"):
                connection.execute(f"create table newest.{name} as from old.{name}")
        newest.replace(working.path)
    if why in ("columns", "other rows", "format", "constraint"):
        monkeypatch.setattr("warehouse.gather.begin", None)
    release = published(home, working, monkeypatch, least=1000)
    assert {mart.mart: mart.rows for mart in release.marts}["fct_output"] == rows
    assert not is_first_answer(home.published_file)


def test_an_edition_carried_over_joins_the_blocks_of_another(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = make_working(home, "alpha", 2007, rows=7)
    publish(home, small)
    small.path.unlink()
    release = published(home, large(home, "zulu", 2017), monkeypatch, least=1000)
    assert [source.is_carried for source in release.sources] == [True, False]
    counts = "select edition, count(*) from marts.fct_output group by all order by 1"
    assert read(home, counts) == [("alpha", 7), ("zulu", MANY)]


def test_a_mart_made_again_has_the_comments_and_rows_of_now(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    working = large(home, "zulu", 2017)
    published(home, working, monkeypatch, least=1000)
    with connect(working.path) as connection:
        connection.execute("delete from marts.fct_output where sector < 10")
        connection.execute("comment on table marts.fct_output is null")
        connection.execute("comment on column marts.fct_output.sector is 'Said anew'")
        finish(connection, "another")
    published(home, working, monkeypatch, least=1000)
    assert read(home, "select count(*), min(sector) from marts.fct_output") == [(MANY - 10, 10)]
    query = "select comment from duckdb_tables() where table_name = 'fct_output'"
    assert read(home, query) == [(None,)]
    query = "select comment from duckdb_columns() where table_name = 'fct_output' and column_name = 'sector'"
    assert read(home, query) == [("Said anew",)]
