"""Inventories as their holders have them, tried and run: what changed is named, and nothing whole is refused.

The figures of each file are those in use, sulfur dioxide a tenth lower, so that the answer is known.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from pathlib import Path

import duckdb
import openpyxl
import pytest

from atlas.comparison import compare, side_of
from tests.commands import tradeplume
from warehouse.chinese_names import PROVINCE_OF_CHINESE_NAME
from warehouse.codes import NAME_OF_PROVINCE
from warehouse.edition import load_edition
from warehouse.home import locate
from warehouse.inventory_lists import lists_of
from warehouse.kept import kept_releases
from warehouse.template import write_template
from warehouse.trial import try_files

ROLE = "sector_emission"
CHINESE = {code: name for name, code in PROVINCE_OF_CHINESE_NAME.items()}
Emission = Mapping[tuple[str, str, str], float]
"""Tonnes by province, sector and pollutant."""
MEIC_SECTORS = {"power": "Power", "industry": "Industry", "residential": "Residential",
                "transportation": "Transportation", "agriculture": "Agriculture"}  # fmt: skip


def lower(emission: Emission) -> dict[tuple[str, str, str], float]:
    return {key: (0.9 if key[2] == "SO2" else 1.0) * value for key, value in emission.items()}


def as_excel_saves_it(path: Path, emission: Emission) -> Path:
    """Semicolons, decimal commas, a byte order mark, provinces by their Chinese names."""
    lines = ["province;source_sector;pollutant;emission_t"]
    for (province, sector, pollutant), value in emission.items():
        number = f"{value:.9f}".replace(".", ",")
        lines.append(f"{CHINESE[province]};{sector};{pollutant};{number}")
    path.write_text("\r\n".join(lines), encoding="utf-8-sig")
    return path


def as_meic_exports_it(path: Path, emission: Emission) -> Path:
    """A sheet a pollutant, provinces in lines, five sectors and their sum in columns, Gg."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    provinces = dict.fromkeys(province for province, _, _ in emission)
    for pollutant in dict.fromkeys(pollutant for _, _, pollutant in emission):
        sheet = book.create_sheet(pollutant)
        sheet.append(["MEIC 2017"])
        sheet.append(["Unit: Gg"])
        sheet.append(["", *MEIC_SECTORS.values(), "Total"])
        for province in provinces:
            parts = [emission.get((province, code, pollutant), 0.0) / 1e3 for code in MEIC_SECTORS]
            sheet.append([NAME_OF_PROVINCE[province], *parts, sum(parts)])
    book.save(path)
    return path


def in_use(edition: str, home: Path) -> dict[tuple[str, str, str], float]:
    """The inventory that a run of the edition uses, by its source sectors."""
    out = io.StringIO()
    write_template(load_edition(edition, home), ROLE, home, out)
    lines = [line for line in out.getvalue().splitlines() if not line.startswith("#")]
    return {
        (row["province"], row["source_sector"], row["pollutant"]): float(row["emission_t"])
        for row in csv.DictReader(lines)
        if row["source_sector"] != "TOTAL"
    }


def among(emission: Emission, sectors: list[str]) -> dict[tuple[str, str, str], float]:
    """The same by province and pollutant, alike in all sectors of another list."""
    found: dict[tuple[str, str, str], float] = {}
    for (province, _, pollutant), value in emission.items():
        for sector in sectors:
            key = (province, sector, pollutant)
            found[key] = found.get(key, 0.0) + value / len(sectors)
    return found


@pytest.mark.parametrize(
    ("edition", "written", "name", "sectors"),
    [
        ("open-2007", as_excel_saves_it, "mine.csv", [f"c{number}" for number in range(1, 36)]),
        ("open-2017", as_excel_saves_it, "mine.csv", []),
        ("open-2017", as_meic_exports_it, "MEIC_province_2017.xlsx", [*MEIC_SECTORS]),
    ],
    ids=["35 sectors, Chinese names", "as Excel saves it", "MEIC export"],
)
def test_a_file_is_taken_and_its_change_named(
    tmp_path: Path,
    edition: str,
    written: Callable[[Path, Emission], Path],
    name: str,
    sectors: list[str],
) -> None:
    used = in_use(edition, tmp_path)
    own = among(used, sectors) if sectors else used
    if sectors and name == "mine.csv":
        known = next(
            codes for title, codes in lists_of(load_edition(edition)).items() if "wiod35" in title
        )
        assert {*sectors} <= known
    file = written(tmp_path / name, lower(own))
    found = try_files(load_edition(edition), ROLE, [file], tmp_path)
    assert found.faults == ()
    change = {each.code: each.change_share for each in found.differences if each.by == "pollutant"}
    assert change["SO2"] == pytest.approx(-0.1, abs=1e-6)
    assert {each for each in change if abs(change[each] or 0) > 1e-6} == {"SO2"}
    moved = {each.code for each in found.differences if each.by == "province"}
    assert moved == {province for province, _, _ in used}


def published_inventory(home: Path) -> dict[tuple[str, str, str], float]:
    """The published inventory by the edition's own sectors, with PM2.5 whole as publishers have it."""
    found: dict[tuple[str, str, str], float] = {}
    with duckdb.connect(str(home / "published" / "tradeplume.duckdb"), read_only=True) as con:
        rows = con.sql(
            "select province, sector, pollutant, emission_t from marts.fct_emission_inventory"
            " where edition = 'open-2017' and pollutant <> 'APE' order by all"
        ).fetchall()
    for province, sector, pollutant, value in rows:
        if pollutant != "PM25_other":
            found[province, sector, pollutant] = value
        if pollutant in ("PM25_other", "BC", "OC"):
            whole = (province, sector, "PM2.5")
            found[whole] = found.get(whole, 0.0) + value
    return found


@pytest.mark.heavy
@pytest.mark.timeout(3600)
def test_a_run_names_what_changed_by_province_and_consumer(own_home: Path, tmp_path: Path) -> None:
    """The edition's own sectors, Chinese names, semicolons; a tenth less SO2 is a tenth less for everybody."""
    file = as_excel_saves_it(tmp_path / "mine.csv", lower(published_inventory(own_home)))
    said = tradeplume(own_home, "try", ROLE, str(file))
    assert "a run takes this as sector_emission of open-2017" in said
    folder = own_home / "landing" / "open-2017" / ROLE
    folder.mkdir(parents=True)
    file.rename(folder / file.name)
    home = locate(own_home)
    before = kept_releases(home)[-1].number
    tradeplume(own_home, "run", "--without-concentrations", "--quiet")
    sides = [side_of(f"open-2017@{number}", home) for number in (before, before + 1)]
    found = compare(*sides, home)
    for compared in found.subjects:
        moved = [each for each in compared.moved if each.pollutant == "SO2"]
        assert moved, compared.subject.title
        assert all(each.change_share == pytest.approx(-0.1, abs=1e-6) for each in moved)
        others = {each.pollutant for each in compared.moved if abs(each.change_share or 1) > 1e-6}
        assert others <= {"SO2", "APE"}, compared.subject.title
    assert ("role", ROLE) in {(each.kind, each.name) for each in found.inputs}
