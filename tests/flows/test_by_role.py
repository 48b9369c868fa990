"""`compare --by-role`: whose part of a change is whose, on steps whose answer is known."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

import duckdb
import pytest
from rich.console import Console

from cli.by_role import print_by_role
from flows.by_role import AGAIN, TOGETHER, ByRole, Part, Split, demand_alike, split
from flows.engine import Context, Item, Plan, Step, StepReport
from flows.mixed import narrowed, needed_for
from tests.commands import ended, tradeplume
from warehouse import meta
from warehouse.database import connect
from warehouse.edition import load_edition
from warehouse.errors import InputError, UserFacingError
from warehouse.manifest import sha256_of
from warehouse.recorded_files import Recorded, found_files
from warehouse.scratch import left_scratch

pytestmark = pytest.mark.slow

ROLES = ("sector_emission", "export_total", "observed_series")
"""What the steps below take: tonnes, their part that is exported, and something that no emission rests on."""
SO2 = ("All emissions of China", "SO2")
EXPORTED = ("Emissions that exports drive", "SO2")


def landed(context: Context, role: str) -> float:
    (file,) = (context.home.landing / context.edition.name / role).iterdir()
    return float(file.read_text())


def load(context: Context, items: Collection[str] | None = None) -> StepReport:
    for role in ROLES:
        if items is None or f"raw.{role}" in items:
            with connect(context.working.path) as connection:
                connection.execute(
                    f"create or replace table raw.{role} as select {landed(context, role)} as x"
                )
    return StepReport(1)


def marts(context: Context, _: Collection[str] | None = None) -> StepReport:
    key = f"'{context.edition.label}' as edition, {context.edition.year} as year"
    with connect(context.working.path) as connection:
        connection.execute(f"""
            create or replace table marts.fct_emission_inventory as select {key}, 'CN-HE' as province,
                'SO2' as pollutant, x as emission_t from raw.sector_emission;
            create or replace table marts.fct_export_output as select {key}, 'CN-HE' as producer_province,
                'C24' as producer_sector, 'CN-HE' as exporter_province, 'USA' as consumer_region,
                x as output_musd from raw.export_total;
            create or replace table marts.fct_emission_intensity as select {key}, 'CN-HE' as province,
                'C24' as sector, 'SO2' as pollutant, x as emission_t_per_musd from raw.sector_emission;
        """)
        if landed(context, "export_total") == 13:
            raise InputError("Thirteen is refused.")
    return StepReport(3)


def known_steps(*_: object, **__: object) -> tuple[Step, ...]:
    def items(context: Context) -> list[Item]:
        folder = context.home.landing / context.edition.name
        return [
            Item(
                f"raw.{role}",
                role,
                writes=(f"raw.{role}",),
                parts={"file": sha256_of(next(iter((folder / role).iterdir())))},
            )
            for role in ROLES
        ]

    made = ("fct_emission_inventory", "fct_export_output", "fct_emission_intensity")
    return (
        Step("load", "read", load, items=items),
        Step(
            "marts",
            "tables for readers",
            marts,
            reads=("raw.sector_emission", "raw.export_total"),
            writes=tuple(f"marts.{name}" for name in made),
        ),
    )


def publish(home: Path, values: tuple[float, float, float]) -> None:
    """A home as a run leaves it: the files landed, and a published file of what the steps make of them."""
    for role, value in zip(ROLES, values, strict=True):
        folder = home / "landing" / "open-2007" / role
        folder.mkdir(parents=True)
        (folder / "mine.csv").write_text(f"{value}")
    (home / "published").mkdir()
    with duckdb.connect(str(home / "published" / "tradeplume.duckdb")) as con:
        con.execute("create schema marts; create schema meta")
        con.execute(
            "create table meta.release as select 'open-2007' as edition, 2007 as year;"
            "create table marts.fct_provenance (edition text, year int, role text, file_name text,"
            " original_file_name text, original_sha256 text)"
        )
        for role in ROLES:
            sha = sha256_of(home / "landing" / "open-2007" / role / "mine.csv")
            con.execute(
                "insert into marts.fct_provenance values ('open-2007', 2007, ?, 'mine.csv', 'mine.csv', ?)",
                [role, sha],
            )
        key = "'open-2007' as edition, 2007 as year"
        emission, exported, _ = values
        con.execute(f"""
            create table marts.fct_emission_inventory as select {key}, 'CN-HE' as province, 'SO2' as pollutant,
                {emission}::double as emission_t;
            create table marts.fct_export_output as select {key}, 'CN-HE' as producer_province,
                'C24' as producer_sector, 'CN-HE' as exporter_province, 'USA' as consumer_region,
                {exported}::double as output_musd;
            create table marts.fct_emission_intensity as select {key}, 'CN-HE' as province, 'C24' as sector,
                'SO2' as pollutant, {emission}::double as emission_t_per_musd;
        """)


@contextmanager
def steps_known() -> Iterator[None]:
    with patch("flows.mixed.steps_of", known_steps):
        yield


@pytest.fixture
def two(tmp_path: Path) -> tuple[Path, Path]:
    """A: 100 t, 2 of a million exported. B: 90 t, 3. And a file that emissions do not rest on."""
    publish(tmp_path / "a", (100, 2, 5))
    publish(tmp_path / "b", (90, 3, 6))
    return tmp_path / "a", tmp_path / "b"


def files_of(home: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in home.rglob("*") if path.is_file()}


def test_each_role_has_its_part_and_the_rest_is_interaction(two: tuple[Path, Path]) -> None:
    a, b = two
    before = {**files_of(a), **files_of(b)}
    with steps_known():
        said = tradeplume(a, "compare", "open-2007", f"open-2007@{b}", "--by-role", "-f", "json")
    answer = json.loads(said[said.index("{\n") : said.rindex("}") + 1])["by_role"]
    found = {(each["headline"], each["pollutant"]): each for each in answer["splits"]}
    parts = {part["taken"]: part["change_t"] for part in found[EXPORTED]["parts"]}
    # 100 x 2 = 200 becomes 90 x 3 = 270: -20 by emissions alone, +100 by exports alone, -10 together.
    assert parts == {"sector_emission": -20, "export_total": 100}
    assert (found[EXPORTED]["interaction_t"], found[EXPORTED]["rest_t"]) == (-10, 0)
    assert {part["taken"]: part["change_t"] for part in found[SO2]["parts"]} == {
        "sector_emission": -10,
        "export_total": 0,
    }
    assert (answer["runs"], answer["idle"]) == (4, ["observed_series"])
    assert f"4 runs without concentrations: {AGAIN}; " in said
    assert TOGETHER in said
    assert {**files_of(a), **files_of(b)} == before
    assert left_scratch(a / "work") == []
    assert not [*a.glob("work/*")]


def test_the_table_names_what_moved_a_headline_first(capsys: pytest.CaptureFixture[str]) -> None:
    parts = (Part("sector_emission", -20.0), Part("export_total", 100.0))
    found = Split(*EXPORTED, 200.0, 270.0, parts, -10.0, 0.0)
    still = Split("All emissions of China", "CO", 1.0, 1.0, (Part("export_total", 0.0),), 0.0, 0.0)
    answer = ByRole((found, still), 4, ("observed_series",), {"trade": "It is refused."})
    print_by_role(Console(width=120), answer, None)
    said = capsys.readouterr().out
    named = [line.split() for line in said.splitlines() if line.startswith("SO2")]
    assert [words[1] for words in named] == [
        "export_total",
        "sector_emission",
        "interaction",
        "all",
    ]
    assert named[0][-2:] == ["+100", "+50.00%"]
    assert "not moved: CO" in said
    assert "trade cannot be taken alone, so its part is in the interaction: It is refused." in said


def test_an_input_that_cannot_be_taken_alone_is_named(tmp_path: Path) -> None:
    publish(tmp_path / "a", (100, 2, 5))
    publish(tmp_path / "b", (90, 13, 5))
    with steps_known():
        code, said = ended(
            tmp_path / "a", "compare", "open-2007", f"open-2007@{tmp_path / 'b'}", "--by-role"
        )
    # All inputs of B together are refused, too: there is no split without them.
    assert code == InputError.exit_code
    assert "Thirteen is refused" in said
    assert not [*(tmp_path / "a").glob("work/.tradeplume*")]


def test_nothing_that_differs_is_said_before_any_run(two: tuple[Path, Path]) -> None:
    a, _ = two
    with steps_known():
        code, said = ended(a, "compare", "open-2007", f"open-2007@{a}", "--by-role")
    assert code == 1
    assert "No role and no setting differs between A and B." in said


def test_a_file_that_is_no_longer_landed_is_found_or_named(
    two: tuple[Path, Path], tmp_path: Path
) -> None:
    a, b = two
    (b / "landing" / "open-2007" / "export_total" / "mine.csv").rename(tmp_path / "old.csv")
    asked = ("compare", "open-2007", f"open-2007@{b}", "--by-role")
    with steps_known():
        code, said = ended(a, *asked)
        assert code == InputError.exit_code
        assert "role export_total" in said
        assert "--files" in said
        page = tmp_path / "moved.html"
        said = tradeplume(a, *asked, "--files", str(tmp_path), "--html", str(page))
    assert "run 4 of 4" in said
    text = page.read_text(encoding="utf-8")
    assert "Emissions that exports drive (t): which input moved it" in text
    assert "<td>export_total</td><td>+100</td><td>+50.00%</td>" in text
    assert "<td>USA</td><td>200</td><td>270</td><td>+70</td><td>+35.0%</td>" in text
    assert "http" not in text.replace("http-equiv", "")


def test_parts_interaction_and_rest_sum_to_the_change() -> None:
    figure = SO2
    (found,) = split(
        ({figure: 100.0}, {figure: 70.0}),
        {figure: 98.0},
        {"one": {figure: 90.0}, "two": {figure: 80.0}},
        {figure: 75.0},
    )
    assert [part.change_t for part in found.parts] == [-8, -18]
    assert found.interaction_t == pytest.approx(75 - 98 + 26)
    assert found.rest_t == pytest.approx(-30 - (75 - 98))
    whole = sum(part.change_t for part in found.parts) + found.interaction_t + found.rest_t
    assert whole == pytest.approx(found.b_t - found.a_t)


def test_editions_of_other_years_are_refused() -> None:
    a, b = load_edition("open-2007"), load_edition("open-2017")
    with pytest.raises(UserFacingError, match="year is 2017 there and 2007 here"):
        demand_alike(a, b)


def test_a_plan_is_narrowed_to_what_a_table_rests_on() -> None:
    def item(reads: tuple[str, ...], *writes: str) -> meta.RecordedItem:
        return meta.RecordedItem("x", writes, {f"table {name}": "v" for name in reads})

    items = {
        "a": item((), "raw.a"),
        "b": item((), "raw.b"),
        "made": item(("raw.a",), "marts.made"),
        "other": item(("raw.b",), "marts.other"),
        "test of made": item(("marts.made",)),
        "test of both": item(("marts.made", "marts.other")),
    }
    step = Step("all", "all", load)
    (found,) = narrowed([Plan(step, items, tuple(items), "new")], ["marts.made"])
    assert found.stale == ("a", "made", "test of made")
    assert needed_for([found], ["marts.made"]) == {"raw.a", "marts.made"}
    assert narrowed([Plan(step, items, ("b",), "new")], ["marts.made"])[0].reason is None


def test_a_bundled_role_needs_no_landed_file_and_a_landed_one_keeps_its_name(
    tmp_path: Path,
) -> None:
    from warehouse.landing import resolve_role
    from warehouse.role_reading import read_role

    edition = load_edition("open-2007")
    bundled = resolve_role(edition, "export_total", tmp_path)
    assert bundled is not None
    _, records = read_role(bundled)
    names = {record.original_sha256: record.original_file_name for record in records}
    assert found_files(edition, Recorded("export_total", names), [tmp_path]).files == ()
    folder = tmp_path / "landing" / "other" / "export_total"
    folder.mkdir(parents=True)
    (folder / "renamed.csv").write_text("x")
    landed_file = Recorded("export_total", {sha256_of(folder / "renamed.csv"): "as it was.csv"})
    found = found_files(edition, landed_file, [tmp_path])
    replace(found, place="open-2007").land(tmp_path / "again", "open-2007")
    assert (tmp_path / "again" / "open-2007" / "export_total" / "as it was.csv").read_text() == "x"
