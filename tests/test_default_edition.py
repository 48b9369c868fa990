"""The default edition as a user runs it: one command, a published file, the same again."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import duckdb
import nbformat
import polars as pl
import pytest

from atlas.pages import PAGES
from flows.engine import Step
from flows.steps import all_steps
from tests import notebook
from tests.commands import ended, tradeplume
from tests.conftest import GIVEN_HOME_VARIABLE, SAID
from tests.damaged_default import (
    BUNDLED,
    with_a_missing_column,
    with_a_repeated_key,
    with_a_sector_of_its_own,
    with_a_total_that_is_not_its_parts,
    with_a_truncated_file,
    with_an_unknown_province,
    with_negative_output,
    with_text_in_a_number,
    with_two_files,
)
from tests.once import copy_of_home, files_of
from tests.queries import answered, commands, figures_said, python_blocks, questions
from warehouse.choices import Choices
from warehouse.home import Home
from warehouse.published import open_published
from warehouse.request import DEFAULT_EDITION

REPOSITORY = Path(__file__).resolve().parent.parent
RUN = f"{DEFAULT_EDITION}-2017"
EXPORTS_MUSD = 2_214_366.376
POLLUTANTS = {"NOx", "SO2", "CO", "NH3", "BC", "OC", "PM25_other", "APE"}


@pytest.fixture
def home(default_home: Path) -> Path:
    """The computed edition; a test that writes takes ``own_home``."""
    return default_home


@pytest.fixture
def marts(home: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with open_published(Home(home)) as con:
        yield con


def value(con: duckdb.DuckDBPyConnection, query: str) -> float:
    return con.execute(query).fetchall()[0][0]


def test_gate_2_names_the_mart_and_column_of_every_damage(home: Path) -> None:
    """A broken sum or bound in each column that is judged, one at a time, on a copy."""
    from tests.expectations.mutation import tried

    results = tried(home / "work" / f"{RUN}.duckdb")
    assert [mutation.name for mutation, named in results.items() if not named] == []
    assert len(results) > 70
    damaged = {mutation.mart for mutation in results}
    assert {"fct_uncertainty", "fct_rank_stability", "fct_sensitivity"} <= damaged
    assert {"fct_uncertainty_input", "fct_pm25_grid", "bi_export_emission"} <= damaged


# Warnings of a healthy run; docs/open_2017.md and docs/status.md say what is behind each.
WARNED = {
    "output_by_sector_group_against_the_middle_province_per_head_warn",
    "emission_by_source_sector_against_the_middle_province_per_head_warn",
    "column_values_to_be_between(bias_share__judged)",
    "column_values_to_be_between(ours__tolerances)",
}


def test_every_check_of_the_run_passed_or_warned_of_what_is_known(marts):
    assert value(marts, "select count(*) from fct_check_result where gate = 'identity'") >= 13
    failed = marts.execute(
        "select check_name, severity from fct_check_result where not passed"
    ).fetchall()
    assert {severity for _, severity in failed} <= {"warn"}
    assert {name for name, _ in failed} <= WARNED


@pytest.mark.parametrize("command", commands("first_five_minutes.md"), ids=" ".join)
def test_the_commands_of_the_first_five_minutes_answer(home, command):
    said = tradeplume(home, *command)
    assert "0 failed" in said if command == ["check"] else len(said.splitlines()) > 2


def test_every_mart_and_column_is_described(marts):
    unsaid = marts.execute(
        "select table_name, column_name from duckdb_columns()"
        " where schema_name = 'marts' and not internal and coalesce(comment, '') = ''"
    ).fetchall()
    assert unsaid == []


def test_exports_of_the_provinces_are_the_world_tables_exports(marts):
    exports = value(marts, "select sum(export_musd) from fct_export_value")
    # OECD ICIO 2017: China's deliveries abroad, summed over the published table (see SOURCES.yml).
    assert exports == pytest.approx(EXPORTS_MUSD, rel=1e-9)


def test_provincial_output_is_chinas_in_the_world_table(marts):
    output = value(
        marts,
        "select sum(output_musd) from fct_mrio_output"
        " inner join dim_region on region = code where kind = 'province'",
    )
    table = pl.read_parquet(BUNDLED / "global_table.parquet")
    china = (pl.col("from_region") == "CHN") & (pl.col("block") == "output")
    assert output == pytest.approx(table.filter(china)["value_musd"].sum(), rel=1e-6)


def test_inventory_sums_to_the_published_national_emissions(marts):
    # MEIC, 2017 (Zheng et al. 2018), Mt.
    published = {"SO2": 10.50, "NOx": 21.98, "CO": 136.18, "NH3": 10.27, "BC": 1.25, "OC": 2.08}
    ours = dict(
        marts.execute(
            "select pollutant, sum(emission_t) / 1e6 from fct_emission_inventory group by 1"
        ).fetchall()
    )
    assert set(ours) == POLLUTANTS
    for pollutant, megatonnes in published.items():
        assert ours[pollutant] == pytest.approx(megatonnes, abs=0.006)


def test_tibet_is_in_the_footprint_and_private_sources_are_flagged(marts):
    outside = dict(
        marts.execute(
            "select sector, count(*) from fct_emission_inventory where not in_footprint group by 1"
        ).fetchall()
    )
    assert {"households", "private_vehicles"} <= set(outside)
    assert "no_table" not in outside
    inside = value(
        marts,
        "select count(*) from fct_emission_inventory where in_footprint and province = 'CN-XZ'",
    )
    assert inside > 0


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


def test_both_readings_hold_the_same_output_and_differ_in_what_is_direct(marts):
    readings = dict(
        (reading, (whole, direct))
        for reading, whole, direct in marts.execute(
            "select reading, sum(output_musd), sum(output_musd) filter (where is_direct)"
            " from fct_export_reading group by 1"
        ).fetchall()
    )
    assert set(readings) == {"exporter", "final_producer"}
    exported = value(marts, "select sum(output_musd) from fct_export_output")
    for whole, _ in readings.values():
        assert whole == pytest.approx(exported, rel=1e-9)
    # A province's own exports of intermediates are direct for the exporter alone.
    assert readings["final_producer"][1] < readings["exporter"][1]


def test_published_figures_of_the_papers_year_are_compared_and_the_rest_say_why_not(home, marts):
    comparable = marts.execute(
        "select figure_id, ours, theirs, tolerance, relation, within_tolerance"
        " from fct_published_figure where comparable"
    ).fetchall()
    assert len(comparable) >= 35
    for figure, ours, theirs, tolerance, relation, within in comparable:
        off = {"equal": abs(ours - theirs), "above": theirs - ours, "below": ours - theirs}
        assert within == (off[relation] <= tolerance), figure
    # Those outside are explained one by one.
    outside = {figure for figure, *_, within in comparable if not within}
    page = (REPOSITORY / "docs" / "open_2017.md").read_text(encoding="utf-8")
    assert outside
    assert {figure for figure in outside if f"| {figure} |" not in page} == set()
    said = tradeplume(home, "published")
    assert f"{len(comparable)} of " in said
    assert f"{len(outside)} outside" in said
    shown = tradeplume(home, "published", "--all", "--format", "csv")
    assert "trade (customs exports by province" in shown
    assert tradeplume(home, "published", "--edition", "atlantis", expect=1)


def test_intervals_are_around_the_results_and_as_wide_as_published(marts):
    # The mean of 1,000 draws of tonnes; levels of activities are ratios and leave it a little beside the point.
    worst = "select max(abs(mean_value - point_value) / standard_error) from fct_uncertainty"
    assert value(marts, f"{worst} where unit = 't' and place = 'CHN'") < 5
    outside = (
        "select count(*) from fct_uncertainty where point_value not between p05_value and p95_value"
    )
    assert value(marts, f"{outside} and place = 'CHN'") == 0
    totals = marts.execute(
        "select standard_error * sqrt(draws) / mean_value, total_coefficient_share from fct_uncertainty"
        " inner join (select distinct pollutant, total_coefficient_share from fct_uncertainty_input)"
        " using (pollutant) where result = 'inventory_total' and place = 'CHN'"
    ).fetchall()
    assert len(totals) == 7
    for drawn, published in totals:
        assert drawn == pytest.approx(published, rel=0.1)
    exported = value(
        marts, "select sum(emission_t) from fct_export_emission where pollutant = 'SO2'"
    )
    headline = "result = 'export_emission' and pollutant = 'SO2' and part = 'all' and place = 'CHN'"
    assert value(
        marts, f"select point_value from fct_uncertainty where {headline}"
    ) == pytest.approx(exported, rel=1e-9)


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


def test_the_run_wrote_the_atlas_with_the_marts_numbers(home, marts):
    atlas = home / "published" / "atlas"
    pages = {path.name for path in (atlas / RUN).glob("*.html")}
    assert pages == {f"{page.name}.html" for page in PAGES}
    assert sum(path.stat().st_size for path in atlas.rglob("*") if path.is_file()) < 30e6
    absent = {
        figure.name
        for page in PAGES
        for figure in page.figures
        if not (atlas / RUN / "data" / f"{figure.name}.js").exists()
    }
    # Observations are another edition; a figure of this one must not be lost.
    elsewhere = {
        figure.name for page in PAGES if page.name == "air_quality" for figure in page.figures
    }
    of_two_editions = {
        figure.name for page in PAGES if page.name == "change" for figure in page.figures
    }
    assert absent - {"uncertainty", "release_change", *of_two_editions} == elsewhere
    text = (atlas / RUN / "data" / "capital.js").read_text().strip()
    drawn = json.loads(text.removeprefix('ATLAS.add("capital",').removesuffix(");"))
    columns = {name: (labels, values) for name, labels, values in drawn["columns"]}
    labels, codes = columns["pollutant"]
    driven = [
        t for code, t in zip(codes, columns["driven_t"][1], strict=True) if labels[code] == "SO2"
    ]
    expected = value(
        marts, "select sum(emission_t) from fct_export_emission where pollutant = 'SO2'"
    )
    assert sum(driven) == pytest.approx(expected, rel=1e-6)


@pytest.mark.skipif(GIVEN_HOME_VARIABLE in os.environ, reason="a home that is given is not new")
def test_a_new_home_is_answered_before_concentrations_and_has_one_release(home, marts):
    said = (home / SAID).read_text(encoding="utf-8")
    answer = said.index("This is published")
    assert said.index("publish: done") < answer < said.index("concentration: done")
    assert "In 2017 exports drove 15% of China's SO2" in said[:answer]
    assert "a first answer: the rest of the marts follow" in said[:answer]
    assert [path.suffix for path in (home / "releases").glob("*.duckdb")] == [".duckdb"]
    assert value(marts, "select count(*) from fct_release_change") == 0
    assert value(marts, "select count(*) from duckdb_tables() where table_name = 'to_follow'") == 0
    # Nothing of the first answer was made twice, but what it is judged and published by.
    begun = [line.split(":")[0] for line in said.splitlines() if ", step " in line]
    twice = sorted(name for name, times in Counter(begun).items() if times > 1)
    assert twice == ["gate-marts", "marts", "publish"]


def test_a_second_run_skips_everything_and_keeps_the_numbers(own_home):
    before = (own_home / "published" / "checksums.csv").read_text()
    printed = tradeplume(own_home, "run")
    assert "balance: unchanged" in printed
    assert ": done" not in printed
    assert (own_home / "published" / "checksums.csv").read_text() == before


CONCENTRATIONS = {
    path.stem
    for part in ("concentration", "health")
    for path in (REPOSITORY / "models" / part / "marts").glob("*.sql")
    if path.stem.startswith(("fct_", "bi_")) and "materialized='view'" not in path.read_text()
}


def checksums(home: Path) -> dict[str, str]:
    with (home / "published" / "checksums.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) >= 20
    return {row["mart"]: row["checksum"] for row in rows}


def test_sql_on_the_published_file_reads_and_never_writes(home):
    answer = tradeplume(home, "sql", "select count(*) as n from dim_pollutant", "--format", "csv")
    assert answer.split() == ["n", "8"]
    tradeplume(home, "sql", "delete from dim_pollutant", expect=1)


@pytest.mark.parametrize("question", questions(DEFAULT_EDITION), ids=lambda question: question.name)
def test_the_answers_of_the_documentation_are_true(home, question):
    assert question.answer
    assert answered(home / "published" / "tradeplume.duckdb", question.sql) == question.answer


def test_the_readme_shows_what_its_queries_answer(home):
    text = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    shown = re.findall(
        r'```sh\n\.venv/bin/tradeplume sql "(.*?)"\n```\n\n```text\n(.*?)```', text, re.S
    )
    assert len(shown) == 2
    for query, answer in shown:
        assert tradeplume(home, "sql", query) == answer
    (compared,) = re.findall(r"```text\n(figure .*?)```", text, re.S)
    said = {" ".join(line.split()) for line in tradeplume(home, "published").splitlines()}
    lines = [" ".join(line.split()) for line in compared.splitlines()]
    assert [line for line in lines if line not in said] == ["..."]


@pytest.mark.parametrize(
    "block", python_blocks("connect.md"), ids=lambda block: block.split("\n")[0]
)
def test_the_examples_of_the_connect_page_run(home, tmp_path, monkeypatch, capsys, block):
    (tmp_path / "var").symlink_to(home, target_is_directory=True)
    monkeypatch.chdir(tmp_path)
    exec(compile(block, "connect.md", "exec"), {})
    assert len(capsys.readouterr().out.splitlines()) >= 5


def test_the_notebook_runs_and_shows_what_it_showed(home):
    kept = notebook.shown(nbformat.read(notebook.PAGE, as_version=4))
    assert "equal to nine digits: True" in "".join(kept)
    assert notebook.shown(notebook.executed(home)) == kept


def test_statements_and_the_mart_of_published_figures_say_the_same(marts):
    for page, of_the_engine, at_least in (("emissions", "not", 40), ("concentrations", "", 20)):
        said = dict(figures_said(f"statements/{page}.md"))
        ours = dict(
            marts.execute(
                "select figure_id, ours from fct_published_figure where ours is not null and"
                f" theirs is not null and concept {of_the_engine} like '%linear engine%'"
            ).fetchall()
        )
        shared = said.keys() & ours.keys()
        assert len(shared) > at_least
        for figure in shared:
            assert said[figure] == pytest.approx(ours[figure], abs=0.051), figure


def test_paths_are_printed_by_name_or_code(home):
    by_name = tradeplume(home, "paths", "--from", "Guangdong", "--to", "hebei", "--top", "3")
    assert "Guangdong: " in by_name
    assert "<- Hebei: " in by_name
    assert by_name == tradeplume(home, "paths", "--from", "CN-GD", "--to", "CN-HE", "--top", "3")
    assert "Choose one of Anhui" in tradeplume(home, "paths", "--from", "Atlantis", expect=1)


def test_status_says_that_nothing_is_stale(home):
    assert DEFAULT_EDITION in tradeplume(home, "status")


@pytest.mark.parametrize(
    "first", [None, pytest.param("balance", marks=pytest.mark.heavy)], ids=["rest", "balance"]
)
def test_a_run_without_concentrations_keeps_the_rest_and_leaves_none(own_home, first):
    if first and GIVEN_HOME_VARIABLE in os.environ:
        pytest.skip(
            "the last bits depend on the number of BLAS threads, which a given home may have had others"
        )
    home = own_home
    before = checksums(home)
    since = ("--from", first) if first else ()
    # Copies and pages are made from the published file alone, whatever is in it (tests/atlas, test_parquet.py).
    with patch("flows.run.beside_steps", tuple):
        said = tradeplume(home, "run", "--quiet", *since, "--without-concentrations")
    made = {line.split(":")[0] for line in said.splitlines()}
    assert {"uncertainty", "marts", first or "publish"} <= made
    assert not made & {
        "atmosphere",
        "concentration",
        "evaluation",
        "evaluation-of-year",
        "simulated",
        "health",
    }
    after = checksums(home)
    assert before.keys() - after.keys() == CONCENTRATIONS
    # What lists the checks, sources, assumptions and answers of a run is shorter; draws have no PM2.5.
    of_both = {
        "dim_edition",
        "fct_assumption",
        "fct_check_result",
        "fct_pm25_history",
        "fct_published_figure",
        "fct_release_change",
        "fct_uncertainty",
        "fct_rank_stability",
        "fct_uncertainty_input",
    }
    assert {name for name in after if after[name] != before[name]} <= of_both
    for none in (
        "fct_check_result where not passed and severity = 'error'",
        "fct_uncertainty where result = 'export_pm25'",
        "fct_check_result where suite = 'atmosphere' or (scope like '%fct_pm25%' and scope not like '%history%')",
    ):
        said = tradeplume(home, "sql", f"select count(*) as n from {none}", "--format", "csv")
        assert said.split() == ["n", "0"], none
    assert "concentration" in tradeplume(home, "status")


@pytest.fixture(scope="module")
def copied_home(default_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_of_home(default_home, tmp_path_factory.mktemp("landed") / "home")


@pytest.fixture
def landing_home(copied_home: Path) -> Iterator[Path]:
    """A copy of the computed edition for files that are refused: what was landed is taken out again."""
    yield copied_home
    shutil.rmtree(copied_home / "landing", ignore_errors=True)


def reading_alone(kind: str, choices: Choices | None = None) -> tuple[Step, ...]:
    """The step that reads what was landed: where it ends the run, the others need not be planned."""
    return tuple(step for step in all_steps(kind, choices) if step.name == "load")


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (with_text_in_a_number, ["mine.csv", "Row: 5", "value_million", "n/a"]),
        (with_a_repeated_key, ["mine.csv", "rows 1 and 31"]),
        (with_an_unknown_province, ["mine.csv", "CN-ZZ"]),
        (with_a_missing_column, ["mine.csv", "currency"]),
        (with_two_files, ["mine.csv", "too.csv"]),
        (with_a_truncated_file, ["mine.parquet"]),
        (with_negative_output, ["mine.csv", "value_musd"]),
        (with_a_total_that_is_not_its_parts, ["mine.csv", "CN-HB", "GO"]),
    ],
)
def test_bad_input_is_named_and_what_was_published_stays(landing_home, damage, says):
    published = files_of(landing_home / "published")
    damage(landing_home)
    with patch("flows.run.all_steps", reading_alone):
        printed = tradeplume(landing_home, "run", expect=3)
    assert "What to do:" in printed
    for part in says:
        assert part in printed, printed
    assert files_of(landing_home / "published") == published


def test_sectors_without_a_concordance_are_listed_and_what_was_published_stays(own_home):
    """Bad input in a run with all of its steps."""
    published = files_of(own_home / "published")
    with_a_sector_of_its_own(own_home)
    code, printed = ended(own_home, "run", "--quiet")
    assert code not in (0, 1), printed
    assert "43" in printed
    assert "What to do:" in printed
    assert files_of(own_home / "published") == published
