"""A user's own inventory: a template, changed, tried, landed."""

from __future__ import annotations

import io
from pathlib import Path

import polars as pl
import pytest

from tests.commands import tradeplume
from warehouse.edition import load_edition
from warehouse.errors import UserFacingError
from warehouse.landing import resolve_role
from warehouse.role_reading import read_role
from warehouse.template import write_template
from warehouse.trial import Trial, try_files

ROLE = "sector_emission"


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> str:
    out = io.StringIO()
    write_template(load_edition("open-2007"), ROLE, tmp_path_factory.mktemp("home"), out)
    return out.getvalue()


def tried(text: str, tmp_path: Path, name: str = "mine.csv") -> Trial:
    (tmp_path / name).write_text(text, encoding="utf-8")
    return try_files(load_edition("open-2007"), ROLE, [tmp_path / name], tmp_path / "home")


def below(text: str) -> list[str]:
    return [line for line in text.splitlines() if not line.startswith("#")]


def test_a_template_landed_as_it_is_gives_the_same_table(template: str, tmp_path: Path) -> None:
    edition, home = load_edition("open-2007"), tmp_path / "home"
    (folder := home / "landing" / "open-2007" / ROLE).mkdir(parents=True)
    (folder / "mine.csv").write_text(template, encoding="utf-8")
    landed, bundled = (resolve_role(edition, ROLE, place) for place in (home, tmp_path / "none"))
    assert landed is not None
    assert bundled is not None
    assert not landed.is_bundled
    key = ["province", "source_sector", "pollutant"]
    parts = read_role(bundled)[0].filter(pl.col("source_sector") != "TOTAL")
    assert read_role(landed)[0].sort(key).equals(parts.sort(key))


def test_a_figure_is_changed_without_a_sum_that_would_be_wrong_then(
    template: str, tmp_path: Path
) -> None:
    heading, first, *rest = below(template)
    cells = first.split(",")
    changed = ",".join([*cells[:3], str(2 * float(cells[3]) + 1)])
    assert tried("\n".join([heading, changed, *rest]), tmp_path).faults == ()


def test_a_role_that_nothing_fills_has_its_heading_as_template(tmp_path: Path) -> None:
    for edition in ("open-2017", "paper-2017"):
        out = io.StringIO()
        assert write_template(load_edition(edition), "trade", tmp_path, out) == 0
        assert below(out.getvalue()) == [
            "flow,province,partner_code,commodity_code,regime_code,currency,value_million"
        ]
        assert "Customs statistics online query" in out.getvalue()


def test_its_heading_says_unit_and_rules(template: str) -> None:
    comments = [line for line in template.splitlines() if line.startswith("#")]
    assert any("emission_t" in line and "in t" in line for line in comments)
    assert any("tradeplume try sector_emission" in line for line in comments)


def test_ten_percent_less_so2_is_taken_and_its_difference_shown(
    template: str, tmp_path: Path
) -> None:
    frame = pl.read_csv(template.encode(), comment_prefix="#").with_columns(
        pl.when(pl.col("pollutant") == "SO2").then(0.9).otherwise(1.0).mul("emission_t").alias("emission_t")
    )  # fmt: skip
    found = tried(frame.write_csv(), tmp_path)
    assert found.faults == ()
    change = {each.code: each.change_share for each in found.differences if each.by == "pollutant"}
    assert change["SO2"] == pytest.approx(-0.1)
    assert change["NOx"] == pytest.approx(0)
    assert "REAS" in found.now[0]


def test_all_faults_come_at_once_with_the_line_of_the_editor(template: str, tmp_path: Path) -> None:
    lines = template.splitlines()
    first = next(at for at, line in enumerate(lines) if line.startswith("province"))
    broken = {
        first + 3: lambda cells: [*cells[:3], "much"],
        first + 7: lambda cells: ["CN-XX", *cells[1:]],
        first + 9: lambda cells: [*cells[:3], "-5"],
        first + 12: lambda cells: [*cells[:2], "SO3", cells[3]],
    }
    for at, change in broken.items():
        lines[at] = ",".join(change(lines[at].split(",")))
    found = tried("\n".join(lines), tmp_path)
    assert sorted(fault.line or 0 for fault in found.faults) == [at + 1 for at in broken]


