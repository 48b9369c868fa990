"""Two made-up editions in one file: their change by factor, what is noted, refused and carried over."""

from __future__ import annotations

import shutil
import tempfile
from datetime import datetime
from functools import cache
from pathlib import Path

import duckdb
import numpy as np
import polars as pl
import pytest

from flows.publishing import publish_home
from steps.change import write_changes
from tests.steps.two_editions import ABROAD, OWN, PEOPLE, PROVINCES, edition, write_marts
from warehouse import meta
from warehouse.database import connect, fetch
from warehouse.home import locate, prepare


def draft(path: Path) -> Path:
    """A file as gathering leaves it."""
    shutil.copy(_made(), path)
    return path


@cache
def _made() -> Path:
    path = Path(tempfile.mkdtemp()) / "made.duckdb"
    with duckdb.connect(str(path)) as con:
        write_marts(con)
        con.execute("create schema meta")
        con.execute(
            "create table meta.release as from (values ('open-2007', 2007, 'one'), ('open-2017', 2017, 'two'))"
            " as r(edition, year, fingerprint)"
        )
    return path


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = draft(tmp_path_factory.mktemp("change") / "draft.duckdb")
    assert write_changes(path, None).keys() == {
        "fct_change",
        "fct_change_interval",
        "fct_change_pair",
        "fct_change_pm25",
        "fct_change_sector",
        "fct_change_total",
    }
    return path


def ask(path: Path, query: str) -> list[tuple[object, ...]]:
    with connect(path, read_only=True) as con:
        return fetch(con, query)


def brute_force(year: int, path: Path) -> pl.DataFrame:
    """Emission by pollutant, province, own sector and common consumer: f L y without domestic demand."""
    with connect(path, read_only=True) as con:
        z = con.sql(f"from marts.fct_mrio_flow where year = {year}").pl()
        y = con.sql(f"from marts.fct_mrio_final_demand where year = {year}").pl()
        e = con.sql(f"from marts.fct_emission_inventory where year = {year}").pl()
    rows = [(r, s) for r in (*PROVINCES[year], *ABROAD[year]) for s in OWN[year]]
    at = {row: i for i, row in enumerate(rows)}
    flows, local = np.zeros((len(rows), len(rows))), len(PROVINCES[year]) * len(OWN[year])
    for _, _, a, b, c, d, value in z.rows():
        flows[at[a, b], at[c, d]] = value
    demand = dict.fromkeys(("CHN", "EU", "USA"), None)
    demand = {name: np.zeros(len(rows)) for name in demand}
    for _, _, a, b, buyer, value in y.rows():
        name = "CHN" if buyer.startswith("CN-") else "EU" if buyer == "DEU" else buyer
        demand[name][at[a, b]] += value
    x = flows.sum(axis=1) + sum(demand.values())
    a = flows / x
    whole = np.linalg.inv(np.eye(len(rows)) - a)
    inside = np.linalg.inv(np.eye(local) - a[:local, :local])
    found: list[tuple[object, ...]] = []
    for name, wanted in demand.items():
        driven = (whole @ wanted)[:local]
        if name == "CHN":
            driven = driven - inside @ wanted[:local]
        for _, _, province, sector, pollutant, _, tonnes in e.rows():
            row = at[province, sector]
            found.append((pollutant, province, sector, name, tonnes / x[row] * driven[row]))
    return pl.DataFrame(found, ["pollutant", "p", "s", "consumer", "t"], orient="row")


def test_both_years_are_the_footprint_in_the_editions_own_lists(written: Path) -> None:
    rows = ask(
        written,
        "select pollutant, producer_province, consumer_region, before_t, after_t from marts.fct_change_total",
    )
    own = [
        brute_force(year, written).group_by("pollutant", "p", "consumer").agg(pl.col("t").sum())
        for year in OWN
    ]
    before, after = ({tuple(key): t for *key, t in each.rows()} for each in own)
    assert len(rows) == 2 * 2 * 3
    for *key, one, other in rows:
        assert one == pytest.approx(before[tuple(key)])
        assert other == pytest.approx(after[tuple(key)])


def test_factors_sum_to_the_change_of_every_province_consumer_and_pollutant(written: Path) -> None:
    key = "edition, year, base_edition, base_year, producer_province, consumer_region, pollutant"
    ((gap, rows),) = ask(
        written,
        f"""
        select max(abs(change_t - (after_t - before_t))), count(*)
        from (select {key}, sum(change_t) as change_t from marts.fct_change group by all)
        full outer join marts.fct_change_total using ({key})
        """,
    )
    assert rows == 12
    assert gap < 1e-10


def test_what_the_common_list_loses_is_a_factor_of_its_own(written: Path) -> None:
    ((lost,),) = ask(
        written, "select sum(abs(change_t)) from marts.fct_change where factor = 'sector_list'"
    )
    assert lost > 1e-3


