"""The bundled figures: what the genuine readers make from the originals, whole and unchanged."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from source_samples import write_exports, write_panel

from warehouse import bundle
from warehouse.bundle import BUNDLED, BUNDLES, Part, bundled_table, main, read_part
from warehouse.contracts import CONTRACTS, validate
from warehouse.errors import InputError
from warehouse.manifest import MANIFEST, read_manifest, sha256_of
from warehouse.sources import READERS

pytestmark = pytest.mark.slow

SharedData = Callable[[str], Path]
FOLDER = BUNDLED / "open_2007"
OPEN = [("open_2007", 2007), ("open_2012", 2012), ("open_2017", 2017)]
TABLES = [(*each, role) for each in OPEN for role in sorted({part.role for part in BUNDLES[each]})]
MAX_BYTES = 15_000_000


def bundled(role: str, name: str = "open_2007") -> pl.DataFrame:
    return pl.read_parquet(BUNDLED / name / f"{role}.parquet")


@pytest.mark.parametrize("name", [name for name, _ in OPEN])
def test_the_bundle_is_small_and_whole(name: str) -> None:
    folder = BUNDLED / name
    entries = read_manifest(folder)
    files = {path.name for path in folder.iterdir()} - {MANIFEST}
    assert (
        files == set(entries) == {f"{role}.parquet" for bundle, _, role in TABLES if bundle == name}
    )
    assert sum(path.stat().st_size for path in folder.iterdir()) < MAX_BYTES
    for file, entry in entries.items():
        assert sha256_of(folder / file) == entry.sha256
        rows = sum(item.rows for item in entry.sources)
        assert bundled(entry.role, name).height == entry.rows == rows


@pytest.mark.parametrize(("name", "_year", "role"), TABLES)
def test_a_bundled_table_keeps_its_contract_sorted_by_key(name: str, _year: int, role: str) -> None:
    frame = bundled(role, name)
    assert frame.schema == CONTRACTS[role].schema
    assert validate(frame, CONTRACTS[role], file=role).equals(frame.sort(CONTRACTS[role].key))


@pytest.mark.parametrize("name", [name for name, _ in OPEN])
def test_every_bundled_source_names_its_publisher_and_terms(name: str) -> None:
    for entry in read_manifest(BUNDLED / name).values():
        for source in entry.sources:
            publication = READERS[source.reader].publication
            assert source.producer == publication.producer
            assert source.citation == publication.citation
            assert source.licence
            assert source.terms_of_use
            assert source.originals


def test_non_commercial_terms_stand_beside_the_figures() -> None:
    (source,) = read_manifest(FOLDER)["sector_emission.parquet"].sources
    assert "Non-commercial" in source.terms_of_use
    assert "Kurokawa" in source.citation


def test_bundled_sums_are_the_published_ones() -> None:
    world, provinces = bundled("global_table"), bundled("provincial_table")
    china = pl.col("from_region") == "CHN"
    assert world.filter(china, block="output")["value_musd"].sum() == 10_740_915
    abroad = world.filter(china & (pl.col("to_region") != "CHN"))
    assert abroad["value_musd"].sum() == 1_340_501
    output = provinces.filter(row_kind="sector", column_code="GO")["value_10k_cny"].sum()
    assert output / 1e8 == pytest.approx(78.27, abs=0.005)  # trillion CNY
    emission = bundled("sector_emission").filter(source_sector="TOTAL", pollutant="SO2")
    assert emission["emission_t"].sum() / 1e6 == pytest.approx(31.33, abs=0.005)
    proxy = bundled("emission_proxy").filter(
        source_sector="Total Consumption", component="scope1_total"
    )
    assert proxy["value_mt_co2"].sum() == pytest.approx(6822.3, abs=0.05)
    goods = bundled("export_total").filter(concept="goods_by_origin")
    assert goods["value_million"].sum() / 1000 == pytest.approx(1217.5, abs=0.05)
    assert bundled("population")["population_persons"].sum() == 1_409_878_724


def test_only_what_may_be_bundled_is() -> None:
    assert set(bundled("emission_proxy")["component"]) == {"raw_coal", "process", "scope1_total"}
    assert set(bundled("subsector_emission")["region"]) == {"CHIN_PLUS"}
    assert bundled("sector_emission").select("province", "pollutant").n_unique() == 31 * 7


@pytest.mark.parametrize(("name", "year", "role"), TABLES)
def test_the_genuine_readers_make_what_is_bundled(
    name: str, year: int, role: str, shared_data: SharedData
) -> None:
    parts = [part for part in BUNDLES[name, year] if part.role == role]
    root = Path()
    for original in (name for part in parts for name in part.originals):
        root = shared_data(original).parents[len(Path(original).parts) - 1]
    made = bundled_table(role, [read_part(part, year, root) for part in parts], role)
    assert made.equals(bundled(role, name))
    (entry,) = (item for item in read_manifest(BUNDLED / name).values() if item.role == role)
    for part, source in zip(parts, entry.sources, strict=True):
        assert source.reader == part.reader
        for name, original in zip(part.originals, source.originals, strict=True):
            assert sha256_of(root / name) == original.sha256


CITIES = BUNDLED / "air_cities"


@pytest.mark.parametrize("role", sorted({part.role for part in BUNDLES["air_cities", 2025]}))
def test_the_readers_make_what_is_bundled_of_the_cities(role: str, shared_data: SharedData) -> None:
    parts = [part for part in BUNDLES["air_cities", 2025] if part.role == role]
    root = Path()
    for original in (name for part in parts for name in part.originals):
        root = shared_data(original).parents[len(Path(original).parts) - 1]
    made = bundled_table(role, [read_part(part, 2025, root) for part in parts], role)
    assert made.equals(pl.read_parquet(CITIES / f"{role}.parquet"))


def test_the_bundle_of_cities_is_small_coded_and_names_its_terms() -> None:
    entries = read_manifest(CITIES)
    assert sum(path.stat().st_size for path in CITIES.iterdir()) < 1_000_000
    for name, entry in entries.items():
        frame = pl.read_parquet(CITIES / name)
        assert sha256_of(CITIES / name) == entry.sha256
        assert validate(frame, CONTRACTS[entry.role], file=name).equals(frame)
        assert all(source.citation and source.licence for source in entry.sources)
    days = pl.read_parquet(CITIES / "observation.parquet")
    assert set(days["pollutant"]) == {"PM2.5", "PM10", "SO2", "NO2"}, "its ozone is not the index's"
    assert "non-commercial" in entries["observation.parquet"].sources[0].licence
    cities = pl.read_csv(
        bundle.CITY_NAMES.with_name("city.csv"), schema_overrides={"code": pl.String}
    )
    assert set(days["place"]) == set(cities["code"]) - {"419001", "460300"}, (
        "all but Jiyuan and Sansha"
    )
    assert cities["is_in_nation"].sum() == 339, "as the ministry counts"


def test_the_script_writes_the_same_bytes_each_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_panel(tmp_path / "panel.csv")
    write_exports(tmp_path / "exports_2007.csv")
    parts = (
        Part("export_total", "provincial_panel", ("panel.csv",), 2007, "2026-01-02"),
        Part("export_total", "provincial_exports", ("exports_2007.csv",), 2007, "2026-01-02"),
        Part(
            "population_total",
            "provincial_panel",
            ("panel.csv",),
            2007,
            "2026-01-02",
            keep=pl.col("source_year") == 2007,
            note="2007 alone.",
        ),
    )
    monkeypatch.setattr(bundle, "BUNDLES", {("small", 2007): parts})
    for run in ("first", "second"):
        assert main(["--from", str(tmp_path), "--to", str(tmp_path / run)]) == 0
    written = sorted((tmp_path / "first" / "small").iterdir())
    assert [path.name for path in written] == [
        MANIFEST,
        "export_total.parquet",
        "population_total.parquet",
    ]
    for path in written:
        assert (tmp_path / "second" / "small" / path.name).read_bytes() == path.read_bytes()
    entry = read_manifest(tmp_path / "first" / "small")["export_total.parquet"]
    assert [source.rows for source in entry.sources] == [30, 30]
    assert entry.sources[0].originals[0].bytes == (tmp_path / "panel.csv").stat().st_size
    assert pl.read_parquet(written[2]).height == 30, "the rows that may be kept, and no others"
    assert "export_total.parquet" in capsys.readouterr().out


def test_the_script_names_an_original_that_is_missing(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        main(["--from", str(tmp_path / "nowhere"), "--to", str(tmp_path / "out")])
    assert str(caught.value.file).endswith("wiod07.rda")
