"""Publishing with real processes: readers, full disks, kills, and several editions."""

from __future__ import annotations

import signal
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from warehouse import gather as gather_module
from warehouse import meta
from warehouse.database import connect, fetch
from warehouse.errors import GateFailed, UserFacingError
from warehouse.home import Home, WorkingFile, locate, prepare
from warehouse.locks import hold
from warehouse.publish import failed_working_files, is_published, publish

EXTRA_COLUMN = ", 'new' as extra"


def make_home(root: Path) -> Home:
    home = locate(root)
    prepare(home, needed_bytes=0)
    return home


def make_working(
    home: Home, edition: str, year: int, *, rows: int = 3, complete: bool = True, extra: str = ""
) -> WorkingFile:
    """A working file as dbt leaves it: its views name their own catalog, and read each other."""
    working = home.working_file(edition, year)
    working.path.unlink(missing_ok=True)
    with connect(working.path) as connection:
        meta.ensure_tables(connection)
        catalog = f'"{edition}-{year}"'
        connection.execute(f"""
            create schema marts;
            create table marts.fct_output as
                select '{edition}' as edition, {year} as year, i as sector, i / 7 as output_musd
                       {extra} from range({rows}) as r(i) order by random();
            create table marts.dim_sector as select i as code, '{edition}' as made_for
                from range({rows}) as r(i);
            create view marts.b_total as select edition, year, sum(output_musd) as total_musd
                from {catalog}.marts.fct_output group by all;
            create view marts.a_share as select o.edition, o.year, output_musd / total_musd as share
                from {catalog}.marts.fct_output as o inner join {catalog}.marts.b_total as t
                using (edition, year);
            comment on table marts.fct_output is 'What is made. It''s gross output.';
            comment on column marts.fct_output.output_musd is 'Million USD';
            comment on view marts.a_share is 'Share of all';
            comment on column marts.a_share.share is 'From 0 to 1';
        """)
        if complete:
            finish(connection, f"{edition}-{rows}{extra}")
    return working


def finish(connection: duckdb.DuckDBPyConnection, fingerprint: str) -> None:
    step = meta.FinishedStep("gate-marts", fingerprint, datetime.now(), 1.0, 1)
    meta.record_step(connection, step, {})


def read(home: Home, query: str) -> list[tuple[object, ...]]:
    with connect(home.published_file, read_only=True) as connection:
        return fetch(connection, query)


