"""Landing: which files fill a role, what is passed over, what is refused, and the provenance."""

from __future__ import annotations

import hashlib
import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest
from role_samples import role_table
from source_samples import (
    wiod_file,
    wiod_parts,
    write_census,
    write_exports,
    write_panel,
    write_rda,
    write_reas,
)

from warehouse.edition import Edition, load_edition
from warehouse.errors import InputError
from warehouse.landing import RoleInput, SourceFiles, resolve, resolve_role
from warehouse.loading import load_roles, role_parts
from warehouse.manifest import MANIFEST
from warehouse.role_provenance import of_bundled, of_landed
from warehouse.role_reading import read_role
from warehouse.sources.base import role_frame
from warehouse.sources.notes import collected


@pytest.fixture
def edition(tmp_path: Path) -> Edition:
    return load_edition("open-2007", tmp_path)


def folder_of(home: Path, role: str) -> Path:
    folder = home / "landing" / "open-2007" / role
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def input_of(edition: Edition, home: Path, role: str) -> RoleInput:
    return next(item for item in resolve(edition, home) if item.role == role)


def refusal(edition: Edition, home: Path) -> InputError:
    with pytest.raises(InputError) as caught:
        resolve(edition, home)
    assert caught.value.remedy
    return caught.value


def test_without_landed_files_the_bundled_ones_fill_every_role(
    edition: Edition, tmp_path: Path
) -> None:
    inputs = resolve(edition, tmp_path)
    # The rest is what a user may bring.
    filled = [role for role, files in edition.roles.items() if files.files]
    assert [item.role for item in inputs] == filled
    assert all(edition.roles[role].optional for role in edition.roles.keys() - {*filled})
    assert all(item.is_bundled and len(item.files) == 1 and not item.notes for item in inputs)


def test_every_bundled_role_keeps_its_contract_and_says_whose_it_is(
    edition: Edition, tmp_path: Path
) -> None:
    for item in resolve(edition, tmp_path):
        frame, records = read_role(item)
        assert frame.height > 0
        assert records
        for record in records:
            assert record.is_bundled
            assert record.role == item.role
            assert record.producer
            assert record.citation
            assert record.licence
            assert len(record.original_sha256) == 64
            assert record.original_bytes > 0
            assert 1990 < record.vintage_year <= 2024
            assert 0 < record.loaded_rows <= frame.height
        assert {record.file_name for record in records} == {f"{item.role}.parquet"}


def test_provenance_has_the_columns_of_the_raw_table(edition: Edition, tmp_path: Path) -> None:
    _, records = read_role(input_of(edition, tmp_path, "subsector_emission"))
    table = pl.DataFrame(records)
    assert table.height == 6
    assert ", ".join(table.columns) == (
        "role, file_name, reader, producer, title, citation, licence, terms_of_use, "
        "accessed_date, vintage_year, original_file_name, original_sha256, original_bytes, "
        "loaded_rows, is_bundled, conversions"
    )


def test_the_genuine_file_of_a_user_replaces_the_bundled_one(
    edition: Edition, tmp_path: Path
) -> None:
    path = wiod_file(folder_of(tmp_path, "global_table"))
    item = input_of(edition, tmp_path, "global_table")
    assert item.sources == (SourceFiles("wiod", (path,)),)
    assert not item.is_bundled
    frame, (record,) = read_role(item)
    assert frame.height == 59
    assert record.original_sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert record.original_bytes == path.stat().st_size
    assert record.accessed_date == datetime.fromtimestamp(path.stat().st_mtime, tz=UTC).date()
    assert (record.reader, record.vintage_year, record.loaded_rows) == ("wiod", 2007, 59)
    assert not record.is_bundled
    assert input_of(edition, tmp_path, "population").is_bundled


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_a_users_tidy_table_always_works(edition: Edition, tmp_path: Path, suffix: str) -> None:
    frame = role_table("global_table")
    path = folder_of(tmp_path, "global_table") / f"own{suffix}"
    frame.write_csv(path) if suffix == ".csv" else frame.write_parquet(path)
    item = input_of(edition, tmp_path, "global_table")
    loaded, (record,) = read_role(item)
    assert loaded.equals(frame)
    assert (record.reader, record.producer) == ("tidy", "Supplied by the user")


def test_unfinished_and_hidden_files_are_passed_over_with_a_note(
    edition: Edition, tmp_path: Path
) -> None:
    folder = folder_of(tmp_path, "global_table")
    for name in (
        "wiod07.rda.part",
        "x.tmp",
        ".wiod07.rda",
        "~$book.xlsx",
        "y.csv.crdownload",
        "Read Me.txt",
    ):
        (folder / name).write_bytes(b"half")
    item = input_of(edition, tmp_path, "global_table")
    assert item.is_bundled
    assert len(item.notes) == 6
    assert any("wiod07.rda.part" in note for note in item.notes)
    assert any("Read Me.txt is a text about files" in note for note in item.notes)