def test_concentrations_sum_to_the_change_of_levels(written: Path) -> None:
    """Level: the edition's own sensitivities x its own emission, over the two provinces that are compared."""
    level = {}
    for year in OWN:
        with connect(written, read_only=True) as con:
            per_t = con.sql(
                "select receptor, pollutant, producer_province as p, producer_sector as s,"
                " sum(sensitivity_ug_m3_per_t) as per_t from marts.fct_pm25_sensitivity"
                f" where year = {year} and producer_province <> 'CN-XZ' group by all"
            ).pl()
        both = brute_force(year, written).join(per_t, on=["pollutant", "p", "s"])
        sums = both.group_by("receptor", "consumer").agg((pl.col("t") * pl.col("per_t")).sum())
        level[year] = {(r, c): v for r, c, v in sums.rows()}
    found = ask(
        written,
        "select receptor, consumer_region, sum(change_ug_m3), count(*) from marts.fct_change_pm25 group by all",
    )
    assert len(found) == len(PEOPLE) * 3
    for receptor, consumer, change, factors in found:
        key = (str(receptor), str(consumer))
        assert change == pytest.approx(level[2017][key] - level[2007][key], abs=1e-12)
        assert factors in (8, 9)


def test_the_pair_says_what_differs_and_what_is_left_out(written: Path) -> None:
    ((is_done, reason, caution, left_out, provinces, sectors, orders, residual),) = ask(
        written,
        "select is_decomposed, why_not, caution, left_out, provinces, sectors, orders, residual_share"
        " from marts.fct_change_pair",
    )
    assert (is_done, reason, left_out, provinces, sectors, orders) == (
        True,
        "",
        "CN-XZ",
        2,
        2,
        5040,
    )
    assert caution == (
        "The size of China's sectors: as_booked in 2007, global_table in 2017;"
        " without CN-XZ, with a table in one year alone."
    )
    assert residual is not None
    assert float(str(residual)) < 1e-9


def test_a_pair_of_the_same_runs_is_carried_over_and_of_others_made_again(
    written: Path, tmp_path: Path
) -> None:
    with connect(written) as con:
        con.execute("update marts.fct_change set change_t = 12345 where factor = 'destination'")
    marked = "select count(*) from marts.fct_change where change_t = 12345"
    again = draft(tmp_path / "again.duckdb")
    write_changes(again, written)
    assert ask(again, marked) == ask(written, marked) != [(0,)]
    other = draft(tmp_path / "other.duckdb")
    with connect(other) as con:
        con.execute("update meta.release set fingerprint = 'another run' where year = 2007")
    write_changes(other, written)
    assert ask(other, marked) == [(0,)]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ("delete from marts.dim_edition where year = 2007", "dim_edition has no row of open-2007"),
        (
            "update marts.dim_edition set is_synthetic = true where year = 2017",
            "synthetic files, the other is not",
        ),
        (
            "update marts.fct_emission_inventory set emission_t = 'NaN' where sector = 'A' and province = 'CN-BJ'",
            "missing or infinite",
        ),
    ],
)
def test_what_cannot_be_compared_says_why(change: str, reason: str, tmp_path: Path) -> None:
    path = draft(tmp_path / "draft.duckdb")
    with connect(path) as con:
        con.execute(change)
    assert write_changes(path, None)["fct_change"] == 0
    ((is_done, why),) = ask(path, "select is_decomposed, why_not from marts.fct_change_pair")
    assert not is_done
    assert reason in str(why)


def test_one_edition_has_no_pair_and_no_linked_table_no_marts(tmp_path: Path) -> None:
    path = draft(tmp_path / "one.duckdb")
    with connect(path) as con:
        con.execute("delete from marts.fct_mrio_output where year = 2007")
    assert set(write_changes(path, None).values()) == {0}
    empty = tmp_path / "empty.duckdb"
    with duckdb.connect(str(empty)) as con:
        con.execute("create schema marts")
    assert write_changes(empty, None) == {}


def test_editions_published_together_are_compared_and_kept(tmp_path: Path) -> None:
    """The way of the commands: two working files, one published file, a second publishing."""
    home = locate(tmp_path)
    prepare(home)
    for year in OWN:
        with connect(home.working_file(edition(year), year).path) as con:
            meta.ensure_tables(con)
            write_marts(con, (year,))
            step = meta.FinishedStep("gate-marts", f"run of {year}", datetime.now(), 1.0, 1)
            meta.record_step(con, step, {})
    rows = {mart.mart: mart.rows for mart in publish_home(home).marts}
    assert rows["fct_change_pair"] == 1
    assert rows["fct_change"] > 12
    asked = "select edition, base_edition, is_decomposed from marts.fct_change_pair"
    assert ask(home.published_file, asked) == [("open-2017", "open-2007", True)]
    before = home.checksums_file.read_text()
    release = publish_home(home)
    assert home.checksums_file.read_text() == before
    assert release.kept.number == 1
    assert ask(home.published_file, "select count(*) from marts.fct_release_change") == [(0,)]
