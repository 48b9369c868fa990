"""The default edition as a user runs it: one command, a published file, the same again."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

REPOSITORY = Path(__file__).resolve().parent.parent
POLLUTANTS = {"NOx", "SO2", "CO", "NH3", "BC", "OC", "PM25_other", "APE"}

# One process computes, the others read: all tests of this file on one worker.
pytestmark = pytest.mark.xdist_group("open-2007")


def tradeplume(home: Path, *arguments: str, expect: int = 0) -> str:
    command = [sys.executable, "-c", "from flows.cli import main; main()", *arguments]
    done = subprocess.run(
        command,
        cwd=REPOSITORY,
        env={**os.environ, "TRADEPLUME_HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == expect, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("home")
    tradeplume(folder, "run", "--quiet")
    return folder


@pytest.fixture(scope="module")
def marts(home: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(home / "published" / "tradeplume.duckdb"), read_only=True) as con:
        con.execute("use tradeplume.marts")
        yield con


def value(con: duckdb.DuckDBPyConnection, query: str) -> float:
    return con.execute(query).fetchall()[0][0]


def test_every_check_of_the_run_passed(marts):
    assert value(marts, "select count(*) from fct_check_result where gate = 'identity'") >= 12
    assert value(marts, "select count(*) from fct_check_result where not passed") == 0


def test_every_mart_and_column_is_described(marts):
    unsaid = marts.execute(
        "select table_name, column_name from duckdb_columns()"
        " where schema_name = 'marts' and not internal and coalesce(comment, '') = ''"
    ).fetchall()
    assert unsaid == []


def test_exports_of_the_provinces_are_the_world_tables_exports(marts):
    exports = value(marts, "select sum(export_musd) from fct_export_value")
    # WIOD 2007: China's deliveries abroad, summed over the published table (see SOURCES.yml).
    assert exports == pytest.approx(1_340_501, rel=1e-9)


def test_provincial_output_is_that_of_the_tables(marts):
    output = value(
        marts,
        "select sum(output_musd) from fct_mrio_output"
        " inner join dim_region on region = code where kind = 'province'",
    )
    # 78.268 tn yuan of gross output in 30 tables, at 7.604 yuan per dollar.
    assert output == pytest.approx(78_267_999 / 7.604, rel=1e-3)


def test_inventory_sums_to_the_published_national_emissions(marts):
    # REAS v3.2, 2007, 31 provinces, Mt.
    published = {"SO2": 31.33, "NOx": 23.64, "CO": 171.07, "NH3": 13.09, "BC": 1.70, "OC": 3.40}
    ours = dict(
        marts.execute(
            "select pollutant, sum(emission_t) / 1e6 from fct_emission_inventory group by 1"
        ).fetchall()
    )
    assert set(ours) == POLLUTANTS
    for pollutant, megatonnes in published.items():
        assert ours[pollutant] == pytest.approx(megatonnes, abs=0.006)


def test_tibet_and_private_sources_are_counted_and_flagged(marts):
    outside = dict(
        marts.execute(
            "select sector, count(*) from fct_emission_inventory where not in_footprint group by 1"
        ).fetchall()
    )
    assert {"households", "private_vehicles"} <= set(outside)
    inside = value(
        marts,
        "select count(*) from fct_emission_inventory where in_footprint and province = 'CN-XZ'",
    )
    assert inside == 0


def test_direct_and_indirect_and_all_uses_make_up_the_whole(marts):
    whole, parts = marts.execute(
        "select sum(output_musd),"
        " sum(output_musd) filter (where producer_province = exporter_province)"
        " + sum(output_musd) filter (where producer_province <> exporter_province)"
        " from fct_export_output"
    ).fetchall()[0]
    assert parts == pytest.approx(whole, rel=1e-12)
    uses = {
        use
        for (use,) in marts.execute("select distinct product_use from fct_export_output").fetchall()
    }
    assert uses == {"final", "intermediate"}


def test_returned_exports_are_intermediate_only(marts):
    uses = marts.execute(
        "select distinct product_use from fct_export_output where consumer_region = 'CHN'"
    ).fetchall()
    assert uses == [("intermediate",)]


def test_export_shares_lie_where_the_one_comparable_study_found_them(marts):
    low, high = (
        value(marts, f"select ours from fct_published_figure where figure_id = 'z01_{end}'")
        for end in ("low", "high")
    )
    tolerance = value(
        marts, "select tolerance from fct_published_figure where figure_id = 'z01_low'"
    )
    assert low == pytest.approx(15, abs=tolerance)
    assert high == pytest.approx(23, abs=tolerance)
    assert low < high


def test_supply_chains_sum_to_the_footprint_and_paths_stay_below_it(marts):
    layers = value(
        marts,
        "select sum(emission_t) from fct_production_layer"
        " where variant = 'domestic' and pollutant = 'SO2'",
    )
    whole = value(marts, "select sum(emission_t) from fct_export_emission where pollutant = 'SO2'")
    assert layers == pytest.approx(whole, rel=1e-9)
    shares = value(
        marts, "select sum(ape_share) from fct_supply_chain_path where scope = 'exporter'"
    )
    assert 0 < shares < 1
    assert (
        value(
            marts,
            "select count(*) from fct_supply_chain_path where scope = 'overall' and layer = 0"
            " and path not like '%: %'",
        )
        == 0
    )


def test_a_second_run_skips_everything_and_keeps_the_numbers(home):
    before = (home / "published" / "checksums.csv").read_text()
    printed = tradeplume(home, "run")
    assert "balance: done" not in printed
    assert (home / "published" / "checksums.csv").read_text() == before


def test_making_the_balance_again_gives_the_same_checksums(home):
    before = checksums(home)
    tradeplume(home, "run", "--quiet", "--from", "balance")
    assert checksums(home) == before


def checksums(home: Path) -> dict[str, str]:
    with (home / "published" / "checksums.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) >= 20
    return {row["mart"]: row["checksum"] for row in rows}


def test_sql_on_the_published_file_reads_and_never_writes(home):
    answer = tradeplume(home, "sql", "select count(*) as n from dim_pollutant", "--format", "csv")
    assert answer.split() == ["n", "8"]
    tradeplume(home, "sql", "delete from dim_pollutant", expect=1)


def test_status_says_that_nothing_is_stale(home):
    assert "open-2007" in tradeplume(home, "status")
