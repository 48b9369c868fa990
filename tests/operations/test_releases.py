"""The history of releases: what moved, comparing, publishing again, and what a kill leaves."""

from __future__ import annotations

from pathlib import Path

import pytest
from homes import make_home, make_working

from cli.main import main
from warehouse.database import connect, fetch
from warehouse.home import Home
from warehouse.publish import publish, publish_again
from warehouse.releases import NoSuchRelease, compare, forget_old, kept_release, kept_releases

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
    assert "release 1 of" in say("releases", "publish", "1", *place)
    assert say("releases", *place).splitlines()[1].endswith("in place")
    assert "Removed: none" in say("releases", "forget", "--keep", "2", *place)
