"""The bundled price index: what was printed, chained, and nothing else."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from warehouse.bundle_prices import FILE, FOLDER, GDP, INDUSTRY, PRODUCER, price_table, write_prices
from warehouse.contracts import CONTRACTS
from warehouse.manifest import MANIFEST, read_manifest, sha256_of


def level(sector: str, year: int) -> float:
    frame = pl.read_parquet(FOLDER / FILE).filter(sector=sector, source_year=year)
    return float(frame["price_index"].item())


def test_the_file_is_what_the_printed_figures_give(tmp_path: Path) -> None:
    """Bytes and record come again from the two typed files."""
    for name in (PRODUCER, GDP):
        (tmp_path / name).write_bytes((FOLDER / name).read_bytes())
    write_prices(tmp_path)
    assert sha256_of(tmp_path / FILE) == sha256_of(FOLDER / FILE)
    assert (tmp_path / MANIFEST).read_text() == (FOLDER / MANIFEST).read_text()
    assert {path.name for path in FOLDER.iterdir()} == {FILE, PRODUCER, GDP, MANIFEST}


def test_levels_are_the_chained_changes() -> None:
    # 1.069 x 0.946 x 1.055 x 1.06 x 0.983, and on to 2017.
    assert level("metals", 2012) == pytest.approx(111.168, abs=0.001)
    assert level("metals", 2017) == pytest.approx(106.301, abs=0.001)
    assert level("ALL", 2017) == pytest.approx(100 * 105.70 / 76.20, abs=1e-4)


def test_every_sector_of_industry_has_rows_and_no_other() -> None:
    frame = price_table()
    assert frame.schema == CONTRACTS["deflator"].schema
    assert set(frame["sector"]) == {"ALL", *INDUSTRY}
    assert frame.height == 11 * (len(INDUSTRY) + 1)


def test_every_figure_names_its_page_and_each_series_its_publisher() -> None:
    for name in (PRODUCER, GDP):
        assert pl.read_csv(FOLDER / name)["page"].str.len_chars().min() > 10
    (entry,) = read_manifest(FOLDER).values()
    assert [source.producer for source in entry.sources] == [
        "National Bureau of Statistics of China",
        "World Bank",
    ]
    assert sum(source.rows for source in entry.sources) == entry.rows
    assert all(source.originals and source.terms_of_use for source in entry.sources)