def test_two_files_for_one_place_are_both_named(edition: Edition, tmp_path: Path) -> None:
    folder = folder_of(tmp_path, "global_table")
    first, second = wiod_file(folder), write_rda(folder / "wiod11.rda", wiod_parts(2011))
    error = refusal(edition, tmp_path)
    assert error.file == f"{first} and {second}"
    assert error.expected == "1 file for reader wiod"


def test_files_of_two_readers_for_one_place_are_both_named(
    edition: Edition, tmp_path: Path
) -> None:
    folder = folder_of(tmp_path, "global_table")
    first, second = wiod_file(folder), folder / "own.parquet"
    role_table("global_table").write_parquet(second)
    assert refusal(edition, tmp_path).file == f"{second} and {first}"


def test_export_totals_of_two_publishers_add_up(edition: Edition, tmp_path: Path) -> None:
    folder = folder_of(tmp_path, "export_total")
    write_panel(folder / "panel.csv")
    write_exports(folder / "exports_2007.csv")
    frame, records = read_role(input_of(edition, tmp_path, "export_total"))
    assert frame.height == 60
    assert {(record.reader, record.loaded_rows) for record in records} == {
        ("provincial_panel", 30),
        ("provincial_exports", 30),
    }


def test_two_sources_of_the_same_figure_are_refused(edition: Edition, tmp_path: Path) -> None:
    folder = folder_of(tmp_path, "export_total")
    write_panel(folder / "panel.csv")
    role_table("export_total").write_parquet(folder / "own.parquet")
    item = input_of(edition, tmp_path, "export_total")
    with pytest.raises(InputError) as caught:
        read_role(item)
    assert "same key" in caught.value.message
    assert "panel.csv" in str(caught.value.file)
    assert "own.parquet" in str(caught.value.file)
    assert str(caught.value.row).endswith("of the table read from it")


def test_the_census_takes_its_two_files_and_keeps_its_year(
    edition: Edition, tmp_path: Path
) -> None:
    write_census(folder_of(tmp_path, "population"))
    frame, records = read_role(input_of(edition, tmp_path, "population"))
    assert frame.height == 2
    assert [record.vintage_year for record in records] == [2020, 2020]


def test_an_unpacked_folder_may_be_landed(edition: Edition, tmp_path: Path) -> None:
    folder = folder_of(tmp_path, "sector_emission")
    archive = write_reas(tmp_path / "reas.tar.gz")
    shutil.unpack_archive(archive, folder, filter="data")
    item = input_of(edition, tmp_path, "sector_emission")
    assert item.files == [folder / "REASv3.2"]
    _, (record,) = read_role(item)
    before = record.original_sha256
    file = next((folder / "REASv3.2").rglob("*_CO2.txt"))
    file.write_text("changed", encoding="ascii")
    _, (record,) = read_role(item)
    assert record.original_sha256 != before


@pytest.mark.parametrize(
    ("name", "content"),
    [("wiod07.rda", b""), ("wiod07.rda", b"text"), ("notes.txt", b"see below"), ("t.xlsx", b"PK")],
)
def test_a_file_that_no_reader_knows_is_refused(
    edition: Edition, tmp_path: Path, name: str, content: bytes
) -> None:
    path = folder_of(tmp_path, "global_table") / name
    path.write_bytes(content)
    error = refusal(edition, tmp_path)
    assert error.file == str(path)
    assert (
        "readers wiod, icio_factored, icio_earlier, icio, exiobase3, eora26, gloria, wiod_workbook, tidy"
        in str(error.expected)
    )
    assert "from_region, from_sector" in str(error.expected)


@pytest.mark.parametrize("name", ["globaltable/wiod07.rda", "wiod07.rda"])
def test_what_belongs_to_no_role_is_refused(edition: Edition, tmp_path: Path, name: str) -> None:
    path = tmp_path / "landing" / "open-2007" / name
    path.parent.mkdir(parents=True)
    path.write_bytes(b"x")
    assert "global_table" in str(refusal(edition, tmp_path).expected)


def test_a_role_without_any_file_says_where_it_was_looked_for(
    edition: Edition, tmp_path: Path
) -> None:
    roles = {"global_table": {"reader": "wiod"}}
    hungry = Edition.model_validate({**edition.model_dump(), "roles": roles})
    error = refusal(hungry, tmp_path)
    assert "global_table" in error.message
    assert str(tmp_path / "landing" / "open-2007" / "global_table") in str(error.expected)
    assert (
        "wiod, icio_factored, icio_earlier, icio, exiobase3, eora26, gloria, wiod_workbook, tidy"
        in str(error.expected)
    )


def test_a_bundled_file_that_is_gone_is_named(edition: Edition, tmp_path: Path) -> None:
    roles = {"global_table": {"reader": "tidy", "files": ["bundled/open_2007/gone.parquet"]}}
    broken = Edition.model_validate({**edition.model_dump(), "roles": roles})
    assert str(refusal(broken, tmp_path).file).endswith("gone.parquet")


