"""Two walks of docs/walks whose files change the linked table: customs rows, and CEADs' workbook."""

from __future__ import annotations

import csv
from pathlib import Path

import duckdb
import pytest

from tests.customs_of_31 import CUSTOMS_SHARE, MOVER, goods, write_customs
from tests.walking import blocks, lines, numbered, walked
from tests.workbook_of_31 import WORKBOOK, write_files
from warehouse.choices import REPLACEMENTS
from warehouse.home import Home
from warehouse.kept import kept_releases

WORK = "open-2017-2017.duckdb"
BY_CONSUMER, BY_EXPORTER = "For exports, by consumer", "For exports, by exporting province"


@pytest.fixture
def walk(own_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to walk in, whose `var` is a home with the default edition."""
    place = tmp_path / "walk"
    place.mkdir()
    (place / "var").symlink_to(own_home, target_is_directory=True)
    monkeypatch.chdir(place)
    return own_home


def whole_walk(home: Path, page: str) -> dict[str, str]:
    """All lines of a page done; what each of our commands said, by the line."""
    before = len(kept_releases(Home(home)))
    said = {}
    for words in lines(page):
        said[" ".join(words)] = walked(home, [numbered(word, before) for word in words])
    (promised,) = blocks(page, "text")
    tried = next(text for line, text in said.items() if line.startswith("tradeplume try"))
    assert all(line in tried for line in promised.splitlines()), tried
    return said


def moved_codes(subject: str) -> set[str]:
    """The codes of a subject that differ in what `compare --out` wrote."""
    with Path("moved.csv").open(encoding="utf-8", newline="") as file:
        return {row["code"] for row in csv.DictReader(file) if row["subject"] == subject}


def assumed(home: Path) -> dict[str, set[str]]:
    """Assumption of the working file to the sectors that it stands for."""
    with duckdb.connect(str(home / "work" / WORK), read_only=True) as con:
        rows = con.sql("select assumption, sector from marts.fct_assumption").fetchall()
    found: dict[str, set[str]] = {}
    for name, sector in rows:
        found.setdefault(name, set()).add(sector)
    return found


def listed(said: dict[str, str], line: str) -> str:
    """What a command said, in one line of words."""
    return " ".join(said[line].split())


@pytest.mark.heavy
@pytest.mark.timeout(3600)
def test_the_walk_with_customs(walk: Path) -> None:
    write_customs(walk / "work" / WORK, Path())
    said = whole_walk(walk, "customs.md")
    stand_ins = assumed(walk)["export_destination_stand_in"]
    assert stand_ins
    assert not stand_ins & {*goods()}, "goods have their customs"
    assert moved_codes("All emissions by province") == set()
    assert {"USA", "ROW"} <= moved_codes(BY_CONSUMER)
    assert MOVER in moved_codes(BY_EXPORTER)
    compared = next(text for line, text in said.items() if line.endswith("--pollutant SO2"))
    assert all(word in compared for word in ("USA", MOVER, "trade", "export-2017.csv"))
    with duckdb.connect(str(walk / "work" / WORK), read_only=True) as con:
        figures = {
            name: (comparable, ours, within)
            for name, comparable, ours, within in con.sql(
                "select figure_id, comparable, ours, within_tolerance from marts.fct_published_figure"
            ).fetchall()
        }
        ((american,),) = con.sql(
            f"select sum(export_musd) filter (where destination = 'USA') / sum(export_musd)"
            f" from marts.fct_export_value where province = '{MOVER}'"
        ).fetchall()
        ((nation,),) = con.sql(
            "select sum(export_musd) filter (where destination = 'USA') / sum(export_musd)"
            " from marts.fct_export_value"
        ).fetchall()
    comparable, ours, within = figures["p62"]
    assert (comparable, within) == (True, True)
    assert ours == pytest.approx(100 * (1 - CUSTOMS_SHARE), rel=1e-3)
    # Statements on concentrations wait for a run with them; those on uses of exports are answered now.
    assert all(figures[name][0] for name in ("p55a", "p55b", "p55c", "p55d"))
    assert american > 1.2 * nation


@pytest.mark.heavy
@pytest.mark.timeout(3600)
def test_the_walk_with_a_workbook(walk: Path, tmp_path: Path) -> None:
    write_files(walk / "work" / WORK, tmp_path)
    (tmp_path / WORKBOOK).rename("MRIO2017.xlsx")
    before = {*assumed(walk)} & {*REPLACEMENTS["provincial_mrio"].stand_ins}
    assert before
    said = whole_walk(walk, "workbook.md")
    assert not before & {*assumed(walk)}
    assert "import_products_as_in_the_nation" in assumed(walk)
    editions = listed(said, "tradeplume editions")
    assert "provincial_mrio ceads_mrio yours: MRIO2017.xlsx" in editions
    assert "not used: provincial_mrio takes its place" in editions
    assert moved_codes("All emissions by province") == set()
    assert moved_codes(BY_EXPORTER)
    compared = next(text for line, text in said.items() if line.endswith("--pollutant SO2"))
    assert all(word in compared for word in ("provincial_mrio", "MRIO2017.xlsx"))
