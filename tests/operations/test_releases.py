"""The history of releases: what moved, comparing, publishing again, and what a kill leaves."""

from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path

import duckdb
import polars as pl
import pytest
from homes import make_home, make_working

from atlas.write import is_written
from cli.main import main
from warehouse.database import connect, fetch
from warehouse.errors import DamagedFile
from warehouse.home import Home
from warehouse.kept import kept_releases
from warehouse.parquet import are_current
from warehouse.publish import fault_of_published, is_published, publish, publish_again
from warehouse.releases import NoSuchRelease, compare, fault_of, forget_old, kept_release

pytestmark = pytest.mark.slow

MOVED = """
    select mart, measure, scope, province, statistic, value_before, value_after, status, change_rank
    from marts.fct_release_change order by mart, measure, scope, change_rank
"""


def read(path: Path, query: str) -> list[tuple[object, ...]]:
    with connect(path, read_only=True) as connection:
        return fetch(connection, query)


def two_releases(home: Home) -> None:
    publish(home, make_working(home, "open-2007", 2007))
    publish(home, make_working(home, "open-2007", 2007, factor=2.0))


def test_the_first_release_has_nothing_that_moved(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    publish(home, make_working(home, "open-2007", 2007))
    assert read(home.published_file, MOVED) == []
    comments = "select count(comment), count(*) from duckdb_columns() where table_name = 'fct_release_change'"
    assert read(home.published_file, comments) == [(13, 13)]


def test_what_moved_is_named_by_mart_and_province(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    two_releases(home)
    # 1 + 2 + ... + 6 tonnes doubled; nothing else moved.
    assert read(home.published_file, MOVED) == [
        ("fct_emission_inventory", "emission_t", "pollutant=SO2", "CN-HE", "sum", 21.0, 42.0, "changed", 1)
    ]  # fmt: skip
    shares = "select value_change, change_share from marts.fct_release_change"
    assert read(home.published_file, shares) == [(21.0, 0.5)]


def test_a_new_year_is_new_and_the_old_year_did_not_move(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    publish(home, make_working(home, "open-2007", 2007))
    publish(home, make_working(home, "open-2011", 2011))
    query = "select distinct edition, year, status from marts.fct_release_change"
    assert read(home.published_file, query) == [("open-2011", 2011, "new")]
    measures = "select distinct measure, statistic from marts.fct_release_change order by 1"
    assert read(home.published_file, measures) == [
        ("emission_t", "sum"),
        ("export_share", "mean"),
        ("rows", "count"),
    ]


def test_the_largest_change_comes_first(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    publish(home, make_working(home, "open-2007", 2007, rows=3))
    publish(home, make_working(home, "open-2007", 2007, rows=6, factor=3.0))
    ranked = """
        select province, value_change, change_rank from marts.fct_release_change
        where measure = 'emission_t' and scope = 'pollutant=SO2' order by change_rank
    """
    assert read(home.published_file, ranked) == [("CN-HE", 57.0, 1), ("CN-GD", 15.0, 2)]
    stored = "select change_rank from marts.fct_release_change where scope = 'pollutant=SO2'"
    assert read(home.published_file, stored) == [(1,), (2,)]


def test_publishing_the_same_again_is_the_same_release(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    two_releases(home)
    said, sums = read(home.published_file, MOVED), home.checksums_file.read_text()
    # The code changed, the figures did not: another run with the same marts.
    again = publish(home, make_working(home, "open-2007", 2007, factor=2.0, run="later"))
    assert again.kept.number == 2
    assert [each.number for each in kept_releases(home)] == [1, 2]
    assert (read(home.published_file, MOVED), home.checksums_file.read_text()) == (said, sums)


def test_an_earlier_release_is_published_again_as_it_was(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    publish(home, make_working(home, "open-2007", 2007))
    first, sums = home.published_file.read_bytes(), home.checksums_file.read_text()
    publish(home, make_working(home, "open-2007", 2007, factor=2.0))
    second = home.published_file.read_bytes()
    assert publish_again(home, 1).number == 1
    assert (home.published_file.read_bytes(), home.checksums_file.read_text()) == (first, sums)
    # What a run publishes next stands beside what readers saw last.
    publish(home)
    assert read(home.published_file, "select value_before, value_after from marts.fct_release_change") == [
        (21.0, 42.0)
    ]  # fmt: skip
    assert kept_release(home, 1).path.read_bytes() == first
    assert [each.number for each in kept_releases(home)] == [1, 2]
    assert second != first


def test_a_clock_set_back_does_not_change_the_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import warehouse.releases as module

    class Back(module.datetime):  # type: ignore[misc, valid-type]
        @classmethod
        def now(cls, tz: object = None) -> Back:  # noqa: ARG003
            return cls(1999, 12, 31, 23, 59)

    home = make_home(tmp_path)
    publish(home, make_working(home, "open-2007", 2007))
    monkeypatch.setattr(module, "datetime", Back)
    publish(home, make_working(home, "open-2007", 2007, factor=2.0))
    assert [each.number for each in kept_releases(home)] == [1, 2]
    assert kept_releases(home)[1].made_at == "1999-12-31T2359"
    assert len(read(home.published_file, MOVED)) == 1


def test_any_two_releases_can_be_compared(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    two_releases(home)
    publish(home, make_working(home, "other", 2012))
    changes = compare(kept_release(home, 1), kept_release(home, 3))
    assert {(row.edition, row.status) for row in changes} == {
        ("open-2007", "changed"),
        ("other", "new"),
    }
    backwards = compare(kept_release(home, 3), kept_release(home, 1), mart="fct_share")
    assert [(row.edition, row.measure, row.status) for row in backwards] == [
        ("other", "export_share", "gone"),
        ("other", "rows", "gone"),
    ]
    assert compare(kept_release(home, 2), kept_release(home, 2)) == []


def test_old_releases_are_removed_only_when_asked_and_never_the_one_in_place(
    tmp_path: Path,
) -> None:
    home = make_home(tmp_path)
    for factor in (1.0, 2.0, 3.0, 4.0):
        publish(home, make_working(home, "open-2007", 2007, factor=factor))
    publish_again(home, 1)
    assert [each.number for each in forget_old(home, 2)] == [2]
    assert [each.number for each in kept_releases(home)] == [1, 3, 4]
    with pytest.raises(NoSuchRelease, match="no release 2"):
        kept_release(home, 2)
    # The next release has a number that was never given before.
    publish(home, make_working(home, "open-2007", 2007, factor=9.0))
    assert kept_releases(home)[-1].number == 5


def test_what_was_published_before_there_was_a_history_is_kept(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    publish(home, make_working(home, "open-2007", 2007))
    for path in home.releases.iterdir():
        path.unlink()
    publish(home, make_working(home, "open-2007", 2007, factor=2.0))
    assert [each.number for each in kept_releases(home)] == [1, 2]


def test_a_release_half_kept_does_not_count_and_is_cleared(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    publish(home, make_working(home, "open-2007", 2007))
    half = home.releases / "0002_2026-01-01T0000.duckdb"
    half.write_bytes(b"half")
    own = home.releases / "mine.duckdb"
    own.write_bytes(b"a user's own copy")
    assert [each.number for each in kept_releases(home)] == [1]
    publish(home, make_working(home, "open-2007", 2007, factor=2.0))
    assert not half.exists()
    assert own.exists()


def test_the_command_line_lists_compares_and_publishes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = make_home(tmp_path)
    place = ("--home", str(tmp_path))

    def say(*arguments: str) -> str:
        with pytest.raises(SystemExit) as ended:
            main([*arguments])
        assert ended.value.code in (0, None)
        return capsys.readouterr().out

    assert "Nothing has been published yet" in say("releases", *place)
    two_releases(home)
    listed = say("releases", *place).splitlines()
    assert [line.split()[0] for line in listed] == ["release", "1", "2"]
    assert listed[2].endswith("in place")
    assert "CN-HE" in say("releases", "compare", "1", "2", *place)
    assert "same figures" in say("releases", "compare", "2", "2", *place)
    assert "release 2: whole, by its SHA-256" in say("releases", "verify", *place)
    assert "release 1 of" in say("releases", "publish", "1", *place)
    assert say("releases", *place).splitlines()[1].endswith("in place")
    assert "Removed: none" in say("releases", "forget", "--keep", "2", *place)


def flip(path: Path, *, at: float = 0.5) -> None:
    """One byte of a file becomes another one, as a disk does it: nobody's time changes, nor a lock."""
    path.chmod(0o644)
    with path.open("r+b") as stream:
        stream.seek(int(path.stat().st_size * at))
        byte = stream.read(1)
        stream.seek(-1, os.SEEK_CUR)
        stream.write(bytes([byte[0] ^ 0xFF]))


def test_published_file_and_release_share_no_file_and_nobody_may_write_them(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    two_releases(home)
    release = kept_releases(home)[-1]
    assert not home.published_file.samefile(release.path)
    for path in (home.published_file, *(each.path for each in kept_releases(home))):
        assert stat.S_IMODE(path.stat().st_mode) & 0o222 == 0, path
    assert home.published_file.read_bytes() == release.path.read_bytes()
    # Root may write all the same: what it does to one stays there.
    home.published_file.chmod(0o644)
    with duckdb.connect(str(home.published_file)) as connection:
        connection.execute("delete from marts.fct_emission_inventory")
    assert fault_of(release) == ""
    assert read(release.path, "select count(*) from marts.fct_emission_inventory") == [(24,)]
    assert "are not those of release 2" in fault_of_published(home)
    assert publish_again(home, 2).number == 2
    assert fault_of_published(home) == ""
    assert read(home.published_file, "select count(*) from marts.fct_emission_inventory") == [(24,)]


def test_a_seal_is_one_that_sha256sum_checks(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    two_releases(home)
    for release in kept_releases(home):
        digest, name = release.seal.read_text().split()
        assert digest == hashlib.sha256(release.path.read_bytes()).hexdigest()
        assert name == release.path.name


@pytest.mark.parametrize("sealed", [True, False])
def test_a_damaged_release_is_named_and_never_published(
    tmp_path: Path, sealed: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    home = make_home(tmp_path)
    two_releases(home)
    before = home.published_file.read_bytes()
    first = kept_release(home, 1)
    if not sealed:  # as releases were kept before December 2026
        first.seal.unlink()
        assert fault_of(first) == ""
        first.path.chmod(0o644)
        with duckdb.connect(str(first.path)) as connection:
            connection.execute("delete from marts.fct_share")
        expected = "the rows of fct_share are not those of its checksums"
    else:
        flip(first.path)
        expected = "its SHA-256 is"
    assert expected in fault_of(first)
    with pytest.raises(DamagedFile, match="This release is lost") as raised:
        publish_again(home, 1)
    assert str(first.path) in raised.value.message
    assert "releases verify" in raised.value.remedy
    assert home.published_file.read_bytes() == before
    with pytest.raises(SystemExit) as ended:
        main(["releases", "verify", "--home", str(tmp_path)])
    assert ended.value.code == 6
    said = capsys.readouterr().out
    assert "release 1: DAMAGED" in said
    assert "release 2: whole, by its SHA-256" in said


@pytest.mark.parametrize("at", [0.02, 0.5, 0.98])
def test_a_run_notices_one_wrong_byte_of_the_published_file_and_mends_it(
    tmp_path: Path, at: float
) -> None:
    home = make_home(tmp_path)
    working = make_working(home, "open-2007", 2007)
    publish(home, make_working(home, "other", 2012))
    publish(home, working)
    assert is_published(home, working)
    sums = home.checksums_file.read_text()
    flip(home.published_file, at=at)
    assert not is_published(home, working)
    # The edition that has no working file any more is taken from the release, which is whole.
    home.working_file("other", 2012).path.unlink()
    publish(home, working)
    assert home.checksums_file.read_text() == sums
    assert is_published(home, working)
    assert fault_of_published(home) == ""


def test_publishing_a_release_again_brings_everything_beside_it_along(
    published_home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    home = published_home
    (first, second) = kept_releases(home)
    for release in (first, second, first):
        with pytest.raises(SystemExit) as ended:
            main(["releases", "publish", str(release.number), "--home", str(home.root)])
        assert ended.value.code in (0, None), capsys.readouterr()
        assert home.checksums_file.read_text() == release.checksums.read_text()
        assert are_current(home)
        assert is_written(home)
        query = "select factor from marts.fct_mark"
        ((factor,),) = read(home.published_file, query)
        copy = home.published / "parquet" / "fct_mark.parquet"
        assert pl.read_parquet(copy)["factor"].to_list() == [factor]


@pytest.fixture
def published_home(tmp_path: Path) -> Home:
    home = make_home(tmp_path)
    for factor in (1.0, 2.0):
        working = make_working(home, "open-2007", 2007, factor=factor)
        with connect(working.path) as connection:
            connection.execute(
                "create table marts.fct_mark as select 'open-2007' as edition, 2007 as year,"
                f" {factor} as factor"
            )
        publish(home, working)
    return home