def test_an_editions_own_file_beside_it_is_read(edition: Edition, tmp_path: Path) -> None:
    wiod_file(tmp_path)
    own = Edition.model_validate(
        {
            **edition.model_dump(),
            "roles": {"global_table": {"reader": "wiod", "files": ["wiod07.rda"]}},
            "folder": tmp_path,
        }
    )
    (item,) = resolve(own, tmp_path)
    assert not item.is_bundled
    assert read_role(item)[0].height == 59


def test_a_changed_bundled_file_is_refused(edition: Edition, tmp_path: Path) -> None:
    (original,) = edition.paths_of("export_total")
    copy = tmp_path / original.name
    pl.read_parquet(original).with_columns(pl.col("value_million") * 2).write_parquet(copy)
    shutil.copy(original.parent / MANIFEST, tmp_path)
    item = RoleInput("export_total", 2007, (SourceFiles("tidy", (copy,)),), is_bundled=True)
    with pytest.raises(InputError) as caught:
        read_role(item)
    assert "not the one that was shipped" in caught.value.message
    shutil.copy(original, copy)
    assert read_role(item)[0].height == 60
    (tmp_path / MANIFEST).write_text("export_total.parquet: {}", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_role(item)
    assert str(caught.value.file).endswith(MANIFEST)


def test_a_landed_table_that_breaks_its_contract_is_refused(
    edition: Edition, tmp_path: Path
) -> None:
    parts = wiod_parts()
    parts["output07"]["output07"][2] += 500
    path = write_rda(folder_of(tmp_path, "global_table") / "wiod07.rda", parts)
    with pytest.raises(InputError) as caught:
        read_role(input_of(edition, tmp_path, "global_table"))
    assert caught.value.file == str(path)
    assert "(ROW, c1)" in caught.value.message


def city_day(place: str, day: date, value: float, kind: str = "city") -> tuple[object, ...]:
    return (kind, place, day, "PM2.5", "daily", 24, 0, 0, 0, value)


def test_landed_observations_complete_the_bundled_ones(tmp_path: Path) -> None:
    edition = load_edition("air-open", tmp_path)
    day, later = date(2025, 1, 1), date(2030, 1, 1)
    rows = [city_day("110000", day, 999.0), city_day("110000", later, 12.0)]
    path = tmp_path / "landing" / "air-open" / "observation" / "mine.parquet"
    path.parent.mkdir(parents=True)
    role_frame(rows, "observation").write_parquet(path)
    item = input_of(edition, tmp_path, "observation")
    assert not item.is_bundled
    with collected() as notes:
        frame, records = read_role(item)
    bundled = pl.read_parquet(edition.paths_of("observation")[0])
    assert frame.height == bundled.height + 1
    beijing = frame.filter(place="110000", pollutant="PM2.5")
    assert beijing.filter(date=day)["value_ug_m3"].to_list() == [999.0], "the user's own goes first"
    assert beijing.filter(date=later)["value_ug_m3"].to_list() == [12.0]
    assert [str(item) for item in notes] == [
        f"1 of the edition's own {bundled.height:,} rows gave way to landed ones"
    ]
    assert {(record.is_bundled, record.reader) for record in records} == {
        (True, "city_table"),
        (False, "tidy"),
    }


def test_tables_of_two_readers_join_whatever_the_order_of_their_columns(tmp_path: Path) -> None:
    edition = load_edition("air-open", tmp_path)
    folder = tmp_path / "landing" / "air-open" / "observation"
    folder.mkdir(parents=True)
    hours = "".join(f"20240101,{hour},PM2.5,{30 + hour % 5}\n" for hour in range(24))
    (folder / "china_cities_20240101.csv").write_text(
        f"date,hour,type,济南\n{hours}", encoding="utf-8"
    )
    (folder / "days.csv").write_text("date,city,PM2.5\n2024-01-02,济南,31\n", encoding="utf-8")
    frame, records = read_role(input_of(edition, tmp_path, "observation"))
    jinan = frame.filter(place="济南").sort("date")
    assert jinan["time_basis"].to_list() == ["hourly", "daily"]
    assert {record.reader for record in records} == {"city_table", "cnemc"}


def test_landed_stations_take_the_place_of_a_days_cities(tmp_path: Path) -> None:
    edition = load_edition("air-open", tmp_path)
    day = date(2025, 1, 1)
    path = tmp_path / "landing" / "air-open" / "observation" / "stations.parquet"
    path.parent.mkdir(parents=True)
    role_frame([city_day("1001A", day, 50.0, "station")], "observation").write_parquet(path)
    frame, _ = read_role(input_of(edition, tmp_path, "observation"))
    assert frame.filter(date=day)["place"].to_list() == ["1001A"]
    assert frame.filter(date=date(2025, 1, 2)).height > 1000


def test_a_change_of_what_finds_reads_or_records_files_makes_a_role_stale(tmp_path: Path) -> None:
    found = resolve_role(load_edition("open-2007"), "export_total", tmp_path)
    assert found is not None
    deciding = (resolve_role, read_role, of_bundled, of_landed, load_roles)
    files = {f"code {each.__module__.replace('.', '/')}.py" for each in deciding}
    assert files <= role_parts(found).keys()
