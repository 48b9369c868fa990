"""The step `uncertainty` on a small synthetic working file, and the command before it."""

from __future__ import annotations

import shutil
import tracemalloc
from datetime import datetime
from functools import partial
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from cli.main import main
from compute.uncertainty.sampling import Plan
from flows.engine import Context, Step, plan
from flows.fan_out import fan_out
from flows.intervals import asking_for
from flows.run import context_of
from flows.steps import all_steps
from steps.sensitivity import Variant, write_sensitivity
from steps.uncertainty import Drawn, Settings, draw_uncertainty, run_blocks
from steps.uncertainty_inputs import read_inputs, read_table
from tests.steps.uncertainty_file import write_small_file
from warehouse import meta
from warehouse.database import connect
from warehouse.database import read_table as ask
from warehouse.edition import load_edition
from warehouse.errors import ComputeFailed, EditionError
from warehouse.home import locate, prepare
from warehouse.meta import FinishedStep
from warehouse.tables import Tables

VARIABLES = {"home_region": "CHN", "gravity_exponent": 1.0}
STEP = next(step for step in all_steps() if step.name == "uncertainty")


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A working file; tests that write take a copy."""
    return write_small_file(tmp_path_factory.mktemp("small") / "small-2007.duckdb")


@pytest.fixture
def context(small: Path, tmp_path: Path) -> Context:
    """A home whose working file of open-2007 is a copy of the small one."""
    home = locate(tmp_path)
    prepare(home, needed_bytes=0)
    found = context_of(load_edition("open-2007", home.root), home)
    shutil.copy(small, found.working.path)
    return found


def drawn(small: Path, plan_: Plan, folder: Path, runner: str = "here") -> Drawn:
    with connect(small, read_only=True) as connection:
        inputs = read_inputs(Tables(connection), "CHN")
        tables = read_table(Tables(connection), "CHN") if plan_.table_draws else None
    folder.mkdir()
    return run_blocks(plan_, inputs, tables, folder, partial(fan_out, runner=runner))


def frames(found: Drawn) -> list[np.ndarray]:
    alone = [
        value
        for source in sorted(found.alone)
        for value in (found.alone[source].mean, found.alone[source].squares)
    ]
    return [
        found.together.mean,
        found.together.squares,
        found.quantiles,
        found.winners.counts,
        *alone,
    ]


def test_draws_are_the_same_bits_in_one_process_and_in_two(small: Path, tmp_path: Path) -> None:
    asked = Plan(60, seed=3, table_draws=15)
    here = drawn(small, asked, tmp_path / "here")
    there = drawn(small, asked, tmp_path / "there", "processes:2")
    assert set(here.alone) == {"inventory", "stand_in", "table", "trade_split", "gravity"}
    for one, two in zip(frames(here), frames(there), strict=True):
        assert one.tobytes() == two.tobytes()


def test_memory_does_not_grow_with_the_draws(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("steps.uncertainty.BYTES_AT_ONCE", 200_000)

    def peak(draws: int) -> int:
        tracemalloc.start()
        drawn(small, Plan(draws), tmp_path / f"{draws}")
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    peak(50)  # what is imported and cached once
    assert peak(1000) < 1.25 * peak(250)


def test_the_step_writes_what_the_marts_read(context: Context) -> None:
    asked = Settings(draws=80, seed=2, table_draws=20, alternatives=True)
    with connect(context.working.path) as connection:
        inputs = read_inputs(Tables(connection), "CHN")
        other = {Variant("gravity_exponent", 2.0): inputs.drive}
        rows, _ = draw_uncertainty(Tables(connection), VARIABLES, asked, other, fan_out)
        found = ask(connection, "from computed.uncertainty")
        ranks = ask(connection, "from computed.rank_stability")
        tornado = ask(connection, "from computed.sensitivity")
        exported = ask(
            connection,
            "select export.producer_province as place, pollutant,"
            " sum(export.output_musd * emission_t / made.output_musd) as emission_t"
            " from computed.export_output as export"
            " inner join intermediate.int_mrio__output as made"
            " on export.producer_province = made.region and export.producer_sector = made.sector"
            " inner join intermediate.int_inventory__emission as emitted"
            " on export.producer_province = emitted.province and export.producer_sector = emitted.sector"
            " where in_footprint group by all",
        )
    assert (
        rows == found.height == found.select("result", "place", "pollutant", "part").unique().height
    )
    assert found["draws"].unique().to_list() == [80]
    points = found.filter(result="export_emission", part="all").join(
        exported, on=["place", "pollutant"]
    )
    assert points.height == 8
    assert points["point_value"].to_numpy() == pytest.approx(points["emission_t"].to_numpy())
    ordered = found.select(
        pl.col("p05_value") <= pl.col("median_value"), pl.col("median_value") <= pl.col("p95_value")
    )
    assert ordered.to_series(0).all()
    assert ordered.to_series(1).all()
    # An economy without air has no deaths whose errors could be drawn.
    drawn = found.select(pl.col("^.*_variance_share$").is_not_null().all()).row(0)
    assert drawn == (True,) * 5 + (False,) * 3
    # Whoever is first at a place: 80 draws in all, one consumer at the point.
    by_place = ranks.group_by("place", "pollutant").agg(
        pl.col("first_draws", "is_first_at_point").sum()
    )
    assert by_place["first_draws"].unique().to_list() == [80]
    assert by_place["is_first_at_point"].unique().to_list() == [1]
    assert set(tornado["parameter"]) == {
        "emission_proxy", "ape_coefficient", "returned_exports", "sectors", "gravity_exponent",
        "activity_level_smelting_BC",
    }  # fmt: skip
    same = tornado.filter(parameter="gravity_exponent")
    assert same["variant_value"].to_numpy() == pytest.approx(same["base_value"].to_numpy())
    out = tornado.filter(
        parameter="returned_exports", result="export_emission", place="CHN", pollutant="SO2"
    )
    china = found.filter(result="export_emission", place="CHN", pollutant="SO2", part="China")
    assert (out["base_value"] - out["variant_value"]).to_list() == pytest.approx(
        china["point_value"].to_list()
    )


def test_without_tables_only_the_inventory_varies(context: Context) -> None:
    with connect(context.working.path) as connection:
        draw_uncertainty(Tables(connection), VARIABLES, Settings(draws=20), {}, fan_out)
        found = ask(connection, "from computed.uncertainty")
    assert found["table_variance_share"].null_count() == found.height
    assert found["table_draws"].unique().to_list() == [0]
    assert found.filter(result="export_emission")["inventory_variance_share"].min() > 0


@pytest.mark.parametrize("value", ["null", "-0.1", "3.5"])
def test_a_wrong_coefficient_stops_the_step_and_is_named(context: Context, value: str) -> None:
    with connect(context.working.path) as connection:
        connection.execute(
            f"update seeds.inventory_uncertainty set coefficient_of_variation = {value} where pollutant = 'SO2'"
        )
    found = "missing" if value == "null" else value
    with pytest.raises(ComputeFailed, match=rf"\({found}\)") as caught:
        STEP.run(context)
    assert caught.value.exit_code == 7
    with connect(context.working.path, read_only=True) as connection:
        assert ask(
            connection, "select * from duckdb_tables() where table_name = 'uncertainty'"
        ).is_empty()


def test_a_pollutant_without_a_coefficient_is_refused(context: Context) -> None:
    with connect(context.working.path) as connection:
        connection.execute("delete from seeds.inventory_uncertainty where pollutant = 'BC'")
    with pytest.raises(ComputeFailed, match="missing"):
        STEP.run(context)


def test_runs_keep_the_intervals_that_were_asked_for_last(context: Context) -> None:
    asked = Settings(draws=30, seed=4)
    before = STEP.parts(context)
    with asking_for(context, asked):
        pass
    now = STEP.parts(context)
    assert now["draws asked for"] == "30"
    assert before["draws asked for"] == "1000"
    report = STEP.run(context)
    assert report.lines == ("30 draws, seed 4",)
    with pytest.raises(RuntimeError, match="broken"), asking_for(context, Settings(draws=99)):
        raise RuntimeError("broken")
    assert STEP.parts(context) == now


def test_intervals_are_made_again_with_the_footprint(context: Context) -> None:
    """The step stands after all it reads and before the marts; what it reads makes it stale."""
    for kind, last_read in (("footprint", "supply-chain"), ("concentration", "concentration")):
        names = [step.name for step in all_steps(kind)]
        order = [names.index(name) for name in (last_read, "driven", "uncertainty", "marts")]
        assert order == sorted(order)
    driven = Step("driven", "", STEP.run, writes=("intermediate.int_export__driven_output",))
    made = FinishedStep(STEP.name, "as it was", datetime.now(), 1.0, 1)
    _, planned = plan((driven, STEP), context)
    with connect(context.working.path) as connection:
        meta.ensure_tables(connection)
        meta.record_step(connection, made, planned.items)
    assert [each.reason for each in plan((driven, STEP), context)] == [
        "not made yet",
        "driven made again",
    ]


def test_observations_have_no_intervals_of_a_footprint(tmp_path: Path) -> None:
    home = locate(tmp_path)
    found = context_of(load_edition("air-open", home.root), home)
    with pytest.raises(EditionError, match="no footprint"), asking_for(found, Settings()):
        pytest.fail("was let in")


@pytest.mark.parametrize(
    "arguments", [["--draws", "0"], ["--draws", "-1"], ["--draws", "10", "--table-draws", "20"]]
)
def test_the_command_refuses_no_draws_before_it_touches_anything(
    arguments: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["uncertainty", *arguments, "--home", str(tmp_path)])
    assert ended.value.code == 2
    assert "draws" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_the_command_refuses_an_unknown_runner(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["uncertainty", "--runner", "cloud", "--home", str(tmp_path)])
    assert ended.value.code != 0
    assert "Runners are" in capsys.readouterr().err


def test_a_level_at_its_published_ends_moves_nothing_between_provinces(context: Context) -> None:
    with connect(context.working.path) as connection:
        inputs = read_inputs(Tables(connection), "CHN")
        write_sensitivity(Tables(connection), inputs)
        tornado = ask(connection, "from computed.sensitivity").filter(
            pl.col("parameter") == "activity_level_smelting_BC"
        )
    assert set(tornado["variant"]) == {"lowest: 0.005 kt", "highest: 0.06 kt"}
    assert set(tornado["base"]) == {"0.02 kt"}
    assert set(tornado.filter(pl.col("base_value") != pl.col("variant_value"))["pollutant"]) <= {
        "BC",
        "APE",
    }
    assert tornado.filter(
        (pl.col("pollutant") == "BC") & (pl.col("base_value") != pl.col("variant_value"))
    ).height


def test_a_second_inventory_gives_its_own_headlines(context: Context) -> None:
    with connect(context.working.path) as connection:
        connection.execute(
            "create or replace table intermediate.int_inventory__alternative as"
            " select * replace (2 * emission_t as emission_t) from intermediate.int_inventory__emission"
        )
        try:
            tables = Tables(connection)
            write_sensitivity(tables, read_inputs(tables, "CHN"))
            found = ask(connection, "from computed.sensitivity").filter(
                pl.col("parameter") == "provincial_pattern", pl.col("result") == "export_emission"
            )
        finally:
            connection.execute("drop table intermediate.int_inventory__alternative")
    assert found.height
    assert found["variant_value"].to_numpy() == pytest.approx(2 * found["base_value"].to_numpy())
