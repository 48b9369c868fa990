"""Two published files side by side, small and made up."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from atlas.comparison import Compared, Comparison, compare, side_of
from cli.compare import _write
from warehouse.errors import UserFacingError
from warehouse.home import Home, locate


def publish(path: Path, so2_of_hebei: float, *editions: str) -> None:
    """A published file with the marts that a comparison reads; Guangdong exports goods of Hebei's mills."""
    path.parent.mkdir(parents=True, exist_ok=True)
    con = duckdb.connect(str(path))
    con.execute("create schema marts")
    con.execute("create schema meta")
    con.execute("create table meta.release (edition text, year int)")
    con.execute(
        "create table marts.fct_export_output (edition text, year int, producer_province text,"
        " producer_sector text, exporter_province text, consumer_region text, output_musd double)"
    )
    con.execute(
        "create table marts.fct_emission_intensity (edition text, year int, province text, sector text,"
        " pollutant text, emission_t_per_musd double)"
    )
    con.execute(
        "create table marts.fct_emission_inventory (edition text, year int, province text, pollutant text,"
        " emission_t double)"
    )
    con.execute(
        "create table marts.fct_provenance (edition text, year int, role text, file_name text,"
        " original_sha256 text)"
    )
    for edition in editions:
        con.execute("insert into meta.release values (?, 2007)", [edition])
        con.execute(
            "insert into marts.fct_export_output values (?, 2007, 'CN-HE', 'c12', 'CN-GD', 'USA', 10),"
            " (?, 2007, 'CN-HE', 'c12', 'CN-HE', 'JPN', 5), (?, 2007, 'CN-GD', 'c12', 'CN-GD', 'JPN', 4)",
            [edition] * 3,
        )
        con.execute(
            "insert into marts.fct_emission_intensity values (?, 2007, 'CN-HE', 'c12', 'SO2', ?),"
            " (?, 2007, 'CN-GD', 'c12', 'SO2', 1)",
            [edition, so2_of_hebei / 100, edition],
        )
        con.execute(
            "insert into marts.fct_emission_inventory values (?, 2007, 'CN-HE', 'SO2', ?),"
            " (?, 2007, 'CN-GD', 'SO2', 50)",
            [edition, so2_of_hebei, edition],
        )
        con.execute(
            "insert into marts.fct_provenance values (?, 2007, 'sector_emission', ?, 'abcdef0123'),"
            " (?, 2007, 'global_table', 'wiod.parquet', '99')",
            [edition, f"so2_{so2_of_hebei:g}.csv", edition],
        )
    con.close()


@pytest.fixture
def home(tmp_path: Path) -> Home:
    place = locate(tmp_path / "home")
    publish(place.published_file, 200, "open-2007")
    return place


def moved(found: Comparison, title: str) -> dict[str, tuple[float | None, float | None]]:
    return {each.code: (each.value_a, each.value_b) for each in subject(found, title).moved}


def subject(found: Comparison, title: str) -> Compared:
    return next(each for each in found.subjects if each.subject.title == title)


def test_a_province_that_emits_less_moves_what_it_makes_for_others(
    home: Home, tmp_path: Path
) -> None:
    publish(tmp_path / "hers.duckdb", 180, "open-2007")
    found = compare(side_of("open-2007", home), side_of(str(tmp_path / "hers.duckdb"), home), home)
    assert moved(found, "All emissions of China") == {"China": (250, 230)}
    assert moved(found, "Emissions that exports drive") == {"China": (34, pytest.approx(31))}
    # 15 units of Hebei's output serve exports, at 1.8 t in place of 2; Guangdong's own stays.
    assert moved(found, "For exports, by emitting province") == {"CN-HE": (30, pytest.approx(27))}
    assert moved(found, "For exports, by consumer") == {
        "USA": (20, pytest.approx(18)),
        "JPN": (14, pytest.approx(13)),
    }
    by_consumer = subject(found, "For exports, by consumer").moved
    assert [each.code for each in by_consumer] == ["USA", "JPN"]  # the larger move first
    assert [each.moved_share for each in by_consumer] == [
        pytest.approx(-2 / 3),
        pytest.approx(-1 / 3),
    ]
    assert subject(found, "All emissions by province").same == 1
    assert [(each.kind, each.name) for each in found.inputs] == [("role", "sector_emission")]
    assert "PM2.5 that people breathe" in found.missing


def test_alike_files_say_of_how_many_figures(home: Home, tmp_path: Path) -> None:
    publish(tmp_path / "published" / "tradeplume.duckdb", 200, "open-2007")
    found = compare(side_of(str(tmp_path), home), side_of("open-2007", home), home)
    assert all(not each.moved and each.same > 0 for each in found.subjects)
    assert found.inputs == ()


def test_every_difference_is_written(home: Home, tmp_path: Path) -> None:
    publish(tmp_path / "hers.duckdb", 180, "open-2007")
    found = compare(side_of("open-2007", home), side_of(str(tmp_path / "hers.duckdb"), home), home)
    rows = _write(found, tmp_path / "moved.csv")
    assert rows == sum(len(each.moved) for each in found.subjects) > 0
    assert len((tmp_path / "moved.csv").read_text(encoding="utf-8").splitlines()) == rows + 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("open-2030", "has no edition open-2030; it has open-2007, open-2017"),
        ("99", "There is no release 99"),
        ("nowhere.duckdb", "no published file at nowhere.duckdb"),
    ],
)
def test_a_side_that_is_not_there_is_named(tmp_path: Path, text: str, said: str) -> None:
    home = locate(tmp_path)
    publish(home.published_file, 1, "open-2007", "open-2017")
    with pytest.raises(UserFacingError) as refusal:
        compare(side_of("open-2007", home), side_of(text, home), home)
    assert said in str(refusal.value)


def test_several_editions_and_none_named_are_a_question(tmp_path: Path) -> None:
    home = locate(tmp_path)
    publish(home.published_file, 1, "open-2007", "open-2017")
    place = str(home.published_file)
    with pytest.raises(UserFacingError, match="several editions: open-2007, open-2017"):
        compare(side_of(place, home), side_of(place, home), home)
    found = compare(side_of("open-2007@" + place, home), side_of(place, home), home)
    assert (found.a.edition, found.b.edition) == ("open-2007", "open-2007")