def test_the_published_file_holds_tables_views_and_comments(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    working = make_working(home, "open-2007", 2007)
    release = publish(home, working)
    assert {mart.mart: mart.rows for mart in release.marts} == {
        "dim_sector": 3,
        "fct_output": 3,
        "fct_release_change": 0,
    }
    assert release.views == ("a_share", "b_total")
    assert read(home, "select sum(share) from marts.a_share") == [(1.0,)]
    comments = read(
        home,
        "select comment from duckdb_columns()"
        " where comment is not null and table_name <> 'fct_release_change' order by 1",
    )
    assert comments == [("From 0 to 1",), ("Million USD",)]
    tables = "select comment from duckdb_tables() where table_name = 'fct_output'"
    assert read(home, tables) == [("What is made. It's gross output.",)]
    views = "select comment from duckdb_views() where view_name = 'a_share'"
    assert read(home, views) == [("Share of all",)]
    # Clients of DuckDB 1.5 read it.
    version = "select tags['storage_version'] from duckdb_databases() where not internal"
    assert read(home, version) == [("v1.5.0+",)]
    assert sorted(path.name for path in home.published.iterdir()) == [
        ".publish.lock",
        "checksums.csv",
        "tradeplume.duckdb",
    ]


def test_views_do_not_need_the_working_file_or_the_files_name(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    working = make_working(home, "open-2007", 2007)
    publish(home, working)
    working.path.unlink()
    moved = home.published_file.rename(tmp_path / "renamed.duckdb")
    with connect(moved, read_only=True) as connection:
        assert fetch(connection, "select count(*) from marts.a_share") == [(3,)]


def test_facts_are_appended_and_dimensions_come_from_the_newest(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    make_working(home, "zulu", 2017, rows=5)
    newest = make_working(home, "alpha", 2007, rows=2, extra=EXTRA_COLUMN)
    release = publish(home, newest)
    assert [source.name for source in release.sources] == ["alpha-2007", "zulu-2017"]
    facts = (
        "select edition, year, count(*), count(extra) from marts.fct_output group by all order by 1"
    )
    assert read(home, facts) == [("alpha", 2007, 2, 2), ("zulu", 2017, 5, 0)]
    assert read(home, "select distinct made_for, count(*) over () from marts.dim_sector") == [
        ("alpha", 2)
    ]
    assert read(home, "select edition, total_musd from marts.b_total order by 1") == [
        ("alpha", pytest.approx(1 / 7)),
        ("zulu", pytest.approx(10 / 7)),
    ]


def test_a_second_publishing_gives_the_same_checksums(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    working = make_working(home, "open-2007", 2007, rows=1000)
    publish(home, working)
    first = home.checksums_file.read_text()
    assert first.splitlines()[0] == "mart,rows,checksum"
    # Made again, with its rows in another order.
    publish(home, make_working(home, "open-2007", 2007, rows=1000))
    assert home.checksums_file.read_text() == first
    with connect(working.path) as connection:
        connection.execute("update marts.fct_output set output_musd = 0 where sector = 999")
    publish(home, working)
    changed = set(home.checksums_file.read_text().splitlines()) - set(first.splitlines())
    assert [line.split(",")[:2] for line in changed] == [["fct_output", "1000"]]


def test_an_incomplete_edition_stays_as_published_before(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    other = make_working(home, "other", 2012, rows=4)
    publish(home, other)
    own = make_working(home, "own", 2007)
    make_working(home, "other", 2012, rows=9, complete=False)
    release = publish(home, own)
    assert [(source.name, source.is_carried) for source in release.sources] == [
        ("other-2012", True),
        ("own-2007", False),
    ]
    counts = "select edition, count(*) from marts.fct_output group by all order by 1"
    assert read(home, counts) == [("other", 4), ("own", 3)]
    # The same when its working file is being written, or is gone.
    make_working(home, "other", 2012, rows=9)
    with hold(other.lock, "other"):
        publish(home, own)
    assert read(home, counts) == [("other", 4), ("own", 3)]
    other.path.unlink()
    publish(home, own)
    assert read(home, counts) == [("other", 4), ("own", 3)]


def test_a_failed_gate_publishes_nothing(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    working = make_working(home, "open-2007", 2007)
    publish(home, working)
    before = home.published_file.read_bytes()
    bad = meta.Check("marts", "suite", "sums", "all", 2.0, 1.0, False, "error", "")
    with connect(working.path) as connection:
        meta.replace_checks(connection, "marts", [bad])
    assert failed_working_files(home) == {"open-2007-2007": [bad]}
    with pytest.raises(GateFailed, match="nothing was published"):
        publish(home, working)
    assert home.published_file.read_bytes() == before


def test_nothing_to_publish_is_said(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    make_working(home, "open-2007", 2007, complete=False)
    with pytest.raises(UserFacingError, match="nothing to publish"):
        publish(home)
    assert not home.published_file.exists()


def test_a_view_that_reads_what_readers_cannot_see_becomes_a_table(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    working = make_working(home, "open-2007", 2007)
    with connect(working.path) as connection:
        connection.execute("create schema staging; create table staging.t as select 1 as x")
        connection.execute("create view marts.c as with s as (from staging.t) select x from s")
        connection.execute("comment on view marts.c is 'said'; comment on column marts.c.x is 'x'")
        connection.execute("create view marts.d as select c.x from marts.c as c, marts.fct_output")
    release = publish(home, working)
    assert "d" in release.views
    assert "c" not in release.views
    assert read(home, "select x from marts.c") == [(1,)]
    assert read(home, "select count(*) from marts.d") == [(3,)]
    comment = "select comment from duckdb_tables() where table_name = 'c'"
    assert read(home, comment) == [("said",)]
    assert read(home, "select comment from duckdb_columns() where table_name = 'c'") == [("x",)]


def test_a_view_of_a_table_that_is_not_published_is_refused(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    working = make_working(home, "open-2007", 2007)
    with connect(working.path) as connection:
        connection.execute("create table marts.gone as select 1 as x")
        connection.execute("create view marts.c as select x from marts.gone")
        connection.execute("drop table marts.gone")
    with pytest.raises(UserFacingError, match=r"View marts\.c cannot be published"):
        publish(home, working)


def test_a_copy_that_lost_rows_is_never_moved_into_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = make_home(tmp_path)
    working = make_working(home, "open-2007", 2007)
    publish(home, working)
    before = home.published_file.read_bytes()
    whole = gather_module._copy_views

    def lossy(connection: duckdb.DuckDBPyConnection, *arguments: object) -> None:
        connection.execute("delete from release.marts.fct_output where sector = 1")
        whole(connection, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(gather_module, "_copy_views", lossy)
    with pytest.raises(UserFacingError, match=r"fct_output has 2 rows of 3"):
        publish(home, working)
    assert home.published_file.read_bytes() == before


READER = """
import duckdb, sys
connection = duckdb.connect(sys.argv[1], read_only=True)
print(connection.sql("select count(*) from marts.fct_output").fetchall()[0][0], flush=True)
sys.stdin.readline()
print(connection.sql("select count(*) from marts.fct_output").fetchall()[0][0], flush=True)
"""


def test_a_reader_of_the_old_file_is_unharmed(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    publish(home, make_working(home, "open-2007", 2007, rows=200_000))
    command = [sys.executable, "-c", READER, str(home.published_file)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as reader:
        assert reader.stdin is not None
        assert reader.stdout is not None
        assert reader.stdout.readline() == "200000\n"
        publish(home, make_working(home, "open-2007", 2007, rows=7))
        assert read(home, "select count(*) from marts.fct_output") == [(7,)]
        rest, _ = reader.communicate("go on\n", timeout=60)
    assert reader.returncode == 0
    # It sees the old file as long as it keeps its connection.
    assert rest == "200000\n"


PUBLISHER = """
import os, resource, signal, sys
from pathlib import Path
from warehouse import publish as module
from warehouse.home import locate

how, root = sys.argv[1:]
home = locate(Path(root))
if how == "full":
    resource.setrlimit(resource.RLIMIT_FSIZE, (2**20, 2**20))
if how == "killed":
    module._move_into_place = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
module.publish(home, home.working_file("open-2007", 2007))
"""


def run_publisher(how: str, home: Home) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", PUBLISHER, how, str(home.root)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)


def test_a_full_disk_leaves_what_was_published_before(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    publish(home, make_working(home, "open-2007", 2007))
    before = home.published_file.read_bytes()
    make_working(home, "open-2007", 2007, rows=500_000)
    done = run_publisher("full", home)
    assert "HomeUnusable: Cannot write to" in done.stderr
    assert home.published_file.read_bytes() == before
    assert not list(home.published.glob(".tradeplume.*"))


def test_a_killed_publisher_leaves_what_was_published_and_its_draft_is_cleared(
    tmp_path: Path,
) -> None:
    home = make_home(tmp_path)
    publish(home, make_working(home, "open-2007", 2007))
    before = home.published_file.read_bytes()
    working = make_working(home, "open-2007", 2007, rows=5)
    done = run_publisher("killed", home)
    assert done.returncode == -signal.SIGKILL
    assert home.published_file.read_bytes() == before
    assert list(home.published.glob(".tradeplume.*.duckdb"))
    assert not is_published(home, working)
    publish(home, working)
    assert not list(home.published.glob(".tradeplume.*"))
    assert is_published(home, working)


def test_a_published_folder_that_is_no_folder_is_said(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    working = make_working(home, "open-2007", 2007)
    home.published.rmdir()
    home.published.write_text("in the way")
    with pytest.raises(UserFacingError, match="Cannot write to") as raised:
        publish(home, working)
    assert raised.value.exit_code == 6
