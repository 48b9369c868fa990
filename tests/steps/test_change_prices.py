"""Prices, sectors and intervals of a change between two made-up editions, and what stops their publishing."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from expectations.changes import judge_changes
from flows.publishing import _changes
from steps.change import write_changes
from tests.steps.test_change import ask, brute_force, draft
from tests.steps.two_editions import write_deflator
from warehouse.database import connect
from warehouse.errors import GateFailed

DOUBLED = {("ALL", 2007): 50.0, ("ALL", 2017): 100.0}


def compared(
    path: Path, prices: dict[tuple[str, int], float] | None = None, year: int = 2017
) -> Path:
    """A draft with its marts of changes; prices: of the edition of that year."""
    draft(path)
    if prices is not None:
        with connect(path) as con:
            write_deflator(con, year, prices)
    write_changes(path, None)
    return path


@pytest.fixture(scope="module")
def nominal(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return compared(tmp_path_factory.mktemp("nominal") / "draft.duckdb")


@pytest.fixture(scope="module")
def deflated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return compared(tmp_path_factory.mktemp("deflated") / "draft.duckdb", DOUBLED)


def factors(path: Path, where: str = "true") -> dict[object, float]:
    rows = ask(path, f"select factor, sum(change_t) from marts.fct_change where {where} group by 1")
    return {factor: float(str(change)) for factor, change in rows}


def test_every_row_says_in_whose_prices(nominal: Path, deflated: Path) -> None:
    for path, rule in ((nominal, "current"), (deflated, "base_year")):
        for mart in ("fct_change", "fct_change_sector", "fct_change_pm25", "fct_change_pair"):
            assert ask(path, f"select distinct prices from marts.{mart}") == [(rule,)]
    note = "select price_note from marts.fct_change_pair"
    assert ask(deflated, note) == [("An office",)]
    assert "compute them again" in str(ask(nominal, note))


def test_prices_that_double_leave_the_volume_smaller_and_the_change_as_it_is(
    nominal: Path, deflated: Path
) -> None:
    money, real = factors(nominal), factors(deflated)
    assert sum(real.values()) == pytest.approx(sum(money.values()))
    assert real["export_volume"] < money["export_volume"]
    assert real["emission_intensity"] > money["emission_intensity"]
    sure = (
        "select prices, sum(point_t) from marts.fct_change_interval where factor = 'export_volume'"
    )
    rows = dict(ask(deflated, f"{sure} and place = 'CHN' and consumers = 'all' group by 1"))
    assert rows["current"] == pytest.approx(money["export_volume"])
    assert rows["base_year"] == pytest.approx(real["export_volume"])


def test_a_sectors_own_prices_count_before_those_of_all(tmp_path: Path, deflated: Path) -> None:
    """Only sector b has a price; then only sector a, by ALL: together they are what doubles everything."""
    own = {**DOUBLED, ("b", 2007): 1.0, ("b", 2017): 1.0}
    path = compared(tmp_path / "own.duckdb", own)
    assert factors(path)["product_mix"] != pytest.approx(factors(deflated)["product_mix"])
    both = {(sector, year): p for (_, year), p in DOUBLED.items() for sector in ("a", "b")}
    again = compared(tmp_path / "both.duckdb", both)
    assert factors(again) == pytest.approx(factors(deflated))


@pytest.mark.parametrize(
    ("prices", "year", "rule", "note"),
    [
        ({("a", 2007): 1.0, ("a", 2017): 2.0}, 2017, "current", "lacks b"),
        ({("ALL", 2017): 2.0}, 2017, "current", "has no year 2007"),
        (
            {("a", 2007): 1.0, ("a", 2017): 2.0, ("ALL", 2017): 1.0},
            2017,
            "current",
            "lacks b",
        ),
        # The earlier edition's index where the later one has none.
        (DOUBLED, 2007, "base_year", "An office"),
        ({("ALL", 2007): 1.0, ("ALL", 2017): 2.0, ("b", 2017): 2.0}, 2017, "current", "lacks b"),
    ],
)
def test_an_index_that_lacks_a_sector_or_year_is_not_used(
    prices: dict[tuple[str, int], float], year: int, rule: str, note: str, tmp_path: Path
) -> None:
    path = compared(tmp_path / "draft.duckdb", prices, year)
    ((found, said),) = ask(path, "select prices, price_note from marts.fct_change_pair")
    assert found == rule
    assert note in str(said)


def test_an_incomplete_index_gives_way_to_the_earlier_editions_and_is_named(
    tmp_path: Path,
) -> None:
    path = draft(tmp_path / "draft.duckdb")
    with connect(path) as con:
        write_deflator(con, 2017, {("a", 2007): 1.0, ("a", 2017): 2.0})
        write_deflator(con, 2007, DOUBLED)
    write_changes(path, None)
    ((rule, note),) = ask(path, "select prices, price_note from marts.fct_change_pair")
    assert rule == "base_year"
    assert note == "An office; the deflator of open-2017 of 2017 lacks b"


def test_sectors_sum_to_provinces(deflated: Path) -> None:
    key = "consumer_region, pollutant, factor"
    rows = ask(
        deflated,
        f"""
        select max(abs(by_sector - by_province)), count(*)
        from (select {key}, sum(change_t) as by_sector from marts.fct_change_sector group by all)
        full outer join (select {key}, sum(change_t) as by_province from marts.fct_change group by all)
            using ({key})
        """,
    )
    ((gap, count),) = rows
    assert count == 3 * 2 * 8
    assert gap is not None
    assert float(str(gap)) < 1e-10


def test_the_interval_of_the_whole_change_holds_its_point(nominal: Path) -> None:
    ((point, low, median, high, same),) = ask(
        nominal,
        "select point_t, p05_t, median_t, p95_t, same_sign_share from marts.fct_change_interval"
        " where factor = 'change' and place = 'CHN' and consumers = 'all' and pollutant = 'SO2'",
    )
    ((before, after),) = ask(
        nominal,
        "select sum(before_t), sum(after_t) from marts.fct_change_total where pollutant = 'SO2'",
    )
    assert point == pytest.approx(float(str(after)) - float(str(before)))
    assert float(str(low)) < float(str(median)) < float(str(high))
    assert float(str(low)) < float(str(point)) < float(str(high))
    assert 0 < float(str(same)) <= 1


def test_intervals_are_as_wide_as_the_errors_of_both_years_say(tmp_path: Path) -> None:
    """Errors without correlation, of one group alone in one province: the closed form of two lognormals."""
    path = draft(tmp_path / "draft.duckdb")
    with connect(path) as con:
        con.execute(
            "update marts.fct_uncertainty_input set group_correlation = 0, provincial_coefficient_share = 0,"
            " national_coefficient_share = case sector_group when 'farm' then 0.2 else 0 end"
        )
    write_changes(path, None)
    own = [brute_force(year, path) for year in (2007, 2017)]
    farm = [
        float(each.filter(pl.col("s").is_in(("a1", "A")), pollutant="SO2", p="CN-BJ")["t"].sum())
        for each in own
    ]
    ((low, high),) = ask(
        path,
        "select p05_t, p95_t from marts.fct_change_interval where factor = 'change' and place = 'CN-BJ'"
        " and consumers = 'all' and pollutant = 'SO2'",
    )
    draw = np.random.default_rng(5)
    spread = np.sqrt(np.log(1 + 0.2**2))
    u = np.exp(draw.normal(size=(2, 200_000)) * spread - spread**2 / 2)
    expected = np.quantile(farm[1] * u[1] - farm[0] * u[0], [0.05, 0.95])
    assert float(str(high)) - float(str(low)) == pytest.approx(expected[1] - expected[0], rel=0.1)


def test_intervals_do_not_depend_on_the_linked_tables_draws_and_are_the_same_again(
    nominal: Path, tmp_path: Path
) -> None:
    asked = "from marts.fct_change_interval order by all"
    assert ask(compared(tmp_path / "again.duckdb"), asked) == ask(nominal, asked)


def test_the_index_is_drawn_from_its_pollutants(tmp_path: Path) -> None:
    """APE = 2 NOx + 0.5 SO2, in the inventory and in every draw."""
    path = draft(tmp_path / "draft.duckdb")
    with connect(path) as con:
        con.execute(
            "insert into marts.fct_emission_inventory by name select edition, year, province, sector, 'APE' as"
            " pollutant, in_footprint, sum(emission_t * case pollutant when 'NOx' then 2.0 else 0.5 end) as"
            " emission_t from marts.fct_emission_inventory group by all"
        )
    write_changes(path, None)
    assert all(check.passed for check in judge_changes(path))
    rows = ask(
        path,
        "select pollutant, point_t, p95_t - p05_t from marts.fct_change_interval where place = 'CHN'"
        " and consumers = 'all' and factor = 'emission_intensity' order by 1",
    )
    (_, index, width), (_, nox, nox_width), (_, so2, so2_width) = (
        (name, float(str(point)), float(str(spread))) for name, point, spread in rows
    )
    assert index == pytest.approx(2 * nox + 0.5 * so2)
    assert max(2 * nox_width, 0.5 * so2_width) < width < 2 * nox_width + 0.5 * so2_width


def test_no_intervals_without_errors_of_the_inventory(tmp_path: Path) -> None:
    path = draft(tmp_path / "draft.duckdb")
    with connect(path) as con:
        con.execute("delete from marts.fct_uncertainty_input where year = 2007")
    assert write_changes(path, None)["fct_change_interval"] == 0
    assert all(check.passed for check in judge_changes(path))


def test_sound_marts_pass(nominal: Path, deflated: Path) -> None:
    for path in (nominal, deflated):
        checks = judge_changes(path)
        assert {check.check_name for check in checks} == {
            "one_rule_of_prices",
            "decomposed_pairs_have_rows",
            "intervals_are_in_order",
            "factors_sum_to_the_change",
            "sectors_sum_to_provinces",
            "intervals_are_of_the_factors",
        }
        assert [check.check_name for check in checks if not check.passed] == []


@pytest.mark.parametrize(
    ("damage", "failing"),
    [
        (
            "update marts.fct_change set change_t = change_t * 1.000001 where factor = 'destination'",
            "factors_sum_to_the_change",
        ),
        ("delete from marts.fct_change where factor = 'product_mix'", "factors_sum_to_the_change"),
        ("update marts.fct_change_total set after_t = after_t + 1e-6", "factors_sum_to_the_change"),
        (
            "delete from marts.fct_change_sector where producer_sector = 'a' and factor = 'destination'",
            "sectors_sum_to_provinces",
        ),
        (
            "update marts.fct_change_interval set point_t = point_t + 1e-6 where place = 'CN-BJ'",
            "intervals_are_of_the_factors",
        ),
        (
            "update marts.fct_change_interval set p05_t = p95_t + 1 where place = 'CN-BJ'",
            "intervals_are_in_order",
        ),
        ("update marts.fct_change_pm25 set prices = 'base_year'", "one_rule_of_prices"),
        ("update marts.fct_change_pair set is_decomposed = false", "decomposed_pairs_have_rows"),
    ],
)
def test_what_does_not_add_up_is_found(
    damage: str, failing: str, nominal: Path, tmp_path: Path
) -> None:
    path = Path(shutil.copy(nominal, tmp_path / "draft.duckdb"))
    with connect(path) as con:
        con.execute(damage)
    assert failing in [check.check_name for check in judge_changes(path) if not check.passed]


def test_publishing_stops_at_what_does_not_add_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = draft(tmp_path / "draft.duckdb")

    def wrong(draft_file: Path, earlier: Path | None) -> dict[str, int]:
        rows = write_changes(draft_file, earlier)
        with connect(draft_file) as con:
            con.execute("update marts.fct_change set change_t = change_t + 1")
        return rows

    monkeypatch.setattr("steps.change.write_changes", wrong)
    with pytest.raises(GateFailed, match="factors_sum_to_the_change"):
        _changes(path, None)


def test_nothing_is_judged_where_nothing_is_compared(tmp_path: Path) -> None:
    path = draft(tmp_path / "one.duckdb")
    with connect(path) as con:
        con.execute("delete from marts.fct_mrio_output where year = 2007")
    write_changes(path, None)
    assert all(check.passed for check in judge_changes(path))
    assert np.all([check.measured == 0 for check in judge_changes(path)])