def test_the_same_key_twice_is_one_fault_each(template: str, tmp_path: Path) -> None:
    heading, *rows = below(template)
    found = tried("\n".join([heading, *rows, rows[0], rows[4]]), tmp_path)
    assert len(found.faults) == 2
    assert all("same key" in str(fault.error) for fault in found.faults)


def test_a_file_that_is_not_there_and_a_role_that_is_misspelt(tmp_path: Path) -> None:
    edition = load_edition("open-2007")
    with pytest.raises(UserFacingError, match="no such file"):
        try_files(edition, ROLE, [tmp_path / "none.csv"], tmp_path)
    with pytest.raises(UserFacingError, match="did you mean `sector_emission`"):
        try_files(edition, "sector_emissions", [tmp_path], tmp_path)


def test_the_commands(tmp_path: Path) -> None:
    home = tmp_path / "home"
    text = tradeplume(home, "template", ROLE, "--edition", "open-2007")
    (tmp_path / "mine.csv").write_text(text, encoding="utf-8")
    said = tradeplume(home, "try", ROLE, str(tmp_path / "mine.csv"), "--edition", "open-2007")
    assert "a run reads this as sector_emission" in said
    assert "sums are as before" in said
    (tmp_path / "mine.csv").write_text(text.replace("CN-HE", "CN-HX"), encoding="utf-8")
    refused = tradeplume(
        home, "try", ROLE, str(tmp_path / "mine.csv"), "--edition", "open-2007", expect=3
    )
    assert "A run would refuse this file." in refused


def test_a_role_that_nothing_fills_is_tried_by_its_own_faults(tmp_path: Path) -> None:
    """An edition of licensed files has none before the first is landed."""
    edition = load_edition("paper-2017")
    file = tmp_path / "x.csv"
    heading = "flow,province,partner_code,commodity_code,regime_code,currency,value_million"
    row = "export,CN-GD,502,85171210,10,CNY,"
    file.write_text(f"{heading}\n{row}1.5\n", encoding="utf-8")
    found = try_files(edition, "trade", [file], tmp_path / "home")
    assert (found.faults, found.rows, found.now) == ((), 1, ())
    file.write_text(f"{heading}\n{row}much\n", encoding="utf-8")
    (fault,) = try_files(edition, "trade", [file], tmp_path / "home").faults
    assert fault.line == 2


def test_a_damaged_file_that_fills_the_role_now_is_a_note(template: str, tmp_path: Path) -> None:
    landed = tmp_path / "home" / "landing" / "open-2007" / ROLE / "old.csv"
    landed.parent.mkdir(parents=True)
    landed.write_text("province,source_sector\nCN-HE,PP\n", encoding="utf-8")
    found = tried(template, tmp_path)
    assert found.faults == ()
    assert any("cannot be read" in note and "old.csv" in note for note in found.notes)


def test_what_a_run_passes_over_is_not_tried(template: str, tmp_path: Path) -> None:
    with pytest.raises(UserFacingError, match="passes this file over"):
        tried(template, tmp_path, "mine.csv.part")


def test_files_that_complete_an_edition_are_tried_together_with_its_own(tmp_path: Path) -> None:
    edition = load_edition("air-open")
    file = tmp_path / "x.csv"
    file.write_text(
        "province,product,source_year,source_month,measure,value\nCN-HE,pig_iron,2030,3,accumulated,1.5\n",
        encoding="utf-8",
    )
    found = try_files(edition, "industrial_output", [file], tmp_path / "home")
    assert found.completes
    assert found.reader == "tidy"
    assert found.rows == found.now_rows + 1


def test_gate_1_judges_what_is_tried(template: str, tmp_path: Path) -> None:
    """Five pollutants in kt beside two in t, and a province left out."""
    frame = pl.read_csv(template.encode(), comment_prefix="#")
    is_large = ~pl.col("pollutant").is_in(["SO2", "NOx"])
    mine = tmp_path / "mine.csv"
    frame.filter(pl.col("province") != "CN-XZ").with_columns(
        emission_t=pl.col("emission_t") / pl.when(is_large).then(1000).otherwise(1)
    ).write_csv(mine)
    said = tradeplume(tmp_path / "home", "try", ROLE, str(mine), "--edition", "open-2007", expect=4)
    found = " ".join(said.partition("error:")[2].split())
    for words in ("missing CN-XZ", "nation CO", "nation NH3", "nation BC", "nation OC"):
        assert words in found, said
    assert "Gate 1 would stop a run" in found
    assert "nation SO2" not in found
    assert "To use it" not in said
