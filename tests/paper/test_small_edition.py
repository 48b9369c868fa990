"""Synthetic files of a small economy from the landing folder to the marts: the truth comes back."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from flows.engine import Plan, Step, StepReport
from flows.run import context_of, run, steps_of
from synth.files import EMISSION_LEVEL, write_files, write_newer_files
from tests.unit_tests import demand_rules_hold
from warehouse.database import connect
from warehouse.edition import load_edition
from warehouse.home import Home, WorkingFile

# Great Expectations has its own tests; its import alone takes seconds.
LEFT_OUT = ("gate-raw", "gate-marts", "publish")
LABEL = "paper-2017 (synthetic)"
pytestmark = pytest.mark.home


class Quiet:
    def planned(self, plans: Sequence[Plan]) -> None: ...

    def started(self, step: Step, reason: str) -> None: ...

    def finished(self, step: Step, report: StepReport, seconds: float) -> None: ...

    def skipped(self, step: Step) -> None: ...


@dataclass(frozen=True)
class Made:
    working: WorkingFile
    truth: Path


def made(folder: Path, noise: float, until: str = "marts") -> Made:
    write_files(folder, size="small", seed=3, noise=noise)
    return computed(folder, until, "paper-2017")


def computed(folder: Path, until: str, edition: str) -> Made:
    home = Home(folder)
    context = context_of(load_edition(edition, folder), home)
    steps = [step for step in steps_of("paper") if step.name not in LEFT_OUT]
    last = [step.name for step in steps].index(until)
    run(context, Quiet(), steps=steps[: last + 1])
    return Made(context.working, folder / "truth")


def worst(con: duckdb.DuckDBPyConnection, truth: Path) -> float:
    """Largest difference of a cell, relative to the cell or to 1 million USD where it is smaller."""
    found = con.execute(
        f"""
        with ours as (
            select from_region, from_sector, to_region, user_code as code, value_musd
            from intermediate.int_mrio__cell where user_kind = 'sector'
            union all
            select from_region, from_sector, to_region, demand_category, sum(value_musd)
            from intermediate.int_mrio__final_demand group by all
        ),
        theirs as (
            select from_region, from_sector, to_region, to_sector as code, value_musd
            from '{truth}/mrio_flow.parquet'
            union all
            select from_region, from_sector, to_region, demand_category, value_musd
            from '{truth}/mrio_final_demand.parquet'
        )
        select
            count(*),
            max(
                abs(coalesce(ours.value_musd, 0) - coalesce(theirs.value_musd, 0))
                / greatest(abs(coalesce(theirs.value_musd, 0)), 1)
            )
        from ours full join theirs using (from_region, from_sector, to_region, code)
        """
    ).fetchall()
    ((cells, error),) = found
    assert cells > 500_000
    return float(error)


@pytest.fixture(scope="module")
def quiet_files(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return made(tmp_path_factory.mktemp("quiet"), noise=0.0)


def test_without_noise_the_linked_table_is_the_truth(quiet_files: Made) -> None:
    with connect(quiet_files.working.path, read_only=True) as con:
        assert worst(con, quiet_files.truth) < 1e-6


def test_unit_tests_of_licensed_editions_hold(quiet_files: Made) -> None:
    folder = quiet_files.truth.parent
    edition = load_edition("paper-2017", folder)
    demand_rules_hold(context_of(edition, Home(folder)), "core", "paper", "customs")


def test_every_mart_says_that_it_is_synthetic(quiet_files: Made) -> None:
    with connect(quiet_files.working.path, read_only=True) as con:
        facts = [
            str(name)
            for (name,) in con.execute(
                "select table_name from duckdb_columns()"
                " where schema_name = 'marts' and column_name = 'edition'"
            ).fetchall()
        ]
        labels = {
            fact: {
                row[0]
                for row in con.execute(f"select distinct edition from marts.{fact}").fetchall()
            }
            for fact in facts
        }
        compared = con.execute(
            "select count(*) from marts.fct_published_figure where comparable or ours is not null"
        ).fetchall()
        producers = con.execute("select distinct producer from marts.fct_provenance").fetchall()
    assert len(facts) > 20
    # Satellites, the reanalysis and price indices are roles that this edition lacks.
    empty = {fact for fact, found in labels.items() if not found}
    assert empty == {"fct_deflator", "fct_pm25_history"}
    assert {fact: found for fact, found in labels.items() if not found <= {LABEL}} == {}
    assert compared == [(0,)]
    assert producers == [("tradeplume synth",)]
    assert quiet_files.working.edition == LABEL


def test_both_answers_on_regimes_and_four_interpolations_are_kept(quiet_files: Made) -> None:
    with connect(quiet_files.working.path, read_only=True) as con:
        deviation = dict(
            con.execute(
                "select regimes, max(abs(deviation_share)) from marts.fct_trade_deviation"
                " where flow = 'export' and sector = 'all' group by 1"
            ).fetchall()
        )
        used = con.execute(
            "select distinct regimes from marts.fct_trade_deviation where is_used"
        ).fetchall()
        methods = dict(
            con.execute(
                "select method, sum(emission_t) from marts.fct_inventory_uncertainty"
                " where pollutant = 'SO2' group by 1"
            ).fetchall()
        )
        inventory = con.execute(
            "select sum(emission_t) from marts.fct_emission_inventory"
            " where pollutant = 'SO2' and sector <> 'no_table'"
        ).fetchall()[0][0]
    assert used == [("included",)]
    assert (
        deviation["included"] < 1e-6 < deviation["all"]
    )  # what is left out lies on top of the truth
    assert set(methods) == {"linear", "constant", "log_linear", "cubic"}
    for total in methods.values():
        assert total == pytest.approx(
            inventory, rel=1e-9
        )  # a division moves emission, it makes none


def test_gate_2_names_the_damaged_column_of_what_licensed_editions_tell(quiet_files: Made) -> None:
    from tests.expectations.mutation import tried

    results = tried(
        quiet_files.working.path, marts=("fct_trade_deviation", "fct_inventory_uncertainty")
    )
    assert [mutation.name for mutation, named in results.items() if not named] == []
    assert len(results) == 5


def test_the_figures_of_the_paper_are_answered_and_yet_not_shown(quiet_files: Made) -> None:
    with connect(quiet_files.working.path, read_only=True) as con:
        answers = dict(
            con.execute(
                "select figure_id, ours from intermediate.int_published__ours"
                " union all select figure_id, ours from intermediate.int_published__ours_supply_chain"
                " union all select figure_id, ours from intermediate.int_published__ours_licensed"
            ).fetchall()
        )
        steel, everything = con.execute(
            """
            select sum(emission_t) filter (where producer_sector = 'i_s'), sum(emission_t)
            from marts.fct_export_emission where pollutant = 'CO' and consumer_region <> 'CHN'
            """
        ).fetchall()[0]
        interpolated = con.execute(
            "select max(abs(deviation_share)) from marts.fct_inventory_uncertainty"
        ).fetchall()[0][0]
    assert len(answers) > 40
    assert answers["p40"] == pytest.approx(100 * steel / everything)
    assert 0 < answers["p63"] <= 100 * interpolated


def test_the_missing_price_is_counted(quiet_files: Made) -> None:
    with connect(quiet_files.working.path, read_only=True) as con:
        counted = con.execute(
            "select sector, amount from marts.fct_assumption where assumption = 'yearbook_price_missing'"
        ).fetchall()
    assert [sector for sector, _ in counted] == ["cmt"]
    assert counted[0][1] > 0


def test_a_newer_year_stands_on_the_older_structure(quiet_files: Made, tmp_path: Path) -> None:
    shutil.copytree(quiet_files.truth.parent / "landing", tmp_path / "landing")
    write_newer_files(tmp_path, size="small", seed=3, noise=0.0)
    newer = computed(tmp_path, "linked", "nowcast-2020")
    with connect(newer.working.path, read_only=True) as con:
        vintages = dict(
            con.execute("select role, max(vintage_year) from raw.provenance group by 1").fetchall()
        )
        exported = con.execute(
            """
            with ours as (
                select from_region as province, from_sector as sector, sum(value_musd) as value_musd
                from intermediate.int_mrio__cell where block = 'export' group by all
            )
            select max(abs(ours.value_musd / customs.value_musd - 1))
            from ours inner join (
                select province, sector, sum(value_musd) as value_musd
                from intermediate.int_trade__counted where flow = 'export' group by all
            ) as customs using (province, sector)
            """
        ).fetchall()[0][0]
        output = con.execute(
            "select max(abs(output_musd / stated_output_musd - 1)) from intermediate.int_mrio__output"
            " where stated_output_musd > 0"
        ).fetchall()[0][0]
        emitted = _emitted(con)
    with connect(quiet_files.working.path, read_only=True) as con:
        before = _emitted(con)
    yearly = {"trade", "sector_emission", "ammonia"}
    assert {role for role, year in vintages.items() if year == 2020} >= yearly
    assert {vintages[role] for role in ("gtap_flow", "provincial_mrio", "sector_output")} == {2017}
    assert exported < 0.2  # balancing moves the exports of a sector: the output is that of 2017
    assert output < 1e-6
    assert emitted == pytest.approx({name: EMISSION_LEVEL * t for name, t in before.items()})


def _emitted(con: duckdb.DuckDBPyConnection) -> dict[str, float]:
    """All emissions of the inventory by pollutant, t."""
    query = "select pollutant, sum(emission_t) from intermediate.int_inventory__emission group by 1"
    return dict(con.execute(query).fetchall())


@pytest.mark.heavy
def test_with_noise_the_error_is_reported(tmp_path: Path) -> None:
    noisy = made(tmp_path, noise=1.0, until="linked")
    with connect(noisy.working.path, read_only=True) as con:
        error = worst(con, noisy.truth)
        residual = con.execute("select max_residual from computed.balance_run").fetchall()[0][0]
    assert error > 1e-2
    assert residual < 1e-6
