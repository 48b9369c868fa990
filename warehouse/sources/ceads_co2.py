"""CEADs: provincial carbon dioxide by sector and fuel (IPCC sectoral approach), a workbook a year.

A sheet NOTE and one sheet for each province, named ``<Province><year>``: fuels across, sectors
down, million tonnes of CO2. Spelling of headings and blanks around names vary between sheets.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl

from warehouse.codes import PROVINCES_WITH_TABLE
from warehouse.errors import InputError
from warehouse.province_names import province_of_any_name
from warehouse.sources.base import (
    Publication,
    Reader,
    broken,
    first_bytes,
    number,
    role_frame,
    single_file,
)

NAME = "ceads_co2"
TOTAL = "Total Consumption"
COMPONENTS = (
    "raw_coal",
    "cleaned_coal",
    "other_washed_coal",
    "briquettes",
    "coke",
    "coke_oven_gas",
    "other_gas",
    "other_coking_products",
    "crude_oil",
    "gasoline",
    "kerosene",
    "diesel_oil",
    "fuel_oil",
    "lpg",
    "refinery_gas",
    "other_petroleum_products",
    "natural_gas",
    "scope_2_heat",
    "scope_2_electricity",
    "other_energy",
    "process",
    "scope1_total",
)
_TOTAL_NAMES = frozenset({"total consumption", "total emissions"})
_UNIT_LINE = "mt co2"
_ROW_COUNT = 48
_SHEET = re.compile(r"([A-Za-z]+)((?:19|20)\d\d)")

PUBLICATION = Publication(
    producer="Carbon Emission Accounts and Datasets (CEADs)",
    title="Emission Inventories for 30 Provinces (CO2 by IPCC sectoral approach)",
    citation=(
        "Shan, Y. et al. (2018): China CO2 emission accounts 1997-2015. Scientific Data 5, 170201. "
        "doi:10.1038/sdata.2017.201; Shan, Y. et al. (2020): Scientific Data 7, 54. "
        "doi:10.1038/s41597-020-0393-y; Guan, Y. et al. (2021): Earth's Future 9, e2021EF002241. "
        "doi:10.1029/2021EF002241; Shan, Y. et al. (2016): Applied Energy 184, 742-750. "
        "doi:10.1016/j.apenergy.2016.03.073"
    ),
    licence="Free for research, with citation",
    terms_of_use="Mention CEADs in the text and cite the four papers; here a proxy for shares.",
)


def read(paths: Sequence[Path], _role: str, year: int) -> pl.DataFrame:
    """Carbon dioxide in million t by province, sector (and the total) and component.

    Raises InputError for a damaged workbook, a missing or foreign sheet, another year, a heading or
    sector that is not the publisher's, or text in a number cell.
    """
    path = single_file(paths, NAME)
    book = _open(path)
    try:
        sheets = _sheets(book.sheetnames, year, path)
        return pl.concat(
            [
                _sheet(_rows(book[sheet], path), code, f"{path} [sheet {sheet}]")
                for code, sheet in sheets
            ]
        )
    finally:
        book.close()


def recognises(path: Path) -> bool:
    """A workbook that has a sheet named as the publisher names them."""
    if first_bytes(path, 2) != b"PK":
        return False
    try:
        book = _open(path)
    except InputError:
        return False
    names = [_SHEET.fullmatch(name.strip()) for name in book.sheetnames]
    book.close()
    return any(name is not None and province_of_any_name(name[1]) is not None for name in names)


def _open(path: Path) -> Any:
    import openpyxl

    try:
        return openpyxl.load_workbook(path, read_only=True, data_only=True)
    except Exception as error:  # zip, xml and openpyxl errors alike
        raise broken(path, "an Excel workbook (.xlsx)", error) from error


def _rows(sheet: Any, path: Path) -> list[tuple[object, ...]]:
    try:
        return list(sheet.iter_rows(values_only=True))
    except Exception as error:  # a damaged sheet shows only when it is read
        raise broken(path, "an Excel workbook (.xlsx)", error) from error


def _sheets(names: Sequence[str], year: int, path: Path) -> list[tuple[str, str]]:
    """Province code and sheet name of the thirty sheets."""
    found: dict[str, str] = {}
    for name in names:
        match = _SHEET.fullmatch(name.strip())
        if match is None:
            continue
        province = province_of_any_name(match[1])
        if province is None or int(match[2]) != year or province in found:
            raise InputError(
                "A sheet is of another year, of an unknown province, or there twice.",
                file=path,
                column=f"sheet {name}",
                found=name,
                expected=f"<Province>{year}, each once",
                remedy="Take the workbook of the edition's year.",
            )
        found[province] = name
    missing = sorted(PROVINCES_WITH_TABLE - set(found))
    if missing:
        raise InputError(
            "The workbook lacks sheets of provinces.",
            file=path,
            found=f"no sheet for {', '.join(missing)}",
            expected=f"thirty sheets <Province>{year}",
            remedy="Copy or download the workbook again.",
        )
    return sorted(found.items())


def _sheet(rows: list[tuple[object, ...]], province: str, place: str) -> pl.DataFrame:
    _check_heading(rows, place)
    figures = [
        (line, _name(row[0]), row[1 : len(COMPONENTS) + 1])
        for line, row in enumerate(rows[1:], start=2)
        if row and _name(row[0]) and any(_is_figure(cell) for cell in row[1:])
    ]
    sectors = [TOTAL if name.casefold() in _TOTAL_NAMES else name for _, name, _ in figures]
    if len(set(sectors)) != _ROW_COUNT or len(sectors) != _ROW_COUNT or TOTAL not in sectors:
        raise InputError(
            "The sheet's sectors are not the published ones.",
            file=place,
            column="sector",
            found=f"{len(sectors)} rows, {len(set(sectors))} names",
            expected=f"{TOTAL} and {_ROW_COUNT - 1} sectors, each once",
            remedy="Restore the published sheet.",
        )
    cells = [
        (
            province,
            sector,
            component,
            number(
                cell,
                file=place,
                row=f"{sector} (line {line})",
                column=component,
                unit="million t CO2",
            ),
        )
        for sector, (line, _, figures_of_row) in zip(sectors, figures, strict=True)
        for component, cell in zip(COMPONENTS, figures_of_row, strict=True)
    ]
    return role_frame(cells, "emission_proxy")


def _check_heading(rows: list[tuple[object, ...]], place: str) -> None:
    """The first line names the components, the second their unit."""
    heading = rows[0] if rows else ()
    found = [_spelling(cell) for cell in heading[1:] if cell is not None]
    expected = [_spelling(component) for component in COMPONENTS]
    if found != expected:
        wrong = [name for name in expected if name not in found]
        raise InputError(
            "The heading is not the publisher's.",
            file=place,
            row="line 1",
            column=", ".join(wrong) or "order of the columns",
            found=", ".join(str(cell) for cell in heading[1:] if cell is not None) or "nothing",
            expected=", ".join(COMPONENTS),
            remedy="Restore the published sheet.",
        )
    units = {str(cell).strip() for cell in rows[1][1 : len(COMPONENTS) + 1]} if rows[1:] else set()
    if {unit.casefold() for unit in units} != {_UNIT_LINE}:
        raise InputError(
            "The unit is not million tonnes of CO2.",
            file=place,
            row="line 2",
            found=", ".join(sorted(units)) or "no unit",
            expected="Mt CO2 in every column",
            remedy="Restore the published sheet.",
        )


def _spelling(value: object) -> str:
    """A heading without blanks, underlines and case: ``Scope_1_Total`` is ``scope1total``."""
    return re.sub(r"[\s_]+", "", str(value)).casefold()


def _name(value: object) -> str:
    return "" if value is None else " ".join(str(value).split())


def _is_figure(cell: object) -> bool:
    return cell is not None and str(cell).strip().casefold() not in {"", _UNIT_LINE}


READER = Reader(
    name=NAME,
    roles=("emission_proxy",),
    read=read,
    recognises=recognises,
    publication=PUBLICATION,
)
